"""Images from a finished LoRA: one protocol, three back ends.

backend: What a back end is: what it is asked for, what it returns, how it fails
infotext: What a picture says of itself: the parameters text that A1111 writes
proof: Whether pictures can be believed: the LoRA before anything is sent, each picture as it comes
"""
