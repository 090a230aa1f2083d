"""All text a user reads, in Spanish and English, by key.

messages: Every text that a person reads, in Spanish and English, by key; nothing is translated anywhere else
"""
