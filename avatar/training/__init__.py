"""A training at work: start, watch, verdict, queue, recovery.

attempts: The attempts of one training: after a failure that another plan may avoid, a further run with that plan
bundle: A zip to train elsewhere: dataset, one script for each system, the plan, and instructions; nothing else of the client
checkpoints: What trainings leave beside their model: checkpoints, one of which may be the better LoRA, and states
dry_run: What a training would run: the exact command, its folders, the machine, and every check
event_files: Curves from the event files that the trainer writes for TensorBoard, read without TensorBoard
hand_over: Delivers what a run leaves: checkpoints, and the verified LoRA in models/ with sidecars and preview
judge: Decides how a run ended, by log, exit code and files together; never by the exit code alone
log_file: The trainer's log on the disk: followed while it grows, its beginning and its end kept where it grows without limit
models: The models of a client, each opened and read through
one_run: One attempt as a run: its folder and command, the checks that may still stop it, the training, what it cost
progress_file: progress.jsonl: one line a second at most on how far a training is
proof: What a resumed run has really trained: by its bar and its curve, not by the trainer's word
queue: Several clients, trained one after the other overnight: a list on disk that survives a crash of one and of the program
readings: What a training takes of the computer: memory of the card and of the computer, power, heat
resuming: Going on with a training: from which state, with which plan, and what is told before the base model loads
run: One training as a child process: started, watched, ended
run_evidence: What a finished training has shown, as figures for the plans of later clients
run_figures: What progress.jsonl says of a run's speed and energy: seconds a step, kWh
run_folder: The files of one run: what it was started with, its process, how it ended
runs: The runs of a client: finished ones in short, and those whose trainer is at work
sample_pictures: The pictures that the trainer draws on its way, and how like the person each one is
sample_prompts: The prompts of the sample pictures that the trainer draws; a file that the user may edit
states: Checkpoints and states that a run has saved: which are whole, which is the newest
step_numbers: The trainer's own step numbers as steps of the whole training: it counts every resumed run in its own way
stop_request: A request to stop a training, left in its folder for the program that watches it
tensorboard: TensorBoard as a child process: found, started on this computer's own address, ended with the program
trainer_process: The trainer as a process: our own child, or one that a killed program left running
unfinished: Runs whose program was killed: found, watched to their end, or stopped
variant: A candidate of an automatic tuning: what it is, its runs, and what an earlier call has made of it
watch: Watches a trainer through its log file: progress, the user's requests, warnings
"""
