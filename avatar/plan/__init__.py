"""A training before it starts: request, fit to the memory, checks, command line.

preflight: Everything that would stop a training, or let it end "well" without a result, looked for before a model is loaded
training_command: From a plan to the argument list of sdxl_train_network.py, and to one line for each shell
training_ladder: What to try next when a training failed for want of memory or went bad: pure, one step at a time
training_plan: The plan of a training: what card, preset and user ask for, fitted to memory, dataset and trainer
training_types: The values that the parts of the training stage hand to each other: the plan, what was changed in it
"""
