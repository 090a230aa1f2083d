"""Regularisation pictures laid out for the trainer: named, captioned and read back by its own rules; the user's files stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatar.dataset import regularisation
from avatar.texts.text import PipelineError
from avatar.trainer import dataset_folder
from tests.tiny_png import PNG


def made(tmp_path: Path, n: int) -> list[Path]:
    folder = tmp_path / "drawn"
    folder.mkdir(exist_ok=True)
    paths = [folder / f"w0_{number}.png" for number in range(n)]
    for path in paths:
        path.write_bytes(PNG)
    return paths


def test_the_trainer_reads_every_picture_once_with_the_class_word(tmp_path: Path) -> None:
    parent = tmp_path / "regularisation"
    folder = regularisation.lay_out(parent, made(tmp_path, 12), "old  woman")
    assert folder == parent / "1_old woman"
    view = dataset_folder.read_as_trainer(parent)
    (read,) = view.folders
    assert (read.repeats, read.class_tokens, len(read.images), set(read.captions)) == (1, "old woman", 12, {"old  woman"})
    assert view.problems == () and view.ignored == ()


def test_a_second_time_replaces_what_was_laid_out_before_and_leaves_other_folders(tmp_path: Path) -> None:
    parent = tmp_path / "regularisation"
    regularisation.lay_out(parent, made(tmp_path, 5), "woman")
    own = parent / "2_person" / "mine.png"
    own.parent.mkdir()
    own.write_bytes(PNG)
    (parent / "1_woman" / "class-00001_0064x0064_sdxl.npz").write_bytes(b"cache of the trainer")
    folder = regularisation.lay_out(parent, made(tmp_path, 2), "woman")
    assert len(list(folder.glob("*.png"))) == 2 and not list(folder.glob("*.npz")) and own.is_file()
    assert sorted(path.name for path in parent.iterdir()) == ["1_woman", "2_person"]


def test_a_file_of_the_users_in_the_folder_is_not_thrown_away(tmp_path: Path) -> None:
    folder = regularisation.lay_out(tmp_path / "reg", made(tmp_path, 2), "woman")
    (folder / "holiday.png").write_bytes(PNG)
    with pytest.raises(PipelineError) as caught:
        regularisation.lay_out(tmp_path / "reg", made(tmp_path, 3), "woman")
    assert (caught.value.key, caught.value.values["file"]) == ("regularisation.not_ours", "holiday.png")
    assert len(list(folder.glob("class-*.png"))) == 2


def test_a_folder_that_the_user_made_is_not_taken_over(tmp_path: Path) -> None:
    theirs = tmp_path / "reg" / "1_woman"
    theirs.mkdir(parents=True)
    (theirs / "a.png").write_bytes(PNG)
    with pytest.raises(PipelineError, match=r"regularisation\.not_ours"):
        regularisation.lay_out(tmp_path / "reg", made(tmp_path, 1), "woman")
    assert (theirs / "a.png").is_file()


@pytest.mark.parametrize("content", [PNG[:-20], b"", b"GIF89a"], ids=["cut", "empty", "no PNG"])
def test_nothing_changes_where_a_picture_is_not_whole(tmp_path: Path, content: bytes) -> None:
    before = regularisation.lay_out(tmp_path / "reg", made(tmp_path, 1), "woman")
    pictures = made(tmp_path, 3)
    pictures[1].unlink()
    pictures[1].write_bytes(content)
    with pytest.raises(PipelineError, match=r"regularisation\.damaged"):
        regularisation.lay_out(tmp_path / "reg", pictures, "woman")
    assert len(list(before.glob("*.png"))) == 1 and [path.name for path in before.parent.iterdir()] == ["1_woman"]


@pytest.mark.parametrize(
    ("word", "name"), [("woman", "1_woman"), ("a/b:c?", "1_a b c"), ("..", None), (" ", None), ("鬼", "1_鬼")]
)
def test_a_class_word_cannot_leave_its_folder(word: str, name: str | None) -> None:
    if name is None:
        with pytest.raises(PipelineError, match=r"regularisation\.no_word"):
            regularisation.folder_name(word)
    else:
        assert regularisation.folder_name(word) == name


def test_without_pictures_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"regularisation\.none"):
        regularisation.lay_out(tmp_path / "reg", [], "woman")
    assert not (tmp_path / "reg").exists()
