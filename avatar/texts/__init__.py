"""All text a user reads, in Spanish and English, by key.

captioner: Texts about what looks at pictures and suggests captions: captioner.*
commands: Texts of command line, help and progress
dataset: Texts of dataset, captions and advice
delivery: Texts of handing a model over: deliver.*, install.*, add.*
details: Texts of what libraries and the system say of a fault
faces: Texts of faces, quality and verdicts
foreign: Words of libraries and of the system as texts of ours
generate: Texts of drawing pictures: back ends, LoRAs and pictures that are refused
likeness: Texts of the room results about likeness and order: likeness.*, rank.*
limits: Texts of the quality limits: limits.*
matching: What a typed name means: the option of that name, else those that it is a part of, whatever the case and the accents
menu_about: Texts that explain the lines of the menus: about.*
menus: Texts of the menus: titles, lines and answers: menu.*
option_effects: Texts of options that do not do what they say
pictures: Texts of import and prompts
plan: Texts of the plan, its checks and the trainer's options
reports: Texts of doctor, report, review, sheets, charts and stages
results: Texts of trials
servers: Texts about programs that draw over HTTP, ComfyUI and A1111 with its kin
setting_errors: What can be wrong with settings, as texts: checks of limits, and pydantic's errors put into them
settings: Texts of the settings: what each key means, its list, its changes
spoken: What a person calls the names that files and commands have: options of a plan, models at a weight, variants of a tuning
start: Texts of the first start, before any package is there
system: Texts of errors of the system
tables: What an entry of a table is, which table holds a key, and the whole text of an entry
terminal: Texts of questions, guided setup and demo
text: What the program has to tell, before it is put into a language: a key and its values, findings, and errors
trainer: Texts of the trainer's installation and of LoRA files
training: Texts of a training at work, queue, bundle, boards and curves
translate: Texts by key in the user's language: `text(key, language, **values)` looks one up and fills it in
tuning: Texts of the automatic tuning: tune.*
typed: What a person types, as values: numbers and yes or no, in Spanish and in English
visible: What of a text may be shown: control characters as escapes, since a terminal obeys what is printed, and no password
web: Texts of the dashboard: what all its pages say
web_captions: Texts of the page of the captions
web_results: Texts of the pages of results, tuning and report
web_review: Texts of the page of the review
web_training: Texts of the pages of clients and training
workspace: Texts of clients, records, settings and files
"""
