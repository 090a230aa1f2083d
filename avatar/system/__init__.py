"""This computer: child processes, process trees, GPUs, packages.

child: Child processes: started with an argument list, read line by line, ended with all their descendants
cluster: Other machines by a Dask scheduler: reached, or said why not, and made ready to run this program from a shared folder
dialogue: A child that is told lines and answers with lines, and that ends when this program does
environment: Environment variables that libraries read at import: no telemetry, own caches
gpu: Graphics cards and their free memory, by NVML, without torch
json_child: A child that runs a function of this program and is told and answers values that JSON knows
memory: The computer's available memory
process_tree: Processes that may outlive the program: found again by pid and start time, ended with all their descendants
program: How this program is started here, and what is said where its packages are missing
requirements: Reads requirements files: packages and version ranges that apply to this system
shortage: What this computer runs short of: files, threads, processes; asked before a stage begins, and told from an error
"""
