"""Every user action once: one function each, called by command line, menus and guided setup.

all_commands: Every command, in the order of the help: a new one is a file with its COMMANDS and a line here
back_ends: The back ends that a trial is drawn with
base_models: The command of the base model: list those found in a folder, judged, and choose one for all plans to come
blocks: Blocks that several commands show: findings as a table, a client's state, a few warnings of each kind
captioners: What looks at pictures and suggests captions: what it needs, the agreement to that, its work
caption_view: Captions as a person looks at them: all in short, one in full with its prompt, and what a change makes of them
captions: The command of the captions: list, edit, suggestions
client_edit: The command that changes a client's words, consent note or name, and says what that makes out of date
clients: The commands of clients: new, list, show, rename, export, delete, status
command: A command as data: its name, its arguments, the function it calls, and its lines in the menus
dashboard: The command of the dashboard in the browser: start, find, open, stop
dataset: The command that prepares the dataset, with findings and a page about it
deliver: The commands that hand a model over: deliver, install
demo: Every stage on sample pictures in a client of its own: no network, no card
demo_pictures: Generates the demo's pictures from the public-domain portrait in matplotlib
doctor: The command of the doctor: findings, remedies, and the zip for a bug report
faces: The command of the face stage
importing: The commands of the import: MidJourney pictures, photos, prompts by group
limits: The command of a client's quality limits: shows them, tells what others would change, keeps them, takes them back
midjourney_view: MidJourney's groups for the screen: prompt, parameters, pictures by number, what the captions leave out
models: The command of the models: list, use an earlier checkpoint, delete leftovers
monitor: The commands that watch a training: runs so far, curve, TensorBoard
plan: The commands of the plan: configure, dry run, bundle for another computer
plan_view: A plan and its check for the screen: whether it fits or can start comes first, whole tables and key names last
queue: The commands of the queue: list, add, remove, run
queue_entry: One entry of the queue: trains the client, or finishes the run that an earlier program started
removing: The command that takes pictures, or a whole import, out of a client, and brings them back
report: The command of a client's report: a page with charts, and figures as bars on the screen
result: What a command returns: blocks for the screen, a value for JSON, warnings for both
results: The command that shows what a trial has drawn, in order, and makes one candidate the client's model
review: The command of the review: lists, decisions by number, undo, sheets and pages
run_all: Every stage of a client that is not yet done, in order: for `run`, the demo and scripts
session: A session: language, clients folder, chosen client, and the functions that show and ask
setting_offers: What lies on this computer and fits a setting: base models, trainers, folders of other programs
setting_change: A change of settings as every command makes it: checked, kept, judged anew where limits moved, and told
settings: The command of the settings: every key with its meaning, range, value and origin; changed with a check, taken back
setup: The commands of the installation: folders, check of the computer, trainer, language
stage_state: The state of a client's stages, from reports/stages, cached while nothing changes
training: The command that trains
training_view: A training on the screen: progress bar, the question on Ctrl+C, outcome and loss curve
trial: The command that draws pictures with a client's LoRAs
tune: The command that tunes: which file to use, of what is trained and of variants trained overnight
tune_begin: Which tuning goes on, and what a new one is made of
tune_elsewhere: Candidates of a tuning that other computers train: a bundle for each goes, a zip comes back
tune_places: Where the candidates of a tuning are trained: on cards of this computer, or on machines of a scheduler; one on each
tune_ports: What a tuning asks of the rest, answered by this computer: its trainer trains, its back end draws
tune_take: A candidate of a tuning is taken: its file becomes the client's model and, if wished, its values the plan's
tune_view: A tuning on the screen and as JSON: what fits beforehand, the table and the sentences of its answer
unfinished: Trainings left by a killed program: found at every start, watched to their end or stopped
usage_view: How a trained model is used, for the screen: weight, sampler, three prompts to copy, where the file goes
who: Is it the client in every picture? What the program found, and the user's answer: for the guided setup and the menus
"""
