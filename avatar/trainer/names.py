"""Names of optimizers and schedulers that sdxl_train_network.py takes, what each needs, and how their arguments are written.

The trainer looks a name up only after it has loaded the model and cached the latents: a misspelt one costs minutes, and its
last line is an AttributeError. Each name here was given to the trainer's own get_optimizer and get_scheduler_fix (sd-scripts
48d368fa, transformers 4.54.1, torch 2.13). Names with a dot belong to another library and cannot be known here.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Mapping

from avatar.texts.text import Text

# With the package beside torch that each needs. The trainer does not mind how these are capitalised.
OPTIMIZERS: Mapping[str, str] = {
    **dict.fromkeys(("AdamW", "Adafactor", "SGDNesterov"), ""),
    **dict.fromkeys(("AdamW8bit", "Lion8bit", "SGDNesterov8bit", "PagedAdamW8bit", "PagedLion8bit"), "bitsandbytes"),
    **dict.fromkeys(("PagedAdamW", "PagedAdamW32bit"), "bitsandbytes"),
    **dict.fromkeys(("AdamWScheduleFree", "RAdamScheduleFree", "SGDScheduleFree"), "schedulefree"),
    **dict.fromkeys(
        ("DAdaptation", "DAdaptAdamPreprint", "DAdaptAdaGrad", "DAdaptAdam", "DAdaptAdan", "DAdaptAdanIP", "DAdaptLion",
         "DAdaptSGD"), "dadaptation",
    ),
    "Lion": "lion-pytorch", "Prodigy": "prodigyopt",
}  # fmt: skip
# What each takes besides lr, which the trainer gives itself: the libraries' own signatures (torch 2.6, bitsandbytes 0.45,
# transformers 4.54, prodigyopt 1.1, dadaptation 3.2, lion-pytorch 0.2, schedulefree 1.4). Only for telling whose an argument
# is: one that nobody here takes may belong to a newer version.
_TORCH = "foreach maximize capturable differentiable"
_EIGHT_BIT = "betas eps weight_decay amsgrad optim_bits args min_8bit_size percentile_clipping block_wise"
_LION_8BIT = "betas weight_decay args min_8bit_size percentile_clipping block_wise"
_DADAPT = "weight_decay log_every d0 growth_rate"
_SCHEDULE_FREE = "weight_decay warmup_steps r weight_lr_power foreach"
ARGUMENTS: Mapping[str, frozenset[str]] = {
    name: frozenset(" ".join(taken).split())
    for names, *taken in (
        ("AdamW", "betas eps weight_decay amsgrad fused", _TORCH),
        ("Adam", "betas eps weight_decay amsgrad fused decoupled_weight_decay", _TORCH),
        ("NAdam", "betas eps weight_decay momentum_decay decoupled_weight_decay", _TORCH),
        ("RAdam", "betas eps weight_decay decoupled_weight_decay", _TORCH),
        ("Adamax", "betas eps weight_decay", _TORCH),
        ("Adadelta", "rho eps weight_decay", _TORCH),
        ("Adagrad", "lr_decay weight_decay initial_accumulator_value eps fused", _TORCH),
        ("ASGD", "lambd alpha t0 weight_decay", _TORCH),
        ("RMSprop", "alpha eps weight_decay momentum centered", _TORCH),
        ("Rprop", "etas step_sizes", _TORCH),
        ("SGD", "momentum dampening weight_decay nesterov fused", _TORCH),
        ("SGDNesterov", "momentum dampening weight_decay fused", _TORCH),
        ("AdamW8bit PagedAdamW8bit PagedAdamW PagedAdamW32bit", _EIGHT_BIT, "is_paged"),
        ("Lion8bit PagedLion8bit", _LION_8BIT, "is_paged"),
        ("SGDNesterov8bit", "momentum dampening weight_decay args min_8bit_size percentile_clipping block_wise"),
        ("Adafactor", "eps clip_threshold decay_rate beta1 weight_decay scale_parameter relative_step warmup_init"),
        ("Prodigy", "betas beta3 eps weight_decay decouple use_bias_correction safeguard_warmup d0 d_coef growth_rate",
         "fsdp_in_use slice_p"),
        ("DAdaptation DAdaptAdamPreprint DAdaptAdam", _DADAPT, "betas eps decouple use_bias_correction fsdp_in_use"),
        ("DAdaptAdaGrad", _DADAPT, "momentum eps"),
        ("DAdaptAdan DAdaptAdanIP", _DADAPT, "betas eps no_prox"),
        ("DAdaptLion", _DADAPT, "betas fsdp_in_use"),
        ("DAdaptSGD", _DADAPT, "momentum fsdp_in_use"),
        ("Lion", "betas weight_decay use_triton decoupled_weight_decay cautious_factor"),
        ("AdamWScheduleFree", _SCHEDULE_FREE, "betas eps"),
        ("RAdamScheduleFree", _SCHEDULE_FREE, "betas eps silent_sgd_phase"),
        ("SGDScheduleFree", _SCHEDULE_FREE, "momentum"),
    )
    for name in names.split()
}  # fmt: skip
# Modules by which a name with a dot names one of these all the same: "prodigyopt.Prodigy" is Prodigy.
MODULES = ("torch", "bitsandbytes", "transformers", "lion_pytorch", "prodigyopt", "dadaptation", "schedulefree")
# Named by no requirements.txt of the trainer, so that its installation does not bring them.
NOT_REQUIRED = frozenset({"dadaptation"})
# Classes of torch.optim, spelt as there. Not LBFGS (wants a closure), SparseAdam and Muon (want other parameters).
TORCH_OPTIMIZERS = ("Adadelta", "Adagrad", "Adam", "Adamax", "ASGD", "NAdam", "RAdam", "RMSprop", "Rprop", "SGD")
# Not reduce_lr_on_plateau and cosine_warmup_with_min_lr: the trainer gives both arguments that they do not have.
SCHEDULERS = (
    "linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup", "inverse_sqrt",
    "warmup_stable_decay", "cosine_with_min_lr", "piecewise_constant", "adafactor",
)  # fmt: skip
# The option without which a scheduler cannot be made.
SCHEDULER_NEEDS = {"cosine_with_min_lr": "lr_scheduler_min_lr_ratio", "piecewise_constant": "lr_scheduler_args"}
# Options of name=value pairs whose values the trainer reads as Python (ast.literal_eval): true is none, True is.
PYTHON_ARGUMENTS = ("optimizer_args", "lr_scheduler_args", "schedulefree_wrapper_args")
TEXT_ARGUMENTS = ("network_args",)
KNOWN: Mapping[str, tuple[str, ...]] = {"optimizer_type": (*OPTIMIZERS, *TORCH_OPTIMIZERS), "lr_scheduler": SCHEDULERS}


def spelt(name: str, known: Iterable[str]) -> str:
    """Return name in the spelling of `known`, ignoring case; any other name unchanged."""
    return next((one for one in known if one.lower() == name.lower()), name)


def plain(optimizer: str) -> str:
    """Return the name of a known optimizer without its library, in the usual spelling; any other name unchanged.

    >>> plain("prodigyopt.Prodigy"), plain("bitsandbytes.optim.AdamW8bit"), plain("mine.Best"), plain("adamw")
    ('Prodigy', 'AdamW8bit', 'mine.Best', 'AdamW')
    """
    module, _, last = optimizer.rpartition(".")
    name = last if module.partition(".")[0] in MODULES else optimizer
    return spelt(name, KNOWN["optimizer_type"])


def foreign_argument(optimizer: str, pairs: Iterable[str]) -> str:
    """Return the first name=value that this optimizer does not take and another one does, "" where there is none.

    The trainer gives lr itself, so that nobody takes it twice.
    """
    taken = ARGUMENTS.get(plain(optimizer))
    if taken is None:
        return ""
    others = frozenset().union(*ARGUMENTS.values(), {"lr", "nesterov"})
    return next((pair for pair in pairs if (name := pair.partition("=")[0].strip()) in others and name not in taken), "")


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the name of known that is most like name."""
    by_lower = {one.lower(): one for one in known}
    return by_lower[difflib.get_close_matches(name.lower(), list(by_lower), n=1, cutoff=0.0)[0]]


def knows_optimizer(name: str) -> bool:
    """Return whether the trainer has an optimizer of this name; a name with a dot is another library's and passes."""
    return "." in name or name in TORCH_OPTIMIZERS or spelt(name, OPTIMIZERS) in OPTIMIZERS


def package_of(optimizer: str) -> str:
    """Return the package an optimizer needs in the trainer's environment, "" where torch is enough or it cannot be known."""
    return OPTIMIZERS.get(plain(optimizer), "")


def is_adaptive_lr(optimizer: str) -> bool:
    """Return whether the optimizer finds the learning rate itself, and learning_rate only scales it.

    Prodigy and the D-Adaptation family; the trainer warns at 0.1 and less and advises 1.0 (library/train_util.py:4990).
    """
    return package_of(optimizer) in {"prodigyopt", "dadaptation"}


def makes_its_own_schedule(optimizer: str) -> bool:
    """Return whether the trainer puts its scheduler aside for this optimizer (is_schedulefree_optimizer)."""
    return package_of(optimizer) == "schedulefree"


def problem(option: str, value: object, shown: str = "") -> Text | None:
    """Return a text key and its values where the trainer would stop at an option's value, None elsewhere.

    value  a name, or name=value pairs
    shown  the option as the user wrote it, where that is another name
    """
    if option == "optimizer_type" and not knows_optimizer(str(value)):
        return Text("plan.rule.optimizer", _told(option, str(value), shown))
    if option == "lr_scheduler" and value not in SCHEDULERS:
        return Text("plan.rule.scheduler", _told(option, str(value), shown))
    if option in (*PYTHON_ARGUMENTS, *TEXT_ARGUMENTS):
        pairs = value if isinstance(value, (list, tuple)) else [value]
        bad = _bad_pair(option, [str(pair) for pair in pairs])
        if bad is not None:
            key = "plan.rule.python_argument" if option in PYTHON_ARGUMENTS else "plan.rule.text_argument"
            return Text(key, {"name": shown or option, "value": bad})
    return None


def _told(option: str, name: str, shown: str) -> dict[str, object]:
    return {"name": shown or option, "value": name, "near": nearest(name, KNOWN[option])}


def _bad_pair(option: str, pairs: Iterable[str]) -> str | None:
    """Return the first pair that the trainer could not read, None where it can read all."""
    for pair in pairs:
        name, separator, written = pair.partition("=")
        if not name or not separator or (option in PYTHON_ARGUMENTS and ("=" in written or not _is_literal(written))):
            return pair
    return None


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return True
