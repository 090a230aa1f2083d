"""All text a user reads, in Spanish and English, by key.

messages: Every text, both languages side by side
setting_errors: What can be wrong with settings, as texts: checks of limits, and pydantic's errors put into them
text: What the program has to tell, before it is put into a language: a key and its values, findings, and errors
translate: Texts by key in the user's language: `text(key, language, **values)` looks one up and fills it in
"""
