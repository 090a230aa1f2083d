"""What a MidJourney prompt says: parameters, traits, phrases, Spanish.

midjourney: Parses prompt, parameters and job of a MidJourney picture, from embedded texts
phrases: Sorts the phrases of a prompt: pose, expression, light, clothing, place and identity
spanish: Translates Spanish phrases of clothes, places and poses: SDXL was trained on English captions
traits: Finds lighting, expression and physical traits in a prompt, English or Spanish, with the words as evidence
"""
