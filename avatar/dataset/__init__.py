"""What the trainer sees: selection, repeats, captions, folders.

advice: Findings about a dataset before it is trained, each with its reason and the pictures concerned
background: Pictures whose background is not learnt: an alpha channel that keeps head and shoulders, with soft edges
caption: The caption of a picture by rules: trigger word and class word, then what varies
caption_edits: Edits of existing captions, computed for preview first
caption_store: Captions that the user wrote, kept in the records, with undo
caption_suggestions: Captions that something that looks at the pictures suggests: asked once, merged
class_word: What a typed class word is in English: Spanish professions by the prompts' word list, others by their ending
client_edit: Changes a client's words, consent note or name
gather: Collects the approved pictures with their captions, and captions edited in training_data/
group_words: What the captions of a MidJourney group leave out of its prompt, and why
held_out: Which photos no training sees, so that likeness can be measured on them
media: How the pictures of a dataset are made: photos, drawings or paintings, renderings or figures
members: The data of each approved picture that a dataset is made from, and the dataset's fingerprint
own_words: The user's captions that do not begin with the client's words of now, and the change that makes them begin so
prepared: The existing dataset: what the last preparation wrote, and captions edited in its files since
regularisation: Lays out regularisation pictures as the trainer reads them: a folder named for the class, a caption each
repeats: Decides how often the trainer sees each picture
swap: Replaces training_data/ by a new tree, and keeps the user's own files
trainer_captioner: A captioner of sd-scripts at work on crops: they are linked into a folder, it writes a text beside each
training_folder: The tree of training_data/: pictures linked, captions written, read back by the trainer's own rules
trigger_word: Checks a client's trigger word, and suggests a better one
vision_server: A model that sees, run by a server of the user's: Ollama, or one that speaks as OpenAI's does
"""
