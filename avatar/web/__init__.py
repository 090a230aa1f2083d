"""The dashboard: pages in the browser of this computer, views of a client's files and the actions of the commands.

apart: What would fill the dashboard's memory, in another process: commands on thousands of records, cuts from originals
caption_rows: The rows of the page of the captions: made in another process where they are many, kept while nothing changes
captions: What the page of the captions shows and does
clients: What the page of the clients and of the queue shows and does
connections: The places of connections: so many at once, and an idle one gives way
events: The stream of events: what changed in the files, told to the browser as it happens
handler: One connection: a request read within its time, checked, answered; the only file that knows HTTP
live: A training as the stream tells it: its series, checkpoints and samples, and whether it lives
next_steps: What is next for a client, with the command that does it
page: A page: its template, its language, its texts, and the scripts and styles that it loads
pictures: Pictures by id: known ones of a known client alone, small ones made once and kept
report: What the page of the report shows
results: What the page of the results shows and does
review: What the page of the review shows and does: the wall, one picture, decisions, limits
review_later: What follows from decisions for all pictures, a moment after the last one
review_walls: The walls that were asked for last, kept while no record changes
routes: From the path of an address to page, file, view, action or picture: the only table
running: The dashboard as a process: started, found again, stopped
server: The server: listens on this computer alone, a thread for each connection
site: What all requests share: the clients, the language, the token; what a request asks for
training: What the page of the training shows and does
tuning: What the page of a tuning shows and does
watcher: The files that streams tell of, looked at by one thread while there is a stream: each is read once, however many follow
"""
