"""Images from a finished LoRA: one protocol, three back ends.

backend: What a back end is: what it is asked for, what it returns, how it fails
"""
