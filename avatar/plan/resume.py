"""Going on from a saved state: with which arguments, for how many steps, and what of a changed plan it would not take. Pure.

What sd-scripts does (facts/trainer.md §16; train_network.py:968-1273): a state brings LoRA, optimizer and schedule back, not
the position in the data, and its steps are counted anew. With L batches and U optimizer steps an epoch, E epochs, N steps in
all and --initial_step X it trains, without --skip_until_initial_step, (E - X // U) x U steps, at most N; with it, and right
only without accumulation, E x L - X, at most N - X mod L.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from avatar.plan.values import Plan
from avatar.texts.text import Finding, Level, Text
from avatar.trainer.options import OptionTable

# Their rate does not depend on the number of steps: what is left is a training of its own.
CONSTANT = frozenset({"constant", "constant_with_warmup"})
# Beyond the last step their rate is 0: the weights stay as they are, bit for bit [run].
ZERO_AT_THE_END = frozenset({"cosine_with_restarts", "linear"})


@dataclass(frozen=True)
class Continuation:
    """What the trainer does from a state on.

    done             optimizer steps that the state has really had
    total            steps of the whole training
    steps            optimizer steps that the trainer will do; more than total - done where it cannot count right
    own_start        where its own numbers (files, state folders, curve) begin; the bar begins at 0 in any case
    initial_step, skip, max_train_steps  its arguments; None: not given, or as in the plan
    """

    done: int
    total: int
    steps: int
    own_start: int = 0
    initial_step: int | None = None
    skip: bool = False
    max_train_steps: int | None = None

    @property
    def extra_steps(self) -> int:
        """Return how many steps are done beyond those of the plan."""
        return self.done + self.steps - self.total

    @property
    def offset(self) -> int:
        """Return what a number of the trainer's own falls short of the true one."""
        return self.done - self.own_start


def continuation(plan: Plan, steps_per_epoch: int, done: int, options: OptionTable) -> Continuation | None:
    """Return how to go on after `done` steps; None where this version of the trainer cannot.

    steps_per_epoch  optimizer steps, of the dataset as it is now
    """
    total, left = plan.max_train_steps, plan.max_train_steps - done
    if _is_constant(plan):
        first = 0 if options.has("initial_step") else None
        return Continuation(done, total, left, initial_step=first, max_train_steps=left)
    if not options.has("initial_step"):  # v0.8.7 begins to count at 0: another number of steps would bend the rate's curve
        return None
    epochs = math.ceil(total / steps_per_epoch)
    if plan.gradient_accumulation_steps == 1 and options.has("skip_until_initial_step"):
        return _skipping(total, done, steps_per_epoch, epochs)
    left_epochs = math.ceil(left / steps_per_epoch)
    first = (epochs - left_epochs) * steps_per_epoch
    return Continuation(done, total, min(left_epochs * steps_per_epoch, total), initial_step=first)


def _is_constant(plan: Plan) -> bool:
    return plan.lr_scheduler in CONSTANT and "lr_scheduler_type" not in plan.extra


def _skipping(total: int, done: int, steps_per_epoch: int, epochs: int) -> Continuation:
    """Let the trainer skip what was done. Where the last epoch is not whole, more is skipped by what it lacks."""
    first = done
    if done >= steps_per_epoch:
        first = min(done + epochs * steps_per_epoch - total, total - 1)  # the trainer refuses a first step that is the last
    own_start = first % steps_per_epoch
    steps = min(epochs * steps_per_epoch - first, total - own_start)
    return Continuation(done, total, steps, own_start, initial_step=first, skip=True)


def goes_on_exactly(plan: Plan, steps_per_epoch: int, done: int) -> bool:
    """Tell the same as `is_exact` of a version that has all the options; True where the length of an epoch is not known."""
    if plan.gradient_accumulation_steps == 1 or _is_constant(plan) or not steps_per_epoch:
        return True
    return (plan.max_train_steps - done) % steps_per_epoch == 0


def is_exact(plan: Plan, steps_per_epoch: int, done: int, options: OptionTable) -> bool:
    """Return whether a training that goes on after `done` steps does just what it lacks."""
    way = continuation(plan, steps_per_epoch, done, options)
    return way is not None and way.extra_steps == 0


def inexact_saves(plan: Plan, steps_per_epoch: int, options: OptionTable) -> Iterator[int]:
    """Yield the steps at which a plan saves states that cannot be gone on from exactly."""
    interval = plan.save_every_n_steps
    if plan.save_state and interval and steps_per_epoch:
        for done in range(interval, plan.max_train_steps, interval):
            if options.has("initial_step") and not is_exact(plan, steps_per_epoch, done, options):
                yield done


def extra_steps_told(plan: Plan, way: Continuation) -> Text | None:
    """Return what steps beyond the plan mean; None where there are none."""
    if way.extra_steps <= 0:
        return None
    still = plan.lr_scheduler in ZERO_AT_THE_END and "lr_scheduler_type" not in plan.extra
    values = {"n": way.extra_steps, "done": way.done, "total": way.total, "scheduler": plan.lr_scheduler}
    return Text("resume.again_at_zero" if still else "resume.too_long", values)


# --- with another plan -----------------------------------------------------------------------------------------------

# What the trainer does with a state that was saved with another value of these.
_OLD_GOES_ON = ("learning_rate", "optimizer_args")  # optimizer and schedule bring theirs back
_OTHER_SHAPE = ("network_dim", "network_train_unet_only")  # dies when the state is loaded
_OTHER_CURVE = ("lr_scheduler", "lr_scheduler_num_cycles", "lr_warmup_steps", "max_train_steps")  # entered at the old step
_OTHER_STEPS = ("train_batch_size", "gradient_accumulation_steps", "num_processes", "validation_split")
_OLD_GOES_ON_EXTRA = ("unet_lr", "text_encoder_lr")
_OTHER_SHAPE_EXTRA = ("network_args", "dim_from_weights", "network_weights", "train_norm")


def differences(state: Plan, plan: Plan, *, has_scaler: bool) -> list[Finding]:
    """Return what goes wrong, or otherwise than it looks, when a state is gone on from with another plan than its own.

    state       the plan that the state was saved with
    has_scaler  the state holds what fp16 needs
    """
    return [
        *_differing(state, plan, _OLD_GOES_ON, "blocked", "resume.old_goes_on"),
        *_differing_extra(state.extra, plan.extra, _OLD_GOES_ON_EXTRA, "resume.old_goes_on"),
        *_differing(state, plan, _OTHER_SHAPE, "blocked", "resume.other_shape"),
        *_differing_extra(state.extra, plan.extra, _OTHER_SHAPE_EXTRA, "resume.other_shape"),
        *_differing(state, plan, ("network_alpha",), "blocked", "resume.other_alpha"),
        *_differing(state, plan, ("optimizer_type",), "blocked", "resume.other_optimizer"),
        *_precision(state, plan, has_scaler),
        *_differing(state, plan, _OTHER_CURVE, "attention", "resume.other_curve"),
        *_differing(state, plan, _OTHER_STEPS, "attention", "resume.other_steps"),
        *_differing(state, plan, ("reg_data_dir",), "attention", "resume.other_pictures"),
        *_differing(state, plan, ("base_model",), "attention", "resume.other_base_model"),
    ]


def _differing(state: Plan, plan: Plan, names: tuple[str, ...], level: Level, key: str) -> list[Finding]:
    found = []
    for name in names:
        before, now = getattr(state, name), getattr(plan, name)
        if _same_name(before) != _same_name(now):
            found.append(_finding(name, before, now, level, key))
    return found


def _same_name(value: object) -> object:
    return value.lower() if isinstance(value, str) else value  # the trainer takes optimizers and schedulers in any case


def _differing_extra(
    state: Mapping[str, Any], plan: Mapping[str, Any], names: tuple[str, ...], key: str
) -> list[Finding]:  # fmt: skip
    return [
        _finding(name, state.get(name), plan.get(name), "blocked", key)
        for name in names if _listed(state.get(name)) != _listed(plan.get(name))
    ]  # fmt: skip


def _listed(value: object) -> object:
    return list(value) if isinstance(value, (list, tuple)) else value  # as a file holds it


def _finding(name: str, before: object, now: object, level: Level, key: str) -> Finding:
    shown = {"name": name, "before": _typed(before), "now": _typed(now)}
    return Finding("resume", level, Text(key, shown))


def _typed(value: object) -> object:
    return " ".join(str(item) for item in value) if isinstance(value, (list, tuple)) else value


def _precision(state: Plan, plan: Plan, has_scaler: bool) -> list[Finding]:
    if plan.mixed_precision != "fp16" or has_scaler or state.mixed_precision == "fp16":
        return []
    return [_finding("mixed_precision", state.mixed_precision, plan.mixed_precision, "blocked", "resume.no_scaler")]
