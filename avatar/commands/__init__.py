"""Every user action once: one function each, called by command line, menus and guided setup.

all_commands: Every command, in the order of the help: a new one is a file with its COMMANDS and a line here
blocks: Blocks that several commands show: checks as a table, the state of a client, of many warnings a few of each kind
captions: The command of the captions: shown, changed by the user, suggested by a captioner
clients: The commands of clients: new, list, show, rename, export, delete, status
command: A command as data: its name, its arguments, the function it calls, and its lines in the menus
dataset: The command of the dataset: prepared, with advice and its page
demo: The whole way on pictures that come with the dependencies, in a throw-away client: no network, no card, nothing opened
demo_pictures: The demo's pictures, made on the spot from the public-domain portrait that comes with matplotlib
doctor: The command of the doctor: findings, their remedies carried out, and the zip for a bug report
faces: The command of the face stage
importing: The commands of the import: MidJourney pictures, photos, prompts by group
models: The command of the models: what there is, an earlier checkpoint handed over, room freed
monitor: The commands that watch a training: runs so far, curve, TensorBoard
plan: The commands of the plan: configure, dry run, bundle for another computer
queue: The commands of the queue: list, add, remove, run
queue_entry: One client's turn in the queue: trained, or what an earlier program had begun for it brought to its end
report: The command of a client's report: its page with charts, its figures as bars on the screen
result: What a command returns: blocks for the screen, a value for JSON, warnings for both
review: The command of the review: lists, decisions by number, undo, sheets and pages
run_all: Every stage of a client that is not yet done, in order: for `run`, the demo and scripts
session: One sitting of one person: language, clients folder, chosen client, and the only ways to show and to ask
setup: The commands of the installation: folders, check of the computer, trainer, language
stage_state: The state of a client's stages, for menus and commands: computed by reports/stages, kept while nothing changes
training: The command that trains
training_view: What the screen shows of a training: its bar, the question on Ctrl+C, its outcome and curve
unfinished: Trainings that a killed program left: looked for at every start, watched to their end or stopped
"""
