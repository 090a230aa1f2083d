"""Read-only views of a client: stage states, sheets, charts, pages, doctor.

background_sheet: The sheet of masks: each prepared picture with what is not learnt of it laid over in colour
charts: Charts of a client: histograms of the measures with their limits, coverage, example faces
client_page: One page about a client: stages, pictures, quality, coverage, faces, sheets, plan
colours: What each colour means on every page, sheet and chart: approved, refused, MidJourney, real photo
contact_sheet: Contact sheets: approved and refused pictures as numbered thumbnails with name
dataset_page: A page about a prepared dataset: one file without scripts or network, thumbnails inside it
doctor: One check for every entry of the user's troubleshooting list, with its remedies
doctor_training: The doctor's checks of the last training, of the plan of the next one, and of the disk
drawing: Helpers for drawing sheets: fonts, fitted text, colours, PNGs with a fingerprint of their content
faces_sheet: Sheets of the pictures with several faces: each face boxed under the number that `review --face` takes
figures: Figures of a comparison as table and page write them, a dash where nothing was measured
group_sheet: Sheets of MidJourney groups: the four tiles of a job and its prompt
last_run: The newest training of a client: its command, what its log says, and how it was judged
loss_plot: The loss curve of a training as PNG: raw, smoothed, and the learning rate if it was logged
person_sheet: A sheet of the persons that a client's pictures show, where it is not known which of them is the client
render: Renders pages from templates/: one self-contained file each, values escaped, no scripts, no network
review_list: The pictures of a review, under numbers that do not change
review_wall: The review as a wall of cards: a short row for each picture, quickly, for thousands of them
review_page: The review as HTML pages: every picture with number, reasons and measures, and the commands to paste
run_curves: The curves of a training for a page, thinned to what a screen can show
run_view: What a page shows of one training, from its files alone
sample_animation: The sample pictures of a training as an animation over its steps
self_check: Whether this computer has what the program needs: each finding says what is missing and how to get it
stages: Computes which stages of a client are done, to do or out of date, and why
support_bundle: An anonymous zip for a bug report: only figures
trial_live: A trial as it stands this moment, for who looks on while another program draws it
trial_page: A page about a trial: pictures by prompt, checkpoint and weight, likeness under each, the order with its reasons
trial_sheet: Sheets of a trial as PNG: a block for each prompt, checkpoints down, weights across; then the finalists
trial_view: A trial as it is shown: grids of its pictures with what is known of each
tuning_page: A page about a tuning: which file to use, how sure that is, each candidate with figures and pictures
tuning_view: A tuning as page and dashboard show it, by its files alone
"""
