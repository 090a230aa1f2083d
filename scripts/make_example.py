# ruff: noqa: E501  # paragraphs of a page
"""Write docs/EXAMPLE.md and docs/EXAMPLE.es.md: a client from the first picture to the delivery, with what each command says.

    python scripts/make_example.py

The pictures are the demo's. Trainer and generator are the tests' stand-ins: nothing is trained, and what is "drawn" are the demo's
portrait and its variants, sharper the longer the training and the higher the weight. All that the program says of them is measured.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from avatar.commands import demo_pictures
from scripts.docs_session import installed
from tests import base_models
from tests.generate import lora_files

MOST_ROWS, WIDEST = 20, 150  # of what a command says
CLIENT = "grace"
PLACES = {"MJ": "Downloads/midjourney", "PHOTOS": "Pictures/Grace", "LORAS": "~/ComfyUI/models/loras"}
FILES = {"en": "EXAMPLE.md", "es": "EXAMPLE.es.md"}
BAR = re.compile(r"\d+/\d+(, ETA .*)?$|[█|]")  # of progress
INTRO = {
    "en": """# A whole example with its figures

[Español](EXAMPLE.es.md)

A client from the first picture to the delivery, as the program says it; `python scripts/make_example.py` writes this page. The pictures are
the demo's: one public-domain portrait (Grace Hopper, U.S. Navy, shipped with Matplotlib), varied so that it stands for eight MidJourney
downloads and seven photos, one of them RAW, three of them bad on purpose. **Trainer and generator are stand-ins** of the tests: nothing is
trained here, and what is drawn are variants of the portrait. All that is measured is measured. Two processor cores, no graphics card.
""",
    "es": """# Un ejemplo completo con sus cifras

[English](EXAMPLE.md)

Un cliente desde la primera imagen hasta la entrega, tal como lo dice el programa; esta página la escribe `python scripts/make_example.py`.
Las imágenes son las de la demo: un retrato de dominio público (Grace Hopper, Marina de EE. UU., incluido en Matplotlib), variado para que
haga de ocho descargas de MidJourney y siete fotos, una de ellas RAW y tres malas a propósito. **El entrenador y el generador son
sustitutos** de las pruebas: aquí no se entrena nada, y lo que se dibuja son variantes del retrato. Todo lo que se mide está medido. Dos
núcleos, sin tarjeta gráfica.
""",
}
END = {
    "en": """## In the browser, and with your own pictures

`./avatar.sh dashboard grace --open` shows all of it as pages: [pictures of them](GUIDE.md#10-in-the-browser). The same with yours, in one line:

```bash
./avatar.sh run ana --mj "Downloads/midjourney" --real "Pictures/Ana" --until check --gpu rtx3060_8gb
./avatar.sh status ana
```

or in the menus: Enter at the first question begins the guided setup. Counted on a fresh clone without card, trainer or embedded prompts
(the most there can be): twelve answers to the checked command, nine of them Enter.
""",
    "es": """## En el navegador, y con tus imágenes

`./avatar.sh dashboard grace --open` lo enseña todo en páginas: [cómo son](GUIDE.es.md#10-en-el-navegador). Lo mismo con las tuyas, en una línea:

```bash
./avatar.sh run ana --mj "Descargas/midjourney" --real "Imágenes/Ana" --until check --gpu rtx3060_8gb
./avatar.sh status ana
```

o en los menús: Enter en la primera pregunta empieza el recorrido guiado. Contado en un clon nuevo sin tarjeta, entrenador ni prompts
incrustados (el caso más largo): doce respuestas hasta la orden comprobada, nueve de ellas Enter.
""",
}
Told = Mapping[str, str]
SECTIONS: Sequence[tuple[Told, Told, Sequence[Sequence[str]]]] = (
    (
        {"en": "What comes in", "es": "Qué entra"},
        {"en": "The client, with the word that will stand for her, and the two folders.",
         "es": "El cliente, con la palabra que la nombrará, y las dos carpetas."},
        (("client", "new", CLIENT, "--trigger", "grwx", "--class", "woman", "--consent", "public domain"),
         ("import-mj", CLIENT, "MJ"), ("import-real", CLIENT, "PHOTOS")),
    ),
    (
        {"en": "What is cut", "es": "Qué se recorta"},
        {"en": "Twelve are approved, three refused, each with its reason.\n\n![Contact sheet](contact_sheet.png)",
         "es": "Doce se aprueban y tres se rechazan, cada una con su motivo.\n\n![Hoja de contactos](contact_sheet.png)"},
        (("process", CLIENT), ("review", CLIENT, "--list", "refused")),
    ),
    (
        {"en": "What the trainer sees", "es": "Qué ve el entrenador"},
        {"en": "Eight pictures 20 times and four photos 7 times: 160 of 188 exposures are MidJourney, 85 % as asked, and none is thrown away.",
         "es": "Ocho imágenes 20 veces y cuatro fotos 7 veces: 160 de 188 exposiciones son de MidJourney, el 85 % pedido, sin tirar ninguna."},
        (("prepare", CLIENT, "--details"), ("captions", CLIENT)),
    ),
    (
        {"en": "The plan", "es": "El plan"},
        {"en": "For an RTX 3060 with 8 GB: 846 steps are 9 epochs of 94 steps.",
         "es": "Para una RTX 3060 de 8 GB: 846 pasos son 9 épocas de 94 pasos."},
        (("presets", CLIENT, "--gpu", "rtx3060_8gb"), ("configure", CLIENT, "--gpu", "rtx3060_8gb", "--preset", "balanced", "--details")),
    ),
    (
        {"en": "The check and the training", "es": "La comprobación y el entrenamiento"},
        {"en": "Of the stand-in: seconds instead of hours.", "es": "Del sustituto: segundos en lugar de horas."},
        (("train", CLIENT, "--dry-run"), ("train", CLIENT), ("models", CLIENT)),
    ),
    (
        {"en": "Is it like her?", "es": "¿Se le parece?"},
        {"en": "Two checkpoints at three weights, drawn, measured and put in order; the best one becomes the model.",
         "es": "Dos puntos de guardado a tres pesos, dibujados, medidos y ordenados; el mejor pasa a ser el modelo."},
        (("try", CLIENT, "--models", "final", "564", "--seeds", "1", "--size", "512", "--backend", "trainer"), ("results", CLIENT), ("results", CLIENT, "--take", "best")),
    ),
    (
        {"en": "The delivery", "es": "La entrega"},
        {"en": "A zip for whoever asked for it, and a copy where ComfyUI looks.",
         "es": "Un zip para quien lo pidió, y una copia donde ComfyUI la busca."},
        (("deliver", CLIENT, "grace.zip"), ("install", CLIENT, "--to", "LORAS"), ("status", CLIENT)),
    ),
)  # fmt: skip
# What replaces the noise of the stand-in: the portrait, as blurred as a model that has learnt little would draw it.
PORTRAIT = """
def portrait(key, args, muls, width, height):
    from PIL import Image, ImageEnhance, ImageFilter
    crops = sorted(Path(__file__).with_name("crops").glob("*.png"))
    rng = random.Random(key)
    steps = [int(found[1]) if (found := re.search(r"step(\\d+)", str(path))) else 846 for path in args.network_weights]
    learnt = max([weight * min(1.0, step / 846) for weight, step in zip(muls, steps)], default=0.0)
    page = Image.open(rng.choice(crops)).convert("RGB").resize((width, height))
    page = ImageEnhance.Brightness(page).enhance(rng.uniform(0.85, 1.15))
    return page.filter(ImageFilter.GaussianBlur(max(0.0, 30 * (0.85 - learnt)))).tobytes()
"""


class Program:
    """A copy of the program with the stand-ins, whose commands are run and written down."""

    def __init__(self, folder: Path, language: str) -> None:
        self.folder, self.language = installed(folder / "avatar", language), language
        self._trainer(folder / "trainer")
        midjourney, photos = demo_pictures.write_pictures(folder / "pictures")
        loras = self.folder / "loras"
        loras.mkdir()
        self.places = {"MJ": midjourney, "PHOTOS": photos, "LORAS": loras}

    def _trainer(self, folder: Path) -> None:
        shutil.copytree(ROOT / "tests" / "fake_trainer", folder)
        source = (folder / "gen_img.py").read_text(encoding="utf-8")
        noise = 'noise = random.Random("\\n".join(said)).randbytes(3 * width * height)'
        assert noise in source  # noqa: S101  # the stand-in is another one
        drawn = source.replace(noise, 'noise = portrait("\\n".join(said), args, muls, width, height)')
        (folder / "gen_img.py").write_text(drawn.replace("def picture(", PORTRAIT + "\n\ndef picture(", 1), encoding="utf-8")
        self.crops = folder / "crops"
        self.crops.mkdir()
        base = base_models.write_safetensors(folder / "sd_xl_base_1.0.safetensors", base_models.SDXL)
        settings = {"trainer": {"folder": str(folder), "python": sys.executable, "base_model": str(base)}}
        (self.folder / "config.json").write_text(json.dumps({"version": 1, **settings}), encoding="utf-8")

    def learn(self) -> None:
        """Give the generator the crops that the trainer sees: what it draws."""
        for crop in (self.folder / "clients" / CLIENT / "processed").glob("mj_*.png"):
            shutil.copy(crop, self.crops)

    def fill(self) -> None:
        """Give the LoRAs of the stand-in all layers of SDXL, and their recipe the new sums."""
        for seed, path in enumerate(sorted((self.folder / "clients" / CLIENT).rglob(f"{CLIENT}_avatar*.safetensors"))):
            lora_files.write(path, lora_files.tensors((1, 2, 4), seed=seed), metadata_of(path))
            recipe = path.with_name(f"{path.stem}.recipe.json")
            if recipe.is_file():
                told = json.loads(recipe.read_text(encoding="utf-8"))
                told["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
                recipe.write_text(json.dumps(told), encoding="utf-8")

    def run(self, *words: str) -> list[str]:
        """Run a command; return what it says, without the lines of a bar and with short places."""
        table = {"FAKE_TRAINER_TABLE": str(ROOT / "avatar" / "trainer" / "options.json")}
        done = subprocess.run(
            ["sh", "./avatar.sh", *words], cwd=self.folder, capture_output=True, encoding="utf-8", check=False,
            stdin=subprocess.DEVNULL, env={**os.environ, **table},
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{' '.join(words)}: {done.stdout}{done.stderr}")
        said = [line.rstrip() for line in (done.stdout + done.stderr).splitlines()]
        return [self._public(line) for line in said if line and not BAR.search(line)]

    def _public(self, line: str) -> str:
        short = line.replace(str(self.folder) + "/", "").replace(str(self.folder.parent), "~")
        return short.replace(sys.executable, "python")


def metadata_of(path: Path) -> dict[str, str]:
    from safetensors import safe_open

    with safe_open(str(path), framework="numpy") as file:
        return dict(file.metadata() or {})


def section(program: Program, title: str, told: str, commands: Sequence[Sequence[str]]) -> str:
    """Return a part of the page: a sentence or two, the commands as they are typed, and what they say."""
    shown = []
    for words in commands:
        said = program.run(*(str(program.places.get(word, word)) for word in words))
        cut = [line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…" for line in said[:MOST_ROWS]]
        shown += [f"$ ./avatar.sh {typed(words)}", *cut, *(["…"] if len(said) > MOST_ROWS else []), ""]
    return f"## {title}\n\n{told}\n\n```console\n" + "\n".join(shown).rstrip() + "\n```\n"


def typed(words: Sequence[str]) -> str:
    return shlex.join([PLACES.get(word, word) for word in words])


def page(language: str) -> str:
    """Run everything in one language and return the page."""
    with tempfile.TemporaryDirectory() as place:
        program = Program(Path(place), language)
        parts = [INTRO[language]]
        for titles, told, commands in SECTIONS:
            if commands[0][0] == "train":
                program.learn()
            if commands[0][0] == "try":
                program.fill()
            parts.append(section(program, titles[language], told[language], commands))
    return "\n".join([*parts, END[language]])


def main() -> None:
    for language, name in FILES.items():
        (ROOT / "docs" / name).write_text(page(language), encoding="utf-8")


if __name__ == "__main__":
    main()
