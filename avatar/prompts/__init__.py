"""What a MidJourney prompt says: parameters, traits, phrases, Spanish.

booru: What the tags of a WD tagger say in the words of a caption: clothing, place, pose, light
discord: Takes the prompt out of a message of MidJourney's bot on Discord
file_names: Reads the name of a MidJourney download: job, tile, and what is left of prompt and parameters
midjourney: Parses prompt, parameters and job of a MidJourney picture, from embedded texts
parameters: The parameters of MidJourney: which there are, where they stand in a text, and which values they may have
phrases: Sorts the phrases of a prompt: pose, expression, light, clothing, place and identity
said: What a caption takes from a prompt, phrase by phrase, and what it leaves out and why
spanish: Translates Spanish phrases of clothes, places and poses: SDXL was trained on English captions
traits: Finds lighting, expression and physical traits in a prompt, English or Spanish, with the words as evidence
"""
