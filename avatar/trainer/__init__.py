"""sd-scripts: its options, names, log, dataset rules, model files and installation.

archive: sd-scripts from a zip, for a computer that reaches no git server
at_work: Who is at work in a trainer's folder: trainings, and what an installation that was killed left
base_model: Where a base model and the tokenizers are: a file, a folder, the hub's local cache; and what is there
base_model_files: Base models that lie in a folder of A1111, Forge or ComfyUI, or in any other: files and diffusers folders
base_model_nature: What a base model is beside SDXL: what it predicts, whether it is distilled, whose captions it learnt from
base_model_rules: What may serve as an SDXL base model: one list of rules, the first that applies decides
captioner_setup: Makes a captioner ready: its packages by the pip of the trainer's environment, its model
captioners: The captioners that sd-scripts brings: script, model and packages of each, and how one is called
causes: What the words of a trainer's end mean: one table, from words to causes
checkout: What was changed in a clone of the trainer since it was fetched: another commit, edited files
dataset_folder: What sd-scripts reads of a training_data folder, by its own rules, before it is started
dataset_pictures: Whether pictures that are to be trained can be read from their first byte to their last
endings: Why a training ended: the trainer's log and its exit code, put into one cause
install: Installs sd-scripts beside the program: the clone at a pinned commit, an environment of its own, torch
install_failures: What git and pip say when they fail, and the message with the remedy that helps
install_run: One installation under way: what it works with, what it remembers, and how its git and pip are run
install_source: Brings sd-scripts to the commit that the settings name: cloned with git, or unpacked from an archive
location: Where the trainer is: its clone, its training script, the Python of its environment, and how far it is installed
log: What sd-scripts says while it trains, line by line, and what its end means
lora_file: Whether a LoRA file is what it should be: opened, measured and read to the last number, without torch
lora_modules: The modules of an SDXL LoRA as the trainer names them, and the sizes that belong to each
names: Names of optimizers and schedulers that sdxl_train_network.py takes, what each needs
option_effects: Options that the parser takes and the SDXL LoRA path cannot use, ignores, or uses against their purpose
options: The options of sdxl_train_network.py: of three known versions (options.json), or asked of the installed one
pythons: Interpreters for the trainer: one that suits it, whether it has pip, and where its pip fetches from
safetensors: The header of a .safetensors file, read without loading any tensor
start_weights: A LoRA that a training begins with (`--network_weights`): whether the trainer can lay it over the network
torch_index: Which index of PyTorch's wheels fits the graphics driver
vae_file: A VAE of one's own: whether the trainer can take it, by its header
"""
