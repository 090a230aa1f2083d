"""Make the pictures of the READMEs anew from the demo: python scripts/make_docs_pictures.py

The contact sheets of approved and refused crops, one below the other, in English, as docs/contact_sheet.png.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
COLOURS = 128  # a palette: a third of the bytes, no difference to the eye at this size


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(ROOT / "avatar_pipeline.py"), "demo", "--lang", "en", "--clients-dir", folder]
        subprocess.run(command, check=True)
        sheets = [Image.open(path).convert("RGB") for path in sorted(Path(folder).glob("demo/output/*_1.png"))]
    page = Image.new("RGB", (max(s.width for s in sheets), sum(s.height for s in sheets)), "white")
    top = 0
    for sheet in sheets:
        page.paste(sheet, (0, top))
        top += sheet.height
    (ROOT / "docs").mkdir(exist_ok=True)
    page.quantize(COLOURS).save(ROOT / "docs" / "contact_sheet.png", optimize=True)


if __name__ == "__main__":
    main()
