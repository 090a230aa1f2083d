"""A client on disk: folders, records, lock, effective settings.

export: Where a zip is written: a client's export, a bundle
record_index: What was derived from each record, remembered from one start of the program to the next
records: What is kept about a client and about each picture: pydantic models of the files, version first
settings: Settings from files laid over the defaults: config.py < config.json < client.json < the command
workspace: A client's folders and its records: the only module that knows the layout (DESIGN section 3)
"""
