"""Make the pictures of the READMEs anew from the demo: python scripts/make_docs_pictures.py

docs/contact_sheet.png is the demo's contact sheets of approved and refused crops, one below the other, in English;
docs/session.gif and docs/session_es.gif are a session at a terminal (docs_session.py; needs tmux);
docs/dashboard_….png are pages in the browser (docs_dashboard.py; needs playwright and Chromium).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / "avatar_pipeline.py"
DOCS = ROOT / "docs"
COLOURS = 128  # a palette: a third of the bytes, no difference to the eye at this size


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from scripts import docs_dashboard, docs_results, docs_session

    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        run_demo(Path(folder))
        stack(sorted(Path(folder).glob("demo/output/*_[0-9].png"))).save(DOCS / "contact_sheet.png", optimize=True)
        docs_dashboard.draw(Path(folder), DOCS)
        docs_results.draw(Path(folder), DOCS)
    docs_session.main()


def run_demo(folder: Path) -> None:
    subprocess.run([sys.executable, str(PROGRAM), "demo", "--lang", "en", "--clients-dir", str(folder)], check=True)


def stack(paths: list[Path]) -> Image.Image:
    """Return pictures below each other, with a small palette."""
    sheets = [Image.open(path).convert("RGB") for path in paths]
    page = Image.new("RGB", (max(s.width for s in sheets), sum(s.height for s in sheets)), "white")
    top = 0
    for sheet in sheets:
        page.paste(sheet, (0, top))
        top += sheet.height
    return page.quantize(COLOURS)


if __name__ == "__main__":
    main()
