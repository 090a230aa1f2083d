"""What a MidJourney prompt says: parameters, traits, phrases, Spanish.

midjourney: What MidJourney says of a picture: its prompt, parameters and job, from embedded texts
phrases: What a MidJourney prompt says of a picture, sorted: pose, expression, light, clothing, place and identity
spanish: What Spanish prompts say of clothes, places and poses, in English: SDXL was trained on English captions
traits: Lighting, expression and physical traits that a prompt names, in English or Spanish, with the words that say so
"""
