"""Every user action once: one function each, called by command line, menus and guided setup.

commands: What the program can do, one function per action: called alike by the command line, the menus and the guided walk
demo: The whole way on pictures that come with the dependencies, in a throw-away client: no network, no card, nothing opened
demo_pictures: The demo's pictures, made on the spot from the public-domain portrait that comes with matplotlib
doctor_commands: The doctor's commands: the list of troubles with what mends each, the mending itself
queue: The commands of the queue: one client's training, or the end of what an earlier program had begun for it
report_commands: The command of the report on a client: the page with its charts, and its figures as bars on the screen
review_commands: The commands of the review: lists under numbers that stay, decisions by number, undo, sheets and pages
run_commands: The commands of trainings at work: train, watch, take over what a killed program left
session: One sitting of one person: language, clients folder, chosen client, and the only ways to show and to ask
training_commands: The commands of the dataset and of the training, one function per action; see `commands` for their form
whole_way: The whole way of one client: every stage that is not yet done, in order; `run`, the demo and scripts go it
"""
