"""This computer: child processes, process trees, GPUs, packages.

child: Child processes: started with an argument list, read line by line, ended with all their descendants
environment: What libraries read when they are imported: no telemetry, caches of our own, no code of the current folder
gpu: Which graphics card is there and what is free on it: by NVML, without torch
memory: The computer's own memory
process_tree: Processes that may outlive the program: found again by their start time, ended with all their descendants
requirements: What a requirements file asks for on this system, and whether a version will do
"""
