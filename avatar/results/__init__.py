"""Which LoRA is best: trials, likeness, ranking, the choice, delivery.

trial: A trial on disk: what is to be drawn, the identity of a picture, and the lines of those that were
"""
