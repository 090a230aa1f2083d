"""What the trainer sees: selection, repeats, captions, folders.

auto_captions: Captions that the trainer's own captioners suggest: run as its child processes, merged
caption_edits: Changes to captions that are already there: seen before they are made, taken back afterwards
captions: The text beside each picture: trigger word and class word, then what varies, as short comma-separated phrases
dataset: The dataset stage: which pictures the trainer sees how often, and the folder it reads
dataset_advice: What is to be known about a dataset before it is trained
dataset_plan: Which pictures the trainer shall see how often
"""
