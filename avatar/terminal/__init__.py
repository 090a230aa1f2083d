"""The terminal: command line, menus, questions, guided setup, drawing.

captioning: The questions before captions are shown, changed or suggested: every change is previewed and asked about
clients: The questions of the menu of clients: new, show, edit, rename, export, restore, delete
command_line: The command line: calls the command, prints its result as text or JSON, returns the exit code
delivering: The questions before a model is installed in a program, or taken away from it
doctor: The interactive doctor: shows findings and applies the remedies that the user chooses
guided: The guided setup: the eight steps from a person's pictures to a model that was checked, each with a look at its result
menu: One numbered menu: data (label, handler), drawn and dispatched by one function
menus: All menus as data, and the questions that their lines ask
parser: The command line's parser, built from the commands' data, with translated help and error texts
questions: One function per kind of question: each shows its default, asks again after a wrong answer
removing: The questions before pictures, or a whole import, are taken out of a client
review: The interactive review: pages, and decisions typed as one letter and numbers
screen: Drawing on a terminal or into a pipe, and reading lines: the only file that prints and reads the keyboard
streams: The terminal's streams: UTF-8, plain mode, and the language to start in
who: The one stop of the guided setup between faces and dataset: these are the crops, is every one of them the client?
"""
