"""What the trainer sees: selection, repeats, captions, folders.

advice: What is to be known about a dataset before it is trained, each finding with its reason and the pictures concerned
caption: The caption of a picture by rules: trigger word and class word, then what varies
caption_edits: Changes to captions that are already there: seen before they are made, taken back afterwards
caption_store: Captions that the user wrote, kept in the records, with undo
caption_suggestions: Captions that the trainer's own captioners suggest: run as its child processes, merged
gather: What a dataset is made of: approved pictures with their captions, captions typed into training_data/
members: What a preparation needs to know of each approved picture, and the fingerprint of the dataset they make
prepared: The dataset that is there: what the last preparation wrote, and captions edited in its files since
repeats: Which pictures the trainer shall see how often
swap: Putting a new training_data/ into the place of the old one, and what of the old one is the user's
training_folder: The tree of training_data/: pictures linked, captions written, read back by the trainer's own rules
trigger_word: Whether a trigger word is a good one, and a proposal
"""
