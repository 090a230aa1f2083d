"""A client on disk: folders, records, lock, effective settings.

archive: What reading a zip of anybody's raises
class_words: The class word in English: captions are English, and so are the words that the base model knows
client: One client's folder: where everything lies, its records, its lock
evidence: What trainings and trials have shown, as figures alone, for the plans of later clients
export: Where a zip is written: a client's export, a bundle
leftovers: What programs that were killed left half written: temporary files in a client, and zips beside a target elsewhere
lines: Files of lines, one JSON object each: added whole, read without what a killed program left half written
links: Links in the place of folders: found before anything is written through them, removed without what they point to
log_file: The program's log without a client: what it says of one that was deleted goes, of one that was renamed is renamed
picture_numbers: The number of a picture: the same in every list, on every sheet and page, in every command and table
record_index: Cache of values derived from each record, kept between starts of the program
records: The records of clients and pictures: pydantic models of the files, each with its version
removed: Pictures taken out of a client: kept in removed/{number}/ until that is undone, or dropped for good
restore: Brings a client home from a zip that `Workspace.export` wrote: whole, or not at all
setting_changes: Changes of settings: checked before they are written, in one step that can be taken back
setting_keys: Every key of the settings as data: what it takes, its range, its default, whether a client may have its own
settings: Settings from files laid over the defaults: config.py < config.json < client.json < the command
state_file: What the program notes for itself, read so that damage costs the damaged field and nothing else
workspace: All clients: made, found, renamed, exported and deleted
"""
