"""Read-only views of a client: stage states, sheets, charts, pages, doctor.

charts: The figures of a client as pictures: histograms of the measures with their limits, coverage
client_page: One page about a client: how far it is, its pictures, quality, coverage, faces, sheets, plan
contact_sheet: Contact sheets: approved and refused pictures as numbered thumbnails with name
dataset_page: A page about a prepared dataset: one file without scripts or network, thumbnails inside it
doctor: What has failed, and what mends it: every entry of the user's own list of troubles as a check of what lies on the disk
drawing: What sheets are drawn with: fonts, text that fits, colours, PNGs that know what they show
group_sheet: Sheets of MidJourney groups: the four tiles of a job and its prompt
loss_plot: The loss of a training as a picture: every step thin, smoothed thick, the learning rate where the trainer wrote it
render: Pages for a browser from templates/: one file each, everything foreign escaped, no scripts and no network
review_list: The pictures of a review, under numbers that do not change
review_page: The review as pages for a browser: every picture with its number, reasons and measures, and the commands to paste
self_check: Whether this computer has what the program needs: each finding says what is missing and how to get it
stages: Which stages of a client are done, to do or out of date, and why: never remembered apart from its records
support_bundle: A zip for a bug report in which nobody is named: only figures
"""
