"""The stop of the guided setup between faces and dataset: what is asked, once, and what each answer does."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from PIL import Image

import image_processor
from avatar.commands import clients as clients_commands
from avatar.commands import dataset as dataset_commands
from avatar.commands import faces as faces_commands
from avatar.commands import plan as plan_commands
from avatar.commands import review as review_commands
from avatar.commands import run_all
from avatar.commands.result import Raw, Result, Table, plain
from avatar.faces import identity as face_identity
from avatar.faces.face import DetectedFace
from avatar.faces.identity import Identified
from avatar.reports import person_sheet, review_list, stages
from avatar.terminal import guided, questions, who
from avatar.texts.text import Text
from avatar.workspace.client import Client
from config import Settings
from tests.faces.test_identity import BOX, Pixels, compared, person, reasons, run, some_of_another, some_of_the_client
from tests.scripted import MakeSession, ScriptedUi
from tests.stages.test_image_processor import ColourDetector, add, drawn

__all__ = ["compared"]
THIRD = 77  # grey of the corner of a third person's picture


def stopped(make: MakeSession, client: Client, *answers: str) -> tuple[bool, ScriptedUi]:
    session, ui = make(*answers, language="en")
    session.client = client
    return who.confirm(session), ui


def approved(client: Client) -> set[str]:
    return {record.image_id for record in client.records() if record.approved}


@pytest.mark.usefixtures("compared")
def test_where_all_look_alike_one_enter_goes_on_and_nothing_is_asked_again(make: MakeSession, client: Client) -> None:
    ours = some_of_the_client(client)
    run(client)
    done, ui = stopped(make, client, "")
    assert done
    assert "approved_1.png" in ui.text
    assert approved(client) == set(ours)
    assert not stopped(make, client)[0]  # a question would fail: there is no answer
    some_of_the_client(client, 6)  # one is new
    run(client)
    assert stopped(make, client, "y")[0]


@pytest.mark.usefixtures("compared")
def test_a_no_opens_the_review_and_does_not_go_on_by_itself(make: MakeSession, client: Client) -> None:
    some_of_the_client(client)
    run(client)
    done, _ = stopped(make, client, "n", "r 2", "0")
    assert not done
    assert len(approved(client)) == 4


@pytest.mark.usefixtures("compared")
@pytest.mark.parametrize(("answer", "stays", "said"), [("1", False, "rules"), ("2", True, "user")])
def test_midjourney_pictures_that_look_like_somebody_else_are_asked_about_once_as_a_group(
    make: MakeSession, client: Client, answer: str, stays: bool, said: str
) -> None:
    some_of_the_client(client)
    odd = some_of_another(client, 2, "mj")
    run(client)
    assert set(odd) <= approved(client)
    done, ui = stopped(make, client, answer)
    assert done
    assert "otra 0.png" in ui.text and "otra 1.png" in ui.text
    assert (set(odd) <= approved(client)) is stays
    assert {record.identity.by for record in client.records() if record.image_id in odd and record.identity} == {said}
    assert [reasons(client, image_id) for image_id in odd] == ([[], []] if stays else [[("other_person", "warn")]] * 2)
    run(client)
    assert not stopped(make, client)[0]


@pytest.mark.usefixtures("compared")
def test_of_two_persons_the_user_says_who_it_is_and_the_other_is_rejected(make: MakeSession, client: Client) -> None:
    ours, others = some_of_the_client(client, 5), some_of_another(client, 6)
    run(client)
    done, ui = stopped(make, client, "2")
    assert done
    assert person_sheet.path_in(client.output).name in ui.text
    assert approved(client) == set(ours)
    assert set(others) == {record.image_id for record in client.records() if not record.approved}
    run(client)
    assert approved(client) == set(ours)


@pytest.mark.usefixtures("compared")
def test_a_stranger_of_whom_there_is_one_picture_is_asked_about_too(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, others = some_of_the_client(client, 2), some_of_another(client, 2)
    exact = face_identity.identified

    def third(rgb: Pixels, face: DetectedFace) -> Identified:
        if float(rgb[0, 0, 0]) == THIRD:
            return Identified(face_identity.packed(person(2, 0.0)), "yunet")
        return exact(rgb, face)

    monkeypatch.setattr(face_identity, "identified", third)
    rgb = drawn(BOX)
    rgb[:2, :2] = THIRD
    add(client, rgb, "sola.png")
    run(client)
    done, ui = stopped(make, client, "1", "1")
    assert done
    assert "sola.png" in ui.text
    assert approved(client) in (set(ours), set(others))


@pytest.mark.usefixtures("compared")
def test_who_does_not_know_leaves_the_step_and_is_asked_again_at_the_next_visit(make: MakeSession, client: Client) -> None:
    everybody = {*some_of_the_client(client, 5), *some_of_another(client, 5)}
    run(client)
    with pytest.raises(questions.Leave):
        stopped(make, client, "", "", "4")  # Enter answers nothing
    assert approved(client) == everybody
    assert stopped(make, client, "1")[0]


@pytest.mark.usefixtures("compared")
def test_the_guided_setup_comes_back_to_the_question_although_the_dataset_is_prepared(
    make: MakeSession, client: Client
) -> None:
    some_of_the_client(client, 5)
    some_of_another(client, 5)
    run(client)
    for answers in (["", "4"], ["", "1", "0"]):
        session, ui = make(*answers, language="en")
        session.client = client
        dataset_commands.prepare(session, None)
        guided.walk(session)
        assert "Who is the client?" in ui.text
    assert not stages.client_state(client, Settings()).client_unknown


@pytest.mark.usefixtures("compared")
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_look_at_a_client_says_that_nobody_knows_which_person_it_is_until_it_is_answered(
    make: MakeSession, client: Client, language: str
) -> None:
    some_of_the_client(client, 5)
    some_of_another(client, 5)
    run(client)
    session, ui = make(language=language)
    session.client = client

    def told(result: Result[Any]) -> tuple[bool, bool]:
        before = len(ui.text)
        session.show(result)
        shown = " ".join(ui.text[before:].split())
        in_json = "faces.client_unknown" in json.dumps(plain(result.value))
        return "review ana --is-client N" in shown and person_sheet.path_in(client.output).name in shown, in_json

    def looks() -> list[Result[Any]]:
        return [
            clients_commands.status(session), dataset_commands.prepare(session, None),
            run_all.run_all(session, "ana", until="configure"), plan_commands.dry_run(session, None),
        ]  # fmt: skip

    assert [told(result) for result in looks()] == [(True, True)] * 4
    said = "Siguiente: decir cuál de las personas es ana" if language == "es" else "Next: say which of the persons is ana"
    assert said in ui.text and session.text("stage.train") not in ui.text.partition(said)[2].partition("\n")[0]
    (found,) = [item for item in plan_commands.dry_run(session, None).value.preflight if item.name == "client_unknown"]
    assert (found.level, len(found.images)) == ("attention", 10)
    review_commands.review(session, None, is_client=["1"])
    assert [told(result) for result in looks()] == [(False, False)] * 4


@pytest.mark.usefixtures("compared")
def test_who_says_that_two_persons_are_one_keeps_all_pictures(make: MakeSession, client: Client) -> None:
    everybody = {*some_of_the_client(client, 5), *some_of_another(client, 5)}
    run(client)
    assert stopped(make, client, "3")[0]
    report = run(client)
    assert approved(client) == everybody
    assert (report.identity.persons, report.identity.odd) == ((), ())


@pytest.mark.usefixtures("compared")
@pytest.mark.parametrize("source", ["real", "mj"])
def test_nobody_is_odd_until_somebody_says_who_the_client_is(make: MakeSession, client: Client, source: str) -> None:
    ours, others = some_of_the_client(client, 5, source), some_of_another(client, 5, source)
    extra = some_of_another(client, 1, "mj" if source == "real" else "real")
    run(client)
    session, ui = make(language="en")
    session.client = client
    session.show(clients_commands.status(session))
    session.show(dataset_commands.prepare(session, None))
    session.show(review_commands.review(session, None))
    assert not [word for word in ("look like ana", "Look little like", "looks like somebody else") if word in ui.text]
    assert [reasons(client, image_id) for image_id in others] == [[]] * 5
    assert stages.client_state(client, Settings()).odd == ()
    before = [record.model_dump() for record in client.records()]
    run(client)
    assert [record.model_dump() for record in client.records()] == before  # nothing to write: nothing was found
    review_commands.review(session, None, is_client=ours[:1])
    if source == "real":
        assert reasons(client, extra[0]) == [("other_person", "warn")]


@pytest.mark.usefixtures("compared")
@pytest.mark.parametrize("source", ["real", "mj"])
def test_the_command_that_says_who_it_is_rejects_the_others_as_the_guided_setup_does(
    make: MakeSession, client: Client, source: str
) -> None:
    ours, others = some_of_the_client(client, 5, source), some_of_another(client, 5, source)
    run(client)
    session, ui = make(language="en")
    session.client = client
    number = {entry.row.image_id: str(entry.number) for entry in review_list.entries(client)}
    session.show(review_commands.review(session, None, is_client=[number[ours[0]]]))
    assert "Rejected by you: 5" in ui.text
    assert approved(client) == set(ours)
    review_commands.review(session, None, undo=True)
    assert approved(client) == {*ours, *others}
    review_commands.review(session, None, is_client=[number[others[0]], number[ours[0]]])  # they are the same
    run(client)
    assert approved(client) == {*ours, *others}


@pytest.mark.usefixtures("compared")
def test_the_friend_with_more_photos_is_not_taken_for_the_client_without_a_question(make: MakeSession, client: Client) -> None:
    ours, friend = some_of_the_client(client, 4), some_of_another(client, 9)
    report = run(client)
    assert [set(ids) for ids in report.identity.persons] == [set(friend), set(ours)]
    assert approved(client) == {*ours, *friend}
    assert stopped(make, client, "2")[0]
    assert approved(client) == set(ours)
    run(client)
    assert approved(client) == set(ours)


def said_of(client: Client) -> set[str]:
    return {r.image_id for r in client.records() if r.identity is not None and r.identity.by == "user"}


@pytest.mark.usefixtures("compared")
@pytest.mark.parametrize("language", ["es", "en"])
def test_who_answers_again_for_the_other_person_gets_that_persons_pictures_back_and_an_undo_leads_back_each_time(
    make: MakeSession, client: Client, language: str
) -> None:
    ours, friend = some_of_the_client(client, 5), some_of_another(client, 6)
    run(client)
    session, ui = make(language=language)
    session.client = client
    review_commands.review(session, None, reject=[ours[4]])
    review_commands.review(session, None, is_client=[friend[0]])
    assert (approved(client), said_of(client)) == (set(friend), {friend[0]})
    session.show(review_commands.review(session, None, is_client=[ours[0], ours[1]]))
    back = {
        "es": "Ya no están rechazadas por tu respuesta anterior: 4 (",
        "en": "No longer rejected by your earlier answer: 4 (",
    }
    assert back[language] in ui.text
    assert (approved(client), said_of(client)) == (set(ours[:4]), {ours[0], ours[1]})  # the one rejected by hand stays so
    run(client)
    assert approved(client) == set(ours[:4])
    review_commands.review(session, None, undo=True)
    assert (approved(client), said_of(client)) == (set(friend), {friend[0]})
    review_commands.review(session, None, is_client=[ours[0]])  # the undo kept that they were rejected by an answer
    assert approved(client) == set(ours[:4])
    for _ in range(2):
        review_commands.review(session, None, undo=True)
    assert approved(client) == {*ours[:4], *friend}


@pytest.mark.usefixtures("compared")
def test_who_then_says_that_both_are_the_client_has_all_pictures(make: MakeSession, client: Client) -> None:
    ours, friend = some_of_the_client(client, 5), some_of_another(client, 6)
    run(client)
    session, _ = make(language="en")
    session.client = client
    review_commands.review(session, None, is_client=[ours[0]])
    assert approved(client) == set(ours)
    review_commands.review(session, None, is_client=[ours[0], *friend])
    assert approved(client) == {*ours, *friend}


@pytest.mark.usefixtures("compared")
def test_the_guided_setup_shows_the_persons_once_where_it_asks_about_them(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_of_the_client(client, 5)
    some_of_another(client, 6)
    exact = image_processor.process
    monkeypatch.setattr(image_processor, "process", lambda *a, **more: exact(*a, **more, detector=ColourDetector()))
    session, ui = make("4", "", "4", language="en")
    session.client = client
    titles: list[str] = []
    show = ui.show

    def noted(block: Text | Table | Raw, language: str) -> None:
        titles.extend([block.title.key] if isinstance(block, Table) and block.title else [])
        show(block, language)

    monkeypatch.setattr(ui, "show", noted)
    guided.walk(session)
    assert titles.count("faces.identity_persons") == 1 and "Say who it is by the number" not in ui.text
    session.show(faces_commands.process(session, None, force=True))
    assert titles.count("faces.identity_persons") == 2 and "Say who it is by the number" in ui.text


@pytest.mark.usefixtures("compared")
@pytest.mark.parametrize(("language", "shown"), [("es", "0,"), ("en", "0.")])
def test_a_likeness_has_two_decimals(make: MakeSession, client: Client, language: str, shown: str) -> None:
    some_of_the_client(client)
    some_of_another(client, 2, "mj")
    run(client)
    session, ui = make("1", language=language)
    session.client = client
    who.confirm(session)
    (entry, _) = [e for e in review_list.entries(client) if e.row.name.startswith("otra")]
    value = f"{entry.measures['identity']:.2f}".replace(".", shown[1])
    assert re.search(rf"otra 0\.png .*{re.escape(value)}(?!\d)", ui.text)


@pytest.mark.usefixtures("compared")
def test_the_sheet_has_a_row_of_each_person_and_goes_with_the_question(make: MakeSession, client: Client) -> None:
    some_of_the_client(client, 5)
    some_of_another(client, 5)
    run(client)
    with pytest.raises(questions.Leave):
        stopped(make, client, "4")
    path = person_sheet.path_in(client.output)
    with Image.open(path) as sheet:
        assert sheet.width > 5 * 256
        assert sheet.height > 2 * 256
    session, _ = make("1")
    session.client = client
    review_commands.review(session, None, is_client=["1"])
    faces_commands.process(session, None)
    assert not path.exists()


@pytest.fixture(autouse=True)
def faces_are_not_compared() -> None:
    """Here they are."""
