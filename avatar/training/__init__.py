"""A training at work: start, watch, verdict, queue, recovery.

checkpoints: What trainings leave beside their model: checkpoints, one of which may be the better LoRA, and states
training_board: TensorBoard as a child process: found, started on this computer's own address, ended with the program
training_bundle: A zip to train elsewhere: dataset, one script for each system, the plan, and instructions
training_events: Curves from the event files that the trainer writes for TensorBoard, read without TensorBoard
training_queue: Several clients, trained one after the other overnight
training_run: One training as a child process: started, watched, ended, and judged by what it left, not by its exit code
training_watch: Watching a trainer that writes to a log file: its progress, what the user wants of it
"""
