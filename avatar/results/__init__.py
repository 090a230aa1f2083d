"""Which LoRA is best: trials, likeness, ranking, the choice, delivery.

added_model: A LoRA that was trained elsewhere comes home: checked, its origin noted
advice: Advice from the likeness of sample pictures: since which step a training does not get better
choice: The candidate that is used: handed over, with the recommended weight, a preview, and the choice in its recipe
class_pictures: Pictures of the class word by the base model alone, for regularisation
copying: Whether a picture repeats a trained one, rather than showing the person
delivery: One zip for whoever the LoRA is for: the model, pictures, how to use it, where it comes from, and sums
delivery_pictures: The pictures that go with a delivery, made anew from their pixels; none of the client's own
delivery_readme: What the README of a delivery says
figures: The figures of one candidate, from the measures of its pictures
final_model: Which of a client's models is handed over, and how it is best used: the one taken, else the newest
flexibility: How free a candidate is: whether another prompt gives another picture
install: A model is put where ComfyUI, A1111 or InvokeAI look for it, under a name of its own, and taken away again
likeness: The likeness of drawn pictures: each is looked at once, and compared with photos that no training saw
looks: What a worker process sees in one picture: faces, the face's vector and structure, layout and colours
mean_model: One more candidate for nothing: the mean of the last models of a training
plan_trial: Which pictures a trial draws, and which it leaves out for time
plan_tuning: How much of a tuning fits into its hours: stage 0, short trainings, those that go on to the end
private_words: What nothing that is handed over may say: folders of this computer, names of the client's pictures
ranking: Which candidate is best, and which differences are real
reference: What drawn pictures are compared with: photos that no training saw, and those that one did
scores: What is known of a trial's pictures once they are measured
sightings: Looks at pictures in worker processes, each once
trial: A trial on disk: what is to be drawn, the identity of a picture, and the lines of those that were
trial_draw: Draws pictures with one back end or several, which share them out
trial_effect: Whether each LoRA of a trial really had an effect
trial_evidence: What a trial has shown of the trainings that it compared, as figures for later plans
trial_make: From what is asked for to a trial on the disk, and the pictures that are there already
trial_models: The LoRAs that a trial compares, and the base model that they were trained on
trial_prompts: The prompts of a trial: the user's, and three of what the data has not
trial_run: Draws a trial, round after round
tuning: A tuning on disk: what it was begun for, and one line for every change of a candidate
tuning_added: A candidate of a tuning that was trained elsewhere comes home: known by its passport, every model checked
tuning_answer: What a tuning came to: which file to use, how sure that is, and what another night could tell
tuning_book: What a tuning has done so far: the lines of its candidates, and what they say of the costs
tuning_candidates: Which settings a tuning tries, in the order in which they are worth a training
tuning_ports: What a tuning asks of the rest: the time, a training, pictures
tuning_run: A tuning from its first picture to its answer
tuning_start: What a tuning is begun with, and which one that was begun goes on
tuning_state: How a client's newest tuning stands, for who only looks on
tuning_together: Several candidates trained at the same time: one on each card or machine; each is told as it ends
"""
