"""Which LoRA is best: trials, likeness, ranking, the choice, delivery.

figures: The figures of one candidate, from the measures of its pictures
ranking: Which candidate is best, and which differences are real
scores: What is known of a trial's pictures once they are measured
trial: A trial on disk: what is to be drawn, the identity of a picture, and the lines of those that were
"""
