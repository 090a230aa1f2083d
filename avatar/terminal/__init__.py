"""The terminal: command line, menus, questions, guided setup, drawing.

captioning: The questions before captions are shown, changed or suggested: every change is previewed and asked about
clients: The questions of the line of clients: new, show, edit, rename, export, restore, delete
command_line: The command line: calls the command, prints its result as text or JSON, returns the exit code
delivering: The questions before a model is installed in a program, or taken away from it
doctor: The interactive doctor: shows findings and applies the remedies that the user chooses
guided: The guided setup: the eight steps from a person's pictures to a model that was checked, each with a look at its result
importing: The questions around pictures that are taken in: folders, typed prompts, photos kept aside
limits: The questions of a client's quality limits: which, what value, and what would change before it is kept
menu: One numbered menu: data (label, handler), drawn and dispatched by one function
menus: The menus as they are opened: the table of `places`, the commands' own lines, and the questions that each line asks
parser: The command line's parser, built from the commands' data, with translated help and error texts
places: The table of the menus: their lines, the answers of a line that asks which, and what Enter stands for
planning: The questions of the training plan: card, preset, single values, and the bundle for another computer
questions: One function per kind of question: each shows its default, asks again after a wrong answer
removing: The questions before pictures, or a whole import, are taken out of a client
review: The interactive review: pages, and decisions typed as one letter and numbers
screen: Drawing on a terminal or into a pipe, and reading lines: the only file that prints and reads the keyboard
setting_up: The questions of the main menu that are of no client: setup, language, base model, demo
settings: The questions of the settings: which group, which setting, and its value by a question that suits it
streams: The terminal's streams: UTF-8, plain mode, and the language to start in
told: A command that is told inside the menus, as the line of the menus that does the same
training: The questions before a training, of the queue, and of what a training left
who: The one stop of the guided setup between faces and dataset: these are the crops, is every one of them the client?
"""
