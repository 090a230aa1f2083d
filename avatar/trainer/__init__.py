"""sd-scripts: its options, names, log, dataset rules, model files and installation.

lora_file: Whether a LoRA file is what it should be: opened, measured and read to the last number, without torch
trainer_dataset: What sd-scripts reads of a training_data folder, by its own rules, before it is started
trainer_options: The options of sdxl_train_network.py: of three known versions (trainer_options.json)
trainer_setup: Installs sd-scripts beside the program: the clone at a pinned commit, an environment of its own, torch
training_log: What sd-scripts says while it trains, line by line, and what its end means
training_names: Names of optimizers and schedulers that sdxl_train_network.py takes, what each needs
"""
