"""Images from a finished LoRA: one protocol, three back ends.

a1111: A1111, Forge and their kin as a back end, by their REST: one picture at a time, each proved by what its info says
a1111_reply: What A1111 and its kin answer: whether the picture is the one that was asked for
a1111_watch: One picture of A1111 from its request to its reply, watched by polling: no reply says that it was interrupted
backend: What a back end is: what it is asked for, what it returns, how it fails
card_memory: What the trainer's generator needs of a card, and which trials fit it
choosing: Which back end draws: the one that is set, or the first that can
comfyui: ComfyUI as a back end: over its queue, one picture at a time, each proved by its history and its pixels
comfyui_graph: What ComfyUI is asked for: the graph of one picture, and the lists of names that it must know for it
comfyui_reply: What ComfyUI answers: whether a prompt was taken as it was sent, and what its history proves of the picture
comfyui_watch: One prompt of ComfyUI from its sending to its end: events as they come, and the history and queue where none come
gen_img: sd-scripts' gen_img.py: its command, the line that asks for a picture, and what its log says
infotext: What a picture says of itself: the parameters text that A1111 writes
lora_folder: The folder from which a server takes its LoRAs: ours are copied there for as long as they are drawn with
process: One gen_img.py at work: started, asked for pictures, watched, ended
proof: Whether pictures can be believed: the LoRA before anything is sent, each picture as it comes
server: A program that draws and is asked over HTTP: its address, one client, and every way in which it does not answer
server_base: Which of a server's checkpoints is the base model: by its file's name, whatever folder and system it lies in
trainer: The trainer's own generator as a back end: nothing more to install, one load of the model
"""
