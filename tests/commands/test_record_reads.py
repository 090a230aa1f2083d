"""A command reads its client's records once, however much it does with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from avatar.commands import captions as captions_commands
from avatar.commands import dataset as dataset_commands
from avatar.commands import doctor as doctor_commands
from avatar.commands import faces as faces_commands
from avatar.commands import importing as importing_commands
from avatar.commands import report as report_commands
from avatar.commands import review as review_commands
from avatar.commands.session import Session
from avatar.faces import parallel
from avatar.workspace import client as workspace_client
from avatar.workspace.client import Client
from tests.commands.test_review import add_cut
from tests.dataset.test_training_folder import fill, mix
from tests.scripted import MakeSession
from tests.stages.test_data_preprocessor import import_mj, tile
from tests.stages.test_image_processor import ONE, SMALL, ColourDetector, add

Command = Callable[[Session], object]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each record was read since the counter was cleared last."""
    counted: Counter[str] = Counter()
    real = workspace_client._checked

    def spy(content: bytes, path: str) -> object:
        counted[Path(path).stem] += 1
        return real(content, path)

    monkeypatch.setattr(workspace_client, "_checked", spy)
    return counted


def once(client: Client) -> dict[str, int]:
    return {path.stem: 1 for path in client.record_files()}


def test_process_reads_every_record_once(
    client: Client, make: MakeSession, reads: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "process_detector", lambda engine: ColourDetector())
    for number, picture in enumerate((ONE, SMALL)):
        add(client, picture, f"{number}.png")
    session, _ = make()
    for _ in range(2):  # all new, then nothing to do
        reads.clear()
        faces_commands.process(session, "ana", workers=1)
        assert reads == once(client)


@pytest.mark.parametrize(
    "command",
    [
        lambda s: dataset_commands.prepare(s, "ana"), lambda s: captions_commands.captions(s, "ana"),
        lambda s: report_commands.report(s, "ana"), lambda s: review_commands.review(s, "ana"),
        lambda s: doctor_commands.doctor(s, "ana"),
    ],
    ids=["prepare", "captions", "report", "review", "doctor"],
)  # fmt: skip
def test_what_shows_pictures_reads_every_record_once(
    client: Client, make: MakeSession, reads: Counter[str], command: Command
) -> None:
    fill(client, mix(4, 2))
    session, _ = make()
    reads.clear()
    command(session)
    assert reads == once(client)


@pytest.mark.parametrize("given", [{"approve": ["1"]}, {"reject": ["2"]}])
def test_a_decision_reads_the_other_pictures_once(
    client: Client, make: MakeSession, reads: Counter[str], given: dict[str, list[str]]
) -> None:
    add_cut(client, 1)
    add_cut(client, 2, "approved")
    add_cut(client, 3)
    session, _ = make()
    reads.clear()
    review_commands.review(session, "ana", **given)  # type: ignore[arg-type]
    (number,) = (word for words in given.values() for word in words)
    others = once(client)
    del others[f"mj_{int(number):016x}"]  # read again where it is changed, under the lock
    assert {image_id: n for image_id, n in reads.items() if image_id in others} == others


def test_a_prompt_for_a_group_reads_every_record_once(
    client: Client, make: MakeSession, reads: Counter[str], tmp_path: Path
) -> None:
    for number in range(3):
        tile(tmp_path / "in", number, embedded=False)
    import_mj(client, tmp_path / "in")
    session, _ = make()
    reads.clear()
    importing_commands.set_prompt(session, "ana", group="1", prompt="a woman by a window")
    drawn = 1  # the sheet of the groups asks for the original of each picture
    assert reads == dict.fromkeys(once(client), 1 + drawn)
