"""A training before it starts: request, fit to the memory, checks, command line.

ask: The plan that card profile and preset ask for, before it is fitted to anything
chosen: What the user chose of a plan, so that planning again keeps it: preset, card profile, values by hand
command: From a plan to the argument list of sdxl_train_network.py, and to one line for each shell
disk: The disk space that a training takes: checkpoints, states, log
experience: What is told of earlier clients at a new plan: a count, from three clients on
fit: Fits a plan to memory, dataset and trainer; each change with old value, new value and reason
held_out: Pictures that a training does not see, to measure on them whether it learns or only remembers
measured: What trainings really took of a card, kept beside config.json, and used for the next plan
memory: The graphics memory of a plan: what the formula gives for it, beside what is free, and the verdict
memory_fit: Which values make a plan small enough: every combination in the order of the harm it does
memory_terms: The graphics memory of a training as a closed formula: terms by phase, each with its origin
offers: Plans for one card, and what each preset would take on it: steps, time, disk
overrides: Values of a plan given by hand as `key=value`, checked against the plan's fields and the trainer's options
plan_file: The plan as it is kept in training/lora_config.json, and the dataset it is made for
preflight: Everything that would stop a training, or let it end "well" without a result, looked for before a model is loaded
regularisation: Regularisation pictures: the class without the person, so that a LoRA does not give everybody her face
regularisation_check: Whether the trainer would read a plan's regularisation pictures, and whether they do what they are for
remedies: What may be changed in a plan after a training failed, as overrides; nothing that is so already
resume: Going on from a saved state: with which arguments, for how many steps, and what of a changed plan it would not take
retry: What to try next when a training failed for want of memory or went bad: pure, one step at a time
rules: Combinations of values with which the trainer fails or learns nothing
samples: The pictures that the trainer draws during a training: which, and in how many steps
shell: A command as one line for each shell
steps: Steps, epochs and exposures of a plan, counted as the trainer counts them
suited: What base model and dataset ask of a plan, before it is fitted to a card: each change with its reason
time: How long a training takes: by this card's own figures, else by the user's table scaled to the plan's work
values: Data types of the training stage: plan, change, estimate, dataset facts, arithmetic
variants: What a plan must have so that it can be stopped early and gone on with exactly: the step, the saves
words: What a plan's names are called by a person: cards, presets, settings
"""
