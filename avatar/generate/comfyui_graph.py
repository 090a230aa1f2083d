"""What ComfyUI is asked for: the graph of one picture, and the lists of names that it must know for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from avatar.generate.backend import Request, Sampler, Scheduler

SAMPLERS: Mapping[Sampler, str] = {"euler_a": "euler_ancestral", "euler": "euler", "dpmpp_2m": "dpmpp_2m"}
SCHEDULERS: Mapping[Scheduler, str] = {"normal": "normal", "karras": "karras"}

CHECKPOINT, LORA, PREDICTION, VAE = "4", "10", "11", "12"
POSITIVE, NEGATIVE, LATENT, SAMPLE, DECODE, SAVE = "6", "7", "5", "3", "8", "9"
# Nodes that must have been executed for this picture: what ComfyUI has in its cache was drawn for another.
FRESH = (SAMPLE, DECODE, SAVE)

Graph = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Names:
    """What this server calls what we draw with.

    loras       sha256 of a LoRA -> its name in the server's list, with the folder and the separator of its system
    vae         "" for the one in the checkpoint
    session     makes the loader of the first picture one that no cache has
    """

    checkpoint: str
    loras: Mapping[str, str]
    with_texts: frozenset[str] = frozenset()  # sha256 of LoRAs with parts for the text encoders
    vae: str = ""
    v_prediction: bool = False
    zero_terminal_snr: bool = False
    session: str = ""


def graph(request: Request, names: Names, nonce: str) -> dict[str, dict[str, Any]]:
    """Return the graph of one picture.

    nonce  of this drawing: ComfyUI ignores an input that a node does not have, but its cache does not, so that the picture
           is drawn and not taken from the cache
    """
    model, clip = [CHECKPOINT, 0], [CHECKPOINT, 1]
    nodes = {CHECKPOINT: _node("CheckpointLoaderSimple", ckpt_name=names.checkpoint)}
    if request.model is not None:
        nodes[LORA] = _lora(request, names)
        model = [LORA, 0]
        clip = [LORA, 1] if request.model in names.with_texts else clip
    if names.v_prediction:
        zsnr = names.zero_terminal_snr
        nodes[PREDICTION] = _node("ModelSamplingDiscrete", model=model, sampling="v_prediction", zsnr=zsnr)
        model = [PREDICTION, 0]
    if names.vae:
        nodes[VAE] = _node("VAELoader", vae_name=names.vae)
    return {
        **nodes,
        POSITIVE: _node("CLIPTextEncode", text=request.prompt, clip=clip),
        NEGATIVE: _node("CLIPTextEncode", text=request.negative, clip=clip),
        LATENT: _node("EmptyLatentImage", width=request.width, height=request.height, batch_size=1),
        SAMPLE: _node(
            "KSampler", model=model, positive=[POSITIVE, 0], negative=[NEGATIVE, 0], latent_image=[LATENT, 0],
            seed=request.seed, steps=request.steps, cfg=request.cfg, sampler_name=SAMPLERS[request.sampler],
            scheduler=SCHEDULERS[request.scheduler], denoise=1.0, avatar=nonce,
        ),
        DECODE: _node("VAEDecode", samples=[SAMPLE, 0], vae=[VAE, 0] if names.vae else [CHECKPOINT, 2]),
        # Into its folder for passing files, which it empties at its next start: pictures of a person stay on no server.
        SAVE: _node("PreviewImage", images=[DECODE, 0]),
    }  # fmt: skip


def _lora(request: Request, names: Names) -> dict[str, Any]:
    """Return the loader of the request's LoRA: of its U-Net alone where it has no more, so that no text is encoded anew."""
    name, weight = names.loras[request.model or ""], float(request.weight)
    common = {"model": [CHECKPOINT, 0], "lora_name": name, "strength_model": weight, "avatar": names.session}
    if request.model not in names.with_texts:
        return _node("LoraLoaderModelOnly", **common)
    return _node("LoraLoader", clip=[CHECKPOINT, 1], strength_clip=weight, **common)


def _node(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs}


def choices(info: Any, node: str, name: str) -> tuple[str, ...]:
    """Return the names that an input of a node may have, by the server's own list; () where it does not say.

    >>> choices({"KSampler": {"input": {"required": {"scheduler": [["simple", "normal"], {}]}}}}, "KSampler", "scheduler")
    ('simple', 'normal')
    >>> choices({"VAELoader": {"input": {"required": {"vae_name": ["COMBO", {"options": ["a"]}]}}}}, "VAELoader", "vae_name")
    ('a',)
    """
    try:
        described = info[node]["input"]["required"][name]
        listed = described[0] if isinstance(described[0], list) else described[1]["options"]
        return tuple(str(choice) for choice in listed)
    except (KeyError, IndexError, TypeError):
        return ()
