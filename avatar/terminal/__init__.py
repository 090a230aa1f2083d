"""The terminal: command line, menus, questions, guided setup, drawing.

cli: The command line: arguments to a call of `commands`, its result to text or JSON, its end to an exit code
doctor: The doctor at the keyboard: findings, and what can be done about them until nothing is chosen any more
guided: The guided walk: the eight steps from a person's pictures to a model that was checked, each with a look at its result
menus: The numbered, nested menus: data (label, handler), drawn and dispatched by one function
questions: One function per kind of question: each shows its default, asks again after a wrong answer
review_menu: Paging through the review at the keyboard: one line of one letter and numbers does what the command does
screen: Drawing on a terminal or into a pipe, and reading lines: the only place that prints and reads the keyboard
"""
