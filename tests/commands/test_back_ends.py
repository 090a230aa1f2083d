"""Which back ends a trial is drawn with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from avatar.commands import back_ends
from avatar.generate.backend import BackendError, Base, LoraFile
from avatar.system import gpu
from avatar.system.gpu import Card
from avatar.texts.text import PipelineError
from config import GenerateConfig, Settings, TrainerConfig

BASE = Base(name="sdxl", path=None, sha256="")
LORA = LoraFile(name="final", path=Path("a.safetensors"), sha256="a" * 64, dim=32)


@pytest.fixture(autouse=True)
def computer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Set what this computer has: by default neither a card, nor a trainer, nor a server that answers."""
    answers: set[str] = set()
    monkeypatch.setattr(back_ends, "_answers", lambda backend, base: backend.kind in answers)

    def has(*servers: str, free_gib: float | None = None, trainer: bool = False) -> None:
        answers.update(servers)
        cards = (
            []
            if free_gib is None
            else [Card(index=0, name="RTX", total_gib=24.0, free_gib=free_gib, compute_capability=(8, 6))]
        )
        monkeypatch.setattr(gpu, "cards", lambda: cards)
        if trainer:
            for name in ("gen_img.py", "python"):
                (tmp_path / name).touch()

    has()
    return has


def chosen(
    tmp_path: Path, kind: str | None = None, addresses: Sequence[str] = (), side_px: int = 1024, **settings: str
) -> back_ends.Chosen:
    made = Settings(
        generate=GenerateConfig(**settings),  # type: ignore[arg-type]
        trainer=TrainerConfig(folder=str(tmp_path), python=str(tmp_path / "python")),
    )
    return back_ends.chosen(made, BASE, [LORA], side_px, kind=kind, addresses=addresses)


def kinds(found: back_ends.Chosen) -> list[str]:
    return [one.kind for one in found.backends]


def test_what_the_user_asks_for_counts_more_than_the_settings(tmp_path: Path) -> None:
    assert kinds(chosen(tmp_path, backend="comfyui")) == ["comfyui"]
    assert kinds(chosen(tmp_path, "a1111", backend="comfyui")) == ["a1111"]
    assert kinds(chosen(tmp_path, "trainer", backend="a1111")) == ["trainer"]
    assert chosen(tmp_path, "comfyui", comfyui_address="http://127.0.0.1:9").backends[0].address == "http://127.0.0.1:9"


def test_every_address_is_a_back_end_of_its_own(tmp_path: Path) -> None:
    addresses = ["http://127.0.0.1:8188", "http://127.0.0.1:8189"]
    assert [one.address for one in chosen(tmp_path, "comfyui", addresses).backends] == addresses
    assert [one.address for one in chosen(tmp_path, "a1111", addresses[:1]).backends] == addresses[:1]
    assert kinds(chosen(tmp_path, None, addresses, backend="a1111")) == ["a1111", "a1111"]


@pytest.mark.parametrize("kind", [None, "trainer"])
def test_an_address_of_nobody_knows_which_program_is_refused(kind: str | None, tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"trial\.address_of_what"):
        chosen(tmp_path, kind, ["http://127.0.0.1:8188"])


def test_by_itself_the_trainer_draws_where_it_fits_else_a_server_that_answers(
    tmp_path: Path, computer: Callable[..., None]
) -> None:
    computer("comfyui", "a1111", free_gib=20.0, trainer=True)
    assert kinds(chosen(tmp_path)) == ["trainer"]
    computer(free_gib=6.0, trainer=True)
    found = chosen(tmp_path)
    assert kinds(found) == ["comfyui"] and found.notes


def test_where_nothing_can_draw_it_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(BackendError):
        chosen(tmp_path)


def test_a_card_with_less_memory_draws_smaller_pictures_and_says_so(tmp_path: Path, computer: Callable[..., None]) -> None:
    computer(free_gib=11.2, trainer=True)
    found = chosen(tmp_path)
    assert kinds(found) == ["trainer"] and 512 <= found.side_px < 1024
    assert [note.key for note in found.notes] == ["draw.choice.smaller"]
