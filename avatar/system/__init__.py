"""This computer: child processes, process trees, GPUs, packages.

gpu: Which graphics card is there and what is free on it: by NVML, without torch
processes: Child processes: started with a list, watched line by line, ended with all their descendants
requirements_file: What a requirements file asks for on this system, and whether a version will do
"""
