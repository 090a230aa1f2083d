"""Run by InvokeAI's Python: classify a file by InvokeAI's own factory, make its patch of it, and say in JSON what came.

in_invokeai.py CHECKOUT FILE
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(checkout: str, file: str) -> None:
    sys.path.insert(0, checkout)
    import invokeai.backend.model_manager.load  # noqa: F401  # first, as the application does: its modules import in a circle
    from invokeai.backend.model_manager.configs.factory import ModelConfigFactory
    from invokeai.backend.model_manager.model_on_disk import ModelOnDisk
    from invokeai.backend.patches.lora_conversions.sd_lora_conversion_utils import lora_model_from_sd_state_dict
    from invokeai.backend.patches.lora_conversions.sdxl_lora_conversion_utils import convert_sdxl_keys_to_diffusers_format

    on_disk = ModelOnDisk(Path(file))
    config = ModelConfigFactory.from_model_on_disk(on_disk).config
    patch = lora_model_from_sd_state_dict(convert_sdxl_keys_to_diffusers_format(on_disk.load_state_dict()))
    found = {"base": config.base.value, "type": config.type.value, "format": config.format.value,
             "name": type(config).__name__, "layers": len(patch.layers)}  # fmt: skip
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
