"""The benchmark that kills tunings runs, finds nothing wrong, and would find it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from avatar.results import tuning
from avatar.results.tuning import Line
from avatar.training.variant import folder_of
from avatar.workspace.client import Client
from benchmarks import tune_kills
from tests.places import BENCHMARKS
from tests.plan.test_command import plan_for
from tests.results.tuning_world import begun


@pytest.mark.skipif(sys.platform == "win32", reason="fork")
@pytest.mark.timeout(300)
def test_a_few_kills_change_nothing_of_the_answer() -> None:
    command = [sys.executable, str(BENCHMARKS / "tune_kills.py"), "--kills", "3", "--per-tuning", "3"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout.splitlines()[-1] == "tune_kills: 0 wrong after 3 kills", done.stdout + done.stderr


def test_no_kills_are_refused() -> None:
    with pytest.raises(SystemExit):
        tune_kills.main(["--kills", "0"])


def test_half_a_file_and_a_line_of_nobody_are_found(client: Client) -> None:
    one = begun(folder_of(client, "20260102-000000"), plan_for(), 8.0)
    assert tune_kills.broken(client) == []
    tuning.append(one.folder, Line(candidate="nobody", state="short"))
    (client.output / "x.json").write_text('{"half": ', encoding="utf-8")
    found = " ".join(tune_kills.broken(client))
    assert "nobody" in found and "x.json" in found
