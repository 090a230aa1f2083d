"""Lets accelerate on processors do what it does on cards; loaded by every child of a test that names this folder in PYTHONPATH.

On processors accelerate 1.6.0 gives each process a device of its own (cpu:0, cpu:1), to which the 10 GB of the base model
are copied, and wraps frozen models too, which torch refuses; on cards it does neither (accelerator.py, prepare_model). The
trainer's script and its arguments are those of a user.
"""

import accelerate.accelerator
import accelerate.state
import torch

_set_device = accelerate.state.PartialState.set_device
_prepare_model = accelerate.accelerator.Accelerator.prepare_model


def set_device(self):  # type: ignore[no-untyped-def]
    _set_device(self)
    if self.device is not None and self.device.type == "cpu":
        self.device = torch.device("cpu")


def prepare_model(self, model, device_placement=None, evaluation_mode=False):  # type: ignore[no-untyped-def]
    frozen = not any(parameter.requires_grad for parameter in model.parameters())
    return _prepare_model(self, model, device_placement, evaluation_mode or frozen)


accelerate.state.PartialState.set_device = set_device
accelerate.accelerator.Accelerator.prepare_model = prepare_model
