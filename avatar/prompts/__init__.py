"""What a prompt says: parameters, traits, phrases, Spanish.

booru: What the tags of a WD tagger say in the words of a caption: clothing, place, pose, light; counts and identity out
cleaning: Takes the machinery out of a prompt: links, parameters, weights, job ids, and what is asked not to be shown
cursor: Walks over the noun groups of a clause, and small steps on the words of a phrase
denied: Takes out of a prompt what it says is not there: "no hat", "without text", "sin gafas", "avoid harsh light"
discord: Takes the prompt out of a message of MidJourney's bot on Discord, as it is copied or kept by other programs
doings: Says what a person in a prompt does and wears: stance, actions, hands, what is put on
file_names: Reads the name of a MidJourney download: job, tile, and what is left of prompt and parameters
groups: Divides an English clause into noun groups, each with the preposition and the verb that it depends on
kinds: Tells what a noun is, by the word lists: clothing, a place, a thing, light, a person or nothing that a camera sees
language: Tells in which language a prompt, or a part of one, is written
looks: Finds how a picture shows a person: angle, view, framing, where the person looks and what the face shows
mediums: Finds how a picture is made: photo, oil painting, 3d render … with what a prompt says of it
midjourney: Parses prompt, parameters and job of a MidJourney picture, from embedded texts, the file's name or typed words
orders: Tells orders to the machine ("keep the face", "ensure …") apart from what a picture shows
parameters: The parameters of MidJourney: which there are, where they stand in a text, and which values they may have
passages: Divides a prompt into passages by its labels ("Outfit: …", JSON), each with the kind of what stands in it
prompt_reader: Reads a prompt as a whole: what of it a caption may say, phrase by phrase, and what not and why
said: What a caption takes from a prompt, phrase by phrase, and what it leaves out and why
sorting: Sorts the noun groups of a clause: what each says of a picture, or why it says nothing
spanish: Puts Spanish clauses of prompts into English, word group by word group: SDXL was trained on English captions
tokens: Tells the words of an English sentence apart, as far as noun groups need it
traits: Finds lighting, expression and physical traits in a prompt, English or Spanish, with the words as evidence
word_lists: The word lists in the folder `words`: text files that a translator can edit without touching code
zones: How far down a crop must reach for a phrase to be seen in it
"""
