"""What the captions page asks and does: the same captions as the command, changed with the state that the page saw."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

import utils
from avatar.commands import captions as captions_commands
from avatar.commands import client_edit
from avatar.dataset import caption_store, caption_suggestions
from avatar.texts import translate
from avatar.web import apart, caption_rows
from avatar.web.captions import difference
from avatar.web.site import Site
from avatar.workspace.client import Client
from avatar.workspace.records import Decision
from config import Settings
from tests.scripted import MakeSession
from tests.web import made_trial
from tests.web.direct import Direct


@pytest.fixture
def direct(site: Site) -> Direct:
    return Direct(site)


@pytest.fixture
def captioned(client: Client) -> Client:
    made_trial.captioned(client, evil=made_trial.EVIL, side=16)
    return client


@pytest.fixture
def wool(direct: Direct, captioned: Client) -> str:
    """The first picture's caption by rules, as a page saw it at the beginning."""
    return str(row(direct, image(0))["text"])


def row(direct: Direct, image_id: str) -> dict[str, Any]:
    return next(row for row in direct.view("captions")["rows"] if row["id"] == image_id)


def image(number: int, source: str = "mj") -> str:
    return f"{source}_{number:016x}"


def test_the_page_shows_what_the_command_shows(direct: Direct, captioned: Client, make: MakeSession) -> None:
    session, _ = make()
    told = captions_commands.captions(session, "ana").value["captions"]
    shown = sorted(direct.view("captions")["rows"], key=lambda one: (-one["doubt"], one["number"]))
    names = ("number", "name", "text", "by", "doubt")
    assert [[one[name] for name in names] for one in shown] == [[one[name] for name in names] for one in told]
    assert {one["id"][:5] for one in shown if not one["prompt"]} == {"real_"}
    assert all(one["trained"] and one["by"] == "rules" and 0 < one["tokens"] < 75 for one in shown)
    assert row(direct, image(100, "real"))["doubtful"] and not row(direct, image(0))["doubtful"]


def test_the_rows_are_kept_until_something_that_they_show_changes(
    direct: Direct, captioned: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def counted(client: Client, settings: Settings, language: str) -> bytes:
        made.append(language)
        return listed(client, settings, language)

    listed = caption_rows.listed
    monkeypatch.setattr(caption_rows, "listed", counted)
    monkeypatch.setattr(caption_rows, "_KEPT", {})
    first = direct.view("captions", lang="es")
    assert direct.view("captions", lang="es") == first and made == ["es"]
    direct.act("caption", image=image(0), text="ohwx woman, in a red coat", based_on=row(direct, image(0))["text"])
    assert row(direct, image(0))["text"] == "ohwx woman, in a red coat" and len(made) == 2
    captioned.save_info(captioned.info().model_copy(update={"trigger_word": "mrwx"}))
    assert row(direct, image(1))["text"].startswith("mrwx") and len(made) == 3
    (captioned.images.parent / caption_suggestions.SUGGESTIONS_FILE).write_text('{"tags": {}}', encoding="utf-8")
    direct.view("captions", lang="en")
    assert len(made) == 4 and len(caption_rows._KEPT) == 2


def test_the_rows_of_many_pictures_are_made_in_another_process_and_are_the_same(
    direct: Direct, captioned: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caption_rows, "_KEPT", {})
    here = direct.view("captions")
    processes = []

    def called(function: Any, *arguments: object) -> Any:
        processes.append(call(os.getpid))
        return call(function, *arguments)

    call = apart.call
    monkeypatch.setattr(apart, "call", called)
    monkeypatch.setattr(caption_rows, "_KEPT", {})
    monkeypatch.setattr(caption_rows, "APART_FROM", 1)
    try:
        assert direct.view("captions") == here
        assert processes and processes[0] != os.getpid()
        refused = Decision(verdict="rejected", by="user", when=utils.now())
        for record in captioned.records():
            captioned.save_record(record.model_copy(update={"decision": refused}))
        assert "status ana" in direct.view("captions")["empty"]
    finally:
        apart.end()


def test_a_client_without_approved_pictures_says_what_fills_the_page(direct: Direct) -> None:
    found = direct.view("captions", lang="en")
    assert found["rows"] == [] and "status ana" in found["empty"]


def test_a_caption_tells_what_of_its_prompt_it_says_and_what_it_leaves_out(direct: Direct, captioned: Client) -> None:
    found = direct.view("caption", image=image(0))
    assert "red wool coat" in [one["text"] for one in found["used"]]
    (eyes,) = [one for one in found["left_out"] if "eyes" in one["text"]]
    assert eyes["why"] == translate.text("web.captions.why.identity", "es")
    assert found["prompt"] == made_trial.PROMPTS[0]


def test_a_caption_is_set_as_the_command_sets_it_and_undone(direct: Direct, captioned: Client, wool: str) -> None:
    done = direct.act("caption", image=image(0), text=" ohwx woman,  in a red coat ", based_on=wool)
    assert done.status == 200 and done.json["text"] == "ohwx woman, in a red coat" and done.json["by"] == "user"
    caption = captioned.record(image(0)).caption
    assert caption is not None and (caption.text, caption.by) == ("ohwx woman, in a red coat", "user")
    assert [change.after for change in caption_store.last_edit(captioned)] == [wool]
    undone = direct.act("undo-captions", based_on=done.json["undo"]["based_on"])
    assert undone.json["n"] == 1 and undone.json["undo"] is None
    assert captioned.record(image(0)).caption is None


def test_captions_of_the_user_get_the_words_of_now_as_captions_renew_gives_them(
    direct: Direct, captioned: Client, wool: str, make: MakeSession
) -> None:
    direct.act("caption", image=image(0), text="ohwx woman, in a red coat", based_on=wool)
    session, _ = make()
    client_edit.client_edit(session, "ana", trigger="mrwx")
    found = direct.view("caption-changes", kind="renew")
    told = captions_commands.captions(session, "ana", change=("renew",)).value["changes"]
    assert found["n"] == len(told) == 1
    assert direct.act("change-captions", kind="renew", based_on=found["based_on"]).json["n"] == 1
    caption = captioned.record(image(0)).caption
    assert caption is not None and (caption.text, caption.by) == (told[0].after, "user") and told[0].after.startswith("mrwx")


def test_what_the_trainer_would_read_differently_is_said_while_it_is_typed(direct: Direct, captioned: Client) -> None:
    said = direct.view("caption-check", text="a woman in a coat", lang="en")
    assert len(said["problems"]) == 1 and "ohwx" in said["problems"][0]
    long = direct.view("caption-check", text="ohwx woman, " + "zq " * 90, lang="es")
    assert long["tokens"] > 75 and "75" in long["problems"][0]
    assert direct.view("caption-check", text="ohwx woman")["problems"] == []


@pytest.mark.parametrize("text", ["", "  ", "two\nlines"])
def test_a_caption_that_is_none_is_refused_in_the_pages_language(
    direct: Direct, captioned: Client, text: str, wool: str
) -> None:
    refused = direct.act("caption", image=image(0), text=text, based_on=wool)
    assert refused.status == 400 and refused.json["error"]["key"] == "caption.bad_text"
    assert "Ese texto no sirve" in refused.json["error"]["text"]
    assert captioned.record(image(0)).caption is None


@pytest.mark.parametrize("name", ["../../client", "mj_0000000000000077", "", "real_00"])
def test_a_picture_that_is_not_there_is_told_and_no_path(direct: Direct, captioned: Client, name: str, wool: str) -> None:
    refused = direct.act("caption", image=name, text="ohwx woman", based_on=wool)
    assert refused.status in {400, 404} and refused.json["error"]["key"].startswith("image.")


def test_a_picture_that_is_not_approved_has_no_caption_to_set(direct: Direct, captioned: Client, wool: str) -> None:
    record = captioned.record(image(0))
    assert record.decision is not None
    captioned.save_record(record.model_copy(update={"decision": record.decision.model_copy(update={"verdict": "rejected"})}))
    refused = direct.act("caption", image=image(0), text="ohwx woman", based_on=wool)
    assert refused.json["error"]["key"] == "image.not_in_dataset"
    assert direct.get(f"/api/client/ana/caption?image={image(0)}").json["error"]["key"] == "image.not_in_dataset"


def test_an_undo_takes_back_what_the_page_offered_and_nothing_else(direct: Direct, captioned: Client, wool: str) -> None:
    first = direct.act("caption", image=image(0), text="ohwx woman, first", based_on=wool).json["undo"]
    direct.act("caption", image=image(0), text="ohwx woman, second", based_on="ohwx woman, first")
    late = direct.act("undo-captions", based_on=first["based_on"])
    assert late.status == 409 and row(direct, image(0))["text"] == "ohwx woman, second"
    assert direct.act("undo-captions", based_on=late.json["present"]["based_on"]).status == 200
    assert row(direct, image(0))["text"] == "ohwx woman, first"


def test_a_second_window_gets_the_present_caption_and_overwrites_nothing(direct: Direct, captioned: Client, wool: str) -> None:
    first = {"image": image(0), "text": "ohwx woman, first", "based_on": wool}
    assert direct.act("caption", **first).status == 200
    late = direct.act("caption", **{**first, "text": "ohwx woman, second"})
    assert late.status == 409 and late.json["present"]["based_on"] == "ohwx woman, first"
    assert row(direct, image(0))["text"] == "ohwx woman, first"
    again = {**first, "text": "ohwx woman, second", "based_on": late.json["present"]["based_on"]}
    assert direct.act("caption", **again).json["text"] == "ohwx woman, second"


def test_of_two_windows_that_save_at_once_one_wins_and_the_other_is_told(direct: Direct, captioned: Client, wool: str) -> None:
    statuses: list[int] = []

    def save(text: str) -> None:
        body = {"image": image(0), "text": text, "based_on": wool}
        statuses.append(direct.act("caption", **body).status)

    threads = [threading.Thread(target=save, args=(f"ohwx woman, {name}",)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409, 409, 409]


def test_many_captions_are_changed_after_a_preview_that_marks_the_differences(
    direct: Direct, captioned: Client, wool: str
) -> None:
    asked = {"kind": "replace", "old": "front view", "new": "facing the camera"}
    found = direct.view("caption-changes", **asked)
    assert found["n"] == len(found["changes"]) == 8
    first = next(change for change in found["changes"] if change["id"] == image(0))
    assert [part for part in first["parts"] if part[0] != "same"] == [["del", "front"], ["ins", "facing"], ["del", "view"],
                                                                       ["ins", "the camera"]]  # fmt: skip
    assert "".join(text for kind, text in first["parts"] if kind != "ins") == wool
    assert captioned.record(image(0)).caption is None  # nothing is written by looking
    done = direct.act("change-captions", **asked, based_on=found["based_on"])
    assert done.json.get("n") == 8, done.json
    assert "facing the camera" in row(direct, image(0))["text"]
    assert direct.view("captions")["undo"]["n"] == 8


@pytest.mark.parametrize(("kind", "phrase"), [("add", "natural light"), ("remove", "front view")])
def test_a_phrase_is_added_to_many_or_taken_from_them(
    direct: Direct, captioned: Client, kind: str, phrase: str
) -> None:  # fmt: skip
    found = direct.view("caption-changes", kind=kind, phrase=phrase)
    done = direct.act("change-captions", kind=kind, phrase=phrase, based_on=found["based_on"])
    assert done.json["n"] == found["n"] == 8
    assert (phrase in row(direct, image(1))["text"]) == (kind == "add")


def test_a_change_of_many_that_others_overtook_shows_what_it_would_be_now(direct: Direct, captioned: Client, wool: str) -> None:
    asked = {"kind": "add", "phrase": "indoors"}
    seen = direct.view("caption-changes", **asked)["based_on"]
    direct.act("caption", image=image(0), text="ohwx woman, indoors", based_on=wool)
    late = direct.act("change-captions", **asked, based_on=seen)
    assert late.status == 409 and late.json["present"]["n"] == 7
    done = direct.act("change-captions", **asked, based_on=late.json["present"]["based_on"])
    assert done.json["n"] == 7


@pytest.mark.parametrize("asked", [{"kind": "replace", "old": ""}, {"kind": "add", "phrase": " "}, {"kind": "shell"}])
def test_a_change_of_nothing_is_refused(direct: Direct, captioned: Client, asked: dict[str, str]) -> None:
    reply = direct.get(f"/api/client/ana/caption-changes?{urlencode(asked)}")
    assert reply.status in {400, 404} and reply.json["error"]["text"]


def test_suggestions_that_are_stored_are_shown_beside_and_never_over_a_users_caption(
    direct: Direct, captioned: Client, wool: str) -> None:  # fmt: skip
    said = {record.image_id: {"crop": [record.original.sha256, 0, 0, 1024, 1024], "text": "red scarf, brick wall, blue eyes"}
            for record in captioned.records()}  # fmt: skip
    path = captioned.images.parent / caption_suggestions.SUGGESTIONS_FILE
    utils.write_json(path, {"version": 1, "tags": said})
    direct.act("caption", image=image(0), text="ohwx woman, mine", based_on=wool)
    (found,) = direct.view("caption", image=image(100, "real"), lang="en")["suggested"]
    assert found == {"captioner": "tags", "text": "red scarf, brick wall, blue eyes", "phrases": ["red scarf", "brick wall"]}
    preview = direct.view("caption-changes", kind="suggested", captioner="tags")
    assert preview["n"] == 7 and image(0) not in {change["id"] for change in preview["changes"]}


def test_a_client_at_work_elsewhere_is_told_as_such(direct: Direct, captioned: Client, held: None, wool: str) -> None:
    busy = direct.act("caption", image=image(0), text="ohwx woman", based_on=wool)
    assert busy.status == 400 and busy.json["error"]["key"] == "client.locked"


@pytest.fixture
def held(captioned: Client) -> Iterator[None]:
    """Another program's work on the client: here of another thread, whose lock is another's too."""
    inside, over = threading.Event(), threading.Event()

    def work() -> None:
        with captioned.lock("process"):
            inside.set()
            over.wait(20)

    thread = threading.Thread(target=work)
    thread.start()
    assert inside.wait(20)
    yield
    over.set()
    thread.join(20)


@pytest.mark.parametrize(
    ("before", "after"),
    [("", "a"), ("a b", "a b"), ("ohwx, red hat", "ohwx, hat"), ("ñandú, x", "ñandú, ¡x!"), ("a,b,c", "c,b,a")],
)
def test_a_difference_gives_both_texts_back(before: str, after: str) -> None:
    parts = difference(before, after)
    assert "".join(text for kind, text in parts if kind != "ins") == before
    assert "".join(text for kind, text in parts if kind != "del") == after
