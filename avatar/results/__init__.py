"""Which LoRA is best: trials, likeness, ranking, the choice, delivery.

choice: The candidate that is used: handed over, with the recommended weight, a preview, and the choice in its recipe
figures: The figures of one candidate, from the measures of its pictures
plan_trial: Which pictures a trial draws, and which it leaves out for time
ranking: Which candidate is best, and which differences are real
scores: What is known of a trial's pictures once they are measured
trial: A trial on disk: what is to be drawn, the identity of a picture, and the lines of those that were
trial_draw: Draws pictures with one back end or several, which share them out
trial_effect: Whether each LoRA of a trial really had an effect
trial_make: From what is asked for to a trial on the disk, and the pictures that are there already
trial_models: The LoRAs that a trial compares, and the base model that they were trained on
trial_prompts: The prompts of a trial: the user's, and three of what the data has not
trial_run: Draws a trial, round after round
"""
