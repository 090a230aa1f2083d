"""Images from a finished LoRA: one protocol, three back ends.

backend: What a back end is: what it is asked for, what it returns, how it fails
gen_img: sd-scripts' gen_img.py: its command, the line that asks for a picture, and what its log says
infotext: What a picture says of itself: the parameters text that A1111 writes
process: One gen_img.py at work: started, asked for pictures, watched, ended
proof: Whether pictures can be believed: the LoRA before anything is sent, each picture as it comes
trainer: The trainer's own generator as a back end: nothing more to install, one load of the model
"""
