"""The graphics memory of a training as a closed formula: terms by phase, in GiB, each with its origin. Pure.

No graphics card was used to make it. Origins: [count] parameters of the real models; [replay] the trainer's own classes run
without a card and every allocation replayed through a model of PyTorch's allocator, 124 points; [code] read in sd-scripts main
48d368fa (TN train_network.py, PIPE library/sdxl_lpw_stable_diffusion.py, TU library/train_util.py); [choice] assumed.
`benchmarks/memory.py` prints it beside the points, beside what others measured and beside 50 starts on a card.

Pictures held out have no term: they are measured after the optimizer's step, when the gradients are gone, and without keeping
anything for a backward pass (TN:1537-1591). Replayed, that stays 0.2 to 1.7 GiB below the peak of the step itself (0.41 at dim
32, 0.84 at dim 128, both 1024 px, bf16 base; 1.67 at batch 4; 7.9 without checkpointing); with latents that are not cached it
equals the phase that counts already, the VAE in the step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

GIB = 1 << 30
UNET_PARAMETERS = 2_567_463_684
TEXT_ENCODER_PARAMETERS, OF_THESE_EMBEDDINGS = 817_719_552, 101_345_280
VAE_PARAMETERS = 83_653_863
LORA_UNET_PARAMETERS_PER_DIM = 2_659_840
LORA_TEXT_PARAMETERS_PER_DIM = 903_168
LORA_CONV_PARAMETERS_PER_CONV_DIM, LORA_SMALL_LAYERS_PER_DIM = 355_840, 58_560  # with conv_dim
# Bytes of state a LoRA parameter costs, whatever the precision of the weights, and as a multiple of a weight's bytes.
STATE_BYTES = {"adamw8bit": 2.03, "lion8bit": 1.02, "adafactor": 0.02, "pagedadamw8bit": 0.0}
STATE_WIDTHS = {"adamw": 2, "lion": 1, "prodigy": 4}
OTHER_STATE_WIDTHS = 2  # [choice] an optimizer that is not listed: two moments, as AdamW
CONTEXT_GIB = 0.5  # [choice] of CUDA with cuBLAS and cuDNN; 0.75 measured on an H200


@dataclass(frozen=True, kw_only=True)
class Load:
    """What of a plan counts for graphics memory.

    precision   bf16 | fp16 | no
    full        weights, gradients and states in half precision (full_bf16, full_fp16)
    attention   sdpa | xformers | none
    sample      side of the pictures during training in px; 0: none
    """

    resolution: int = 1024
    dim: int = 32
    conv_dim: int = 0
    batch: int = 1
    accumulation: int = 1
    precision: str = "bf16"
    full: bool = False
    fp8: bool = False
    checkpointing: bool = True
    unet_only: bool = True
    cache_text: bool = True
    cache_latents: bool = True
    half_vae: bool = False
    optimizer: str = "AdamW8bit"
    attention: str = "sdpa"
    sample: int = 0
    vae_batch: int = 1

    @property
    def side(self) -> float:
        """Pixels of one picture; 1 at 1024 px."""
        return (self.resolution / 1024) ** 2

    @property
    def pixels(self) -> float:
        """Pixels of a batch."""
        return self.side * self.batch

    @property
    def shown(self) -> float:
        """Pixels of one picture during training."""
        return (self.sample / 1024) ** 2

    @property
    def bytes_of_base(self) -> int:
        return 4 if self.precision == "no" else 2

    @property
    def bytes_of_weight(self) -> int:
        """Of a LoRA weight, and of its gradient."""
        return 2 if self.full else 4

    @property
    def bytes_of_state(self) -> float:
        name = self.optimizer.lower()
        return STATE_BYTES.get(name, STATE_WIDTHS.get(name, OTHER_STATE_WIDTHS) * self.bytes_of_weight)

    @property
    def lora(self) -> float:
        """LoRA parameters, in 2^30."""
        per_dim = LORA_UNET_PARAMETERS_PER_DIM + (0 if self.unet_only else LORA_TEXT_PARAMETERS_PER_DIM)
        per_dim += LORA_SMALL_LAYERS_PER_DIM if self.conv_dim else 0
        return (self.dim * per_dim + self.conv_dim * LORA_CONV_PARAMETERS_PER_CONV_DIM) / GIB

    @property
    def wide(self) -> float:
        """How much larger activations are without mixed precision."""
        return 1.65 if self.precision == "no" else 1.0


Part = str  # "unet" | "lora" | "text_encoders" | "activations" | "context"


@dataclass(frozen=True)
class Term:
    """One addend: what it is, the part of the sum that it is told under, where its figure is from."""

    name: str
    part: Part
    origin: str
    gib: Callable[[Load], float]


def _text_gib(load: Load) -> float:
    if load.cache_text:
        return 0.0
    if load.fp8:
        return (TEXT_ENCODER_PARAMETERS + OF_THESE_EMBEDDINGS) / GIB
    return TEXT_ENCODER_PARAMETERS * load.bytes_of_base / GIB


def _vae_gib(load: Load) -> float:
    return VAE_PARAMETERS * (2 if load.half_vae else 4) / GIB


def _scores(load: Load) -> float:
    return 1.4 * load.pixels * load.side if load.attention == "none" else 0.0


UNET = Term("U-Net", "unet", "[count]", lambda load: UNET_PARAMETERS * (1 if load.fp8 else load.bytes_of_base) / GIB)
TEXT = Term("text encoders", "text_encoders", "[count]; fp8: their embeddings stay half (TN:839-861)", _text_gib)
BUFFERS = Term("buffers", "activations", "[replay]", lambda load: 0.01)
CONTEXT = Term("CUDA context", "context", "[choice]", lambda load: CONTEXT_GIB)
WEIGHTS = Term("LoRA weights", "lora", "[count]", lambda load: load.lora * load.bytes_of_weight)
STATES = Term("optimizer states", "lora", "[count]", lambda load: load.lora * load.bytes_of_state)
GRADIENTS = Term("gradients", "lora", "[count]", lambda load: load.lora * load.bytes_of_weight)
VAE = Term("VAE", "activations", "[count]", _vae_gib)
HALF_COPIES = Term(
    "half copies of the LoRA weights", "lora", "[replay] autocast keeps them to the end of its context",
    lambda load: 0.0 if load.full or load.precision == "no" else load.lora * 2,
)  # fmt: skip
OLD_GRADIENTS = Term(
    "gradients of the steps before", "lora", "[replay] accumulation above 1",
    lambda load: load.lora * load.bytes_of_weight if load.accumulation > 1 else 0.0,
)  # fmt: skip
HELD = (
    BUFFERS, UNET, TEXT, WEIGHTS, STATES, CONTEXT,
    Term("gradients of the text encoders' embeddings", "text_encoders", "[code] TN prepare_text_encoder_grad_ckpt_workaround",
         lambda load: 0.19 if load.checkpointing and not load.unet_only else 0.0),
    Term("VAE", "activations", "[count] latents not cached", lambda load: 0.0 if load.cache_latents else _vae_gib(load)),
)  # fmt: skip
FRAGMENTS = Term(
    "fragmentation", "activations", "[replay] least less allocated",
    lambda load: 0.12 + (0.20 if load.checkpointing else 0.03) * load.pixels,
)  # fmt: skip
IN_PASSES = (
    FRAGMENTS,
    Term("one block's half weights", "activations", "[replay] fp8", lambda load: 0.04 if load.fp8 else 0.0),
)  # fmt: skip


def _activations(name: str, origin: str, constant: float, per_pixel: float, *, less: float = 0.0) -> Term:
    def gib(load: Load) -> float:
        return (constant + per_pixel * load.pixels) * load.wide - less

    return Term(name, "activations", origin, gib)


@dataclass(frozen=True)
class Phase:
    """A moment of a training at which the memory may be highest; name: the last part of its text's key."""

    name: str
    occurs: Callable[[Load], bool]
    terms: tuple[Term, ...]


SCORES_FORWARD = Term("attention scores", "activations", "[replay] neither sdpa nor xformers", _scores)
SCORES_BACKWARD = Term(
    "attention scores", "activations", "[replay] neither sdpa nor xformers", lambda load: 1.2 * _scores(load)
)
SAMPLING = (
    BUFFERS, WEIGHTS, STATES, CONTEXT, TEXT, VAE, FRAGMENTS,
)  # fmt: skip
PHASES: tuple[Phase, ...] = (
    Phase("caching", lambda load: load.cache_latents, (
        VAE, CONTEXT,
        Term("VAE's activations", "activations", "[replay]",
             lambda load: 0.06 + (1.25 if load.half_vae else 2.51) * load.side * load.vae_batch),
    )),
    Phase("caching_text", lambda load: load.cache_text, (
        CONTEXT, Term("text encoders", "text_encoders", "[count] half", lambda load: TEXT_ENCODER_PARAMETERS * 2 / GIB),
        Term("activations", "activations", "[replay]", lambda load: 0.14),
    )),
    Phase("forward", lambda load: load.checkpointing, (
        *HELD, *IN_PASSES, HALF_COPIES, OLD_GRADIENTS, SCORES_FORWARD,
        _activations("checkpoints", "[replay] fewer holes at the end of the pass", 0.12, 0.64, less=0.10),
    )),
    Phase("backward", lambda load: load.checkpointing, (
        *HELD, *IN_PASSES, OLD_GRADIENTS, SCORES_BACKWARD,
        _activations("recomputed blocks at full size", "[replay]", 0.10, 0.80),
    )),
    Phase("backward_end", lambda load: load.checkpointing, (
        *HELD, *IN_PASSES, GRADIENTS, SCORES_BACKWARD, _activations("last blocks", "[replay]", 0.11, 0.45),
    )),
    Phase("no_checkpointing", lambda load: not load.checkpointing, (
        *HELD, FRAGMENTS, HALF_COPIES, OLD_GRADIENTS,
        Term("kept activations", "activations", "[replay]",
             lambda load: 0.13 + (8.06 + 0.0022 * load.dim + 0.005 * load.conv_dim) * load.pixels),
        Term("half weights kept for the backward pass", "activations", "[replay] fp8",
             lambda load: UNET_PARAMETERS * 2 / GIB - 0.6 if load.fp8 else 0.0),
    )),
    Phase("optimizer", lambda load: True, (
        *HELD, FRAGMENTS, GRADIENTS,
        Term("moment of the step", "lora", "[code] torch, AdamW's foreach list",
             lambda load: load.lora * load.bytes_of_weight if load.optimizer.lower() == "adamw" else 0.0),
        Term("list of the optimizer", "activations", "[replay]", lambda load: 0.12),
    )),
    Phase("vae_in_step", lambda load: not load.cache_latents, (
        *HELD, FRAGMENTS, OLD_GRADIENTS,
        Term("VAE's activations", "activations", "[replay]", lambda load: (1.27 if load.half_vae else 2.55) * load.pixels),
    )),
    Phase("denoising", lambda load: load.sample > 0, (
        *SAMPLING, HALF_COPIES,
        Term("U-Net in half precision", "unet", "[code] fp8 is made fp16 for it (PIPE:858-862)",
             lambda load: UNET_PARAMETERS * load.bytes_of_base / GIB),
        Term("activations", "activations", "[replay]", lambda load: 0.11 + 0.48 * load.shown),
        Term("holes of the cast", "activations", "[replay] fp8", lambda load: 0.05 + 0.6 * load.shown**2 if load.fp8 else 0.0),
    )),
    Phase("decoding", lambda load: load.sample > 0, (
        *SAMPLING, UNET,  # as it is held: fp8 again before the decoding (PIPE:959 before TU:6567)
        Term("VAE's activations", "activations", "[replay]",
             lambda load: 0.10 + (1.5 if load.half_vae else 3.01) * load.shown),
    )),
)  # fmt: skip


def by_phase(load: Load) -> dict[str, float]:
    """Return what each phase that occurs needs, in GiB, the context of CUDA included."""
    return {phase.name: sum(term.gib(load) for term in phase.terms) for phase in PHASES if phase.occurs(load)}


def parts_of(load: Load, phase: str) -> Mapping[Part, float]:
    """Return what a phase needs by parts; they add up to the phase."""
    found: dict[Part, float] = {"unet": 0.0, "lora": 0.0, "text_encoders": 0.0, "activations": 0.0, "context": 0.0}
    for term in next(entry.terms for entry in PHASES if entry.name == phase):
        found[term.part] += term.gib(load)
    return found
