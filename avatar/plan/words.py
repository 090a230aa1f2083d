"""What a plan's names are called by a person: cards, presets, settings."""

from __future__ import annotations

from avatar.texts.text import Text
from config import GPU_PROFILES, TRAINING_PRESETS

# Fields of a plan that have a name in words; of these, what changed is told before any details.
NAMED = frozenset(
    {"network_dim", "network_alpha", "resolution", "max_train_steps", "sample_every_n_steps", "sample_px", "fp8_base",
     "mixed_precision", "optimizer_type", "learning_rate", "train_batch_size", "gradient_accumulation_steps",
     "gradient_checkpointing", "save_every_n_steps", "save_last_n_steps_state", "lr_warmup_steps", "validation_split", "seed"}
)  # fmt: skip


def card(profile: str) -> Text:
    """Return the card of a profile: "NVIDIA RTX 3060 8 GB"; the profiles that are no product in the user's language."""
    if profile in {"cpu", "gpu_24gb"}:
        return Text(f"plan.card.{profile}")
    known = GPU_PROFILES.get(profile)
    return Text("plan.named", {"label": known.label if known else profile})


def preset(name: str) -> Text:
    """Return a preset in a word: "balanced" -> "equilibrado"."""
    return Text(f"plan.preset.{name}") if name in TRAINING_PRESETS else Text("plan.named", {"label": name})


def setting(name: str) -> Text:
    """Return the name of a plan's field in words, the field itself where it has none."""
    return Text(f"plan.setting.{name}") if name in NAMED else Text("plan.named", {"label": name})
