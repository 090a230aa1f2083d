"""What is foreign among the pages' files is what its origin says."""

from __future__ import annotations

import re

from avatar.web.page import STATIC, static_files
from utils import sha256_of


def test_uplot_is_the_one_whose_origin_and_licence_lie_beside_it() -> None:
    told = (STATIC / "uplot.txt").read_text(encoding="utf-8")
    sums = dict(re.findall(r"SHA-256 of (uplot\.\w+): +([0-9a-f]{64})", told))
    assert sums == {name: sha256_of(STATIC / name) for name in ("uplot.js", "uplot.css")}
    assert "1.6.32" in told and "MIT License" in told.replace("The MIT", "MIT") and "Permission is hereby granted" in told


def test_no_file_of_the_pages_names_another_host() -> None:
    foreign = {
        (name, found)
        for name, path in static_files().items()
        if path.suffix in {".js", ".css"}
        for found in re.findall(r"https?://[\w.-]+", path.read_text(encoding="utf-8"))
    }
    assert foreign <= {("app.js", "http://www.w3.org"), ("uplot.js", "https://github.com")}
