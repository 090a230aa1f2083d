"""A client's words are changed later: what depends on them is told, and models keep the word they were trained with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avatar.commands import captions, client_edit, clients, dataset, stage_state
from avatar.commands.session import Session
from avatar.dataset import caption_store, own_words
from avatar.dataset import client_edit as client_edits
from avatar.results import final_model, trial_models
from avatar.terminal import command_line, menus
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text, key_of
from avatar.training import sample_prompts
from avatar.workspace.client import Client
from avatar.workspace.records import Caption
from avatar.workspace.workspace import Workspace
from config import Settings
from data_preprocessor import prepare_dataset
from tests.commands.test_client_travels import told
from tests.dataset.test_training_folder import fill, mix
from tests.results.made import trained
from tests.scripted import MakeSession


@pytest.fixture
def prepared(client: Client) -> Client:
    fill(client, mix(3, 1))
    prepare_dataset(client, settings=Settings())
    return client


def states(session: Session, client: Client) -> dict[str, str]:
    return {stage.name: stage.state for stage in stage_state.client_state(session, client).stages}


def test_a_new_trigger_word_is_in_the_captions_by_itself_and_the_dataset_is_out_of_date(
    make: MakeSession, prepared: Client
) -> None:
    session, _ = make()
    assert states(session, prepared)["prepare"] == "done"

    result = client_edit.client_edit(session, "ana", trigger="mrwx")

    assert {row.text.split(",")[0] for row in caption_store.caption_rows(prepared, prepared.records(), Settings())} == {
        "mrwx woman"
    }
    assert states(session, prepared)["prepare"] == "outdated"
    assert "Activación: ohwx → mrwx" in told(result) and "Dataset LoRA: desactualizado" in told(result)
    assert "prepare ana" in told(result) and 'client edit ana --trigger "ohwx"' in told(result)
    prepare_dataset(prepared, settings=Settings())
    assert states(session, prepared)["prepare"] == "done"


def test_going_back_leaves_everything_as_it_was(make: MakeSession, prepared: Client) -> None:
    session, _ = make()
    before = prepared.info()
    client_edit.client_edit(session, "ana", trigger="mrwx", class_word="person", consent="firmado", name="Ana")
    result = client_edit.client_edit(session, "ana", trigger="ohwx", class_word="woman", consent="", name="ana")
    assert prepared.info() == before and states(session, prepared)["prepare"] == "done"
    assert set(result.value["changes"]) == {"trigger_word", "class_word", "consent_note", "display_name"}
    assert told(client_edit.client_edit(session, "ana", class_word="woman")) == "No cambia nada."


def test_own_captions_with_other_words_are_told_everywhere_until_the_command_that_is_named_has_mended_them(
    make: MakeSession, prepared: Client
) -> None:
    session, _ = make()
    first, second, third, _ = sorted(record.image_id for record in prepared.records())
    caption_store.set_caption(prepared, first, "ohwx woman, red scarf")
    caption_store.set_caption(prepared, second, "portrait of ohwx, on a bohwxy chair")
    caption_store.set_caption(prepared, third, "a beautiful woman, hat")

    for given in ({"trigger": "mrwx"}, {"trigger": "mi elle"}, {"class_word": "doctor"}, {"consent": "firmado"}):
        result = client_edit.client_edit(session, "ana", **given)
        assert result.value["captions"] == [first, second, third], given
        assert "captions ana --renew --apply" in told(result)
    assert [("captions ana --renew --apply" in said) for said in said_of_words(session)] == [True] * 4

    assert command_line.main([*place_of(prepared), "captions", "ana", "--renew", "--apply"]) == 0

    lines = {row.image_id: row.text for row in caption_store.caption_rows(prepared, prepared.records(), Settings())}
    assert [lines[i] for i in (first, second, third)] == [
        "mi elle doctor, red scarf",
        "mi elle doctor, portrait of mi elle, on a bohwxy chair",
        "mi elle doctor, a beautiful woman, hat",
    ]
    assert [("--renew" in said) for said in said_of_words(session)] == [False] * 4
    assert captions.captions(session, "ana", change=("renew",)).value["changes"] == []
    captions.captions(session, "ana", change=("undo",), apply=True)
    assert prepared.record(first).caption == Caption(text="ohwx woman, red scarf", by="user")


def test_a_caption_edited_in_the_dataset_without_the_trigger_word_is_mended_by_what_each_command_says_next(
    make: MakeSession, prepared: Client
) -> None:
    session, _ = make()
    edited = min(prepared.training_data.glob("*/mj_*.txt"))
    edited.write_text("a hat", encoding="utf-8")

    assert "captions ana --renew --apply" in said_of_words(session)[0]  # prepare: what the check before a training says
    captions.captions(session, "ana", change=("renew",), apply=True)
    assert [("--renew" in said) for said in said_of_words(session)] == [False] * 4
    assert edited.read_text(encoding="utf-8").strip() == "ohwx woman, a hat"


def said_of_words(session: Session) -> list[str]:
    """Return what status, the list of captions, the preparation and an edit that changes nothing say of own captions."""
    advice = [translate.words(item.text, "es") for item in dataset.prepare(session, "ana").value.advice]
    consent = session.workspace.client("ana").info().consent_note
    results = (
        clients.status(session, "ana"),
        captions.captions(session, "ana"),
        client_edit.client_edit(session, "ana", consent=consent),
    )
    return ["\n".join(advice), *(told(result) for result in results)]


def place_of(client: Client) -> list[str]:
    return ["--clients-dir", str(client.folder.parent)]


@pytest.mark.parametrize(
    ("text", "after"),
    [("zzwx woman, hat", "mrwx doctor, hat"), ("zzwx old man in rain, hat", "mrwx doctor in rain, hat"),
     ("mrwx, hat", "mrwx doctor, hat"), ("MRWX woman", "mrwx doctor"), ("mrwx smiling, hat", "mrwx doctor smiling, hat"),
     ("xqvz person, hat", "mrwx doctor, hat"), ("pretty woman, hat", "mrwx doctor, pretty woman, hat"),
     ("zzwxy, hat", "mrwx doctor, zzwxy, hat"), ("mrwx doctor", None), ("mrwx doctors, hat", "mrwx doctor doctors, hat")],
)  # fmt: skip
def test_the_words_of_before_go_and_all_else_that_the_user_wrote_stays(client: Client, text: str, after: str | None) -> None:
    info = client.info().model_copy(update={"trigger_word": "mrwx", "class_word": "doctor"})
    before = [("zzwx", "old man"), ("ohwx", "woman")]
    changes = own_words.renewed({"a": text}, info, Settings().captions, before)
    assert [change.after for change in changes] == ([] if after is None else [after])


def test_a_damaged_note_of_the_words_of_before_costs_what_is_damaged(client: Client) -> None:
    client_edits.edit(client, trigger="mrwx")
    noted = json.loads((client.images.parent / own_words.WORDS_FILE).read_text(encoding="utf-8"))
    damaged = {**noted, "words": [*noted["words"], "x", {"trigger_word": 3, "class_word": "a"}]}
    (client.images.parent / own_words.WORDS_FILE).write_text(json.dumps(damaged), encoding="utf-8")
    assert own_words.former(client) == [("ohwx", "woman")]


def test_a_dataset_of_the_users_own_captions_is_out_of_date_too(make: MakeSession, prepared: Client) -> None:
    session, _ = make()
    for record in prepared.records():
        caption_store.set_caption(prepared, record.image_id, "ohwx woman, red scarf")
    prepare_dataset(prepared, settings=Settings())
    client_edit.client_edit(session, "ana", trigger="mrwx")
    assert states(session, prepared)["prepare"] == "outdated"


@pytest.mark.parametrize(
    ("given", "key"),
    [({"trigger": "a, b"}, "client.bad_word"), ({"class_word": "(x:1)"}, "client.word_is_syntax"),
     ({"class_word": "бабушка"}, "client.class_not_english")],
)  # fmt: skip
def test_a_word_that_cannot_be_leaves_the_client_as_it_is(
    make: MakeSession, client: Client, given: dict[str, str], key: str
) -> None:
    before = client.info_file.read_bytes()
    with pytest.raises(PipelineError) as caught:
        client_edit.client_edit(make()[0], "ana", **given)
    assert caught.value.key == key and client.info_file.read_bytes() == before


def test_models_keep_the_word_they_were_trained_with(make: MakeSession, client: Client) -> None:
    session, _ = make()
    trained(client)

    result = client_edit.client_edit(session, "ana", trigger="mrwx", class_word="person")

    assert "siguen respondiendo a «ohwx»" in told(result)
    assert {trial_models.words_of(client, lora) for lora in trial_models.found(client)} == {("ohwx", "woman")}
    model = final_model.FinalModel(
        path=client.models / "ana_v1.safetensors", check=None, recipe={"trigger_word": "ohwx", "class_word": "woman"},  # type: ignore[arg-type]
        sidecar={}, others=(), broken=(),
    )  # fmt: skip
    assert final_model.usage(client, model).trigger == "ohwx woman"


def test_models_of_two_words_are_not_compared(client: Client) -> None:
    trained(client)
    trained(client, run_id="20270101-000000", name="ana_v2")
    record = json.loads((client.runs / "20270101-000000" / "command.json").read_text(encoding="utf-8"))
    (client.runs / "20270101-000000" / "command.json").write_text(
        json.dumps({**record, "trigger_word": "mrwx"}), encoding="utf-8"
    )
    loras = trial_models.found(client)
    assert trial_models.common_words(client, [lora for lora in loras if lora.run_id.startswith("2027")]) == ("mrwx", "woman")
    with pytest.raises(PipelineError) as caught:
        trial_models.common_words(client, loras)
    assert caught.value.key == "trial.two_words" and caught.value.values["two"] == "ohwx woman"


def test_sample_prompts_follow_the_dataset_unless_the_user_edited_them(make: MakeSession, prepared: Client) -> None:
    session, _ = make()
    sample_prompts.write_prompts(prepared, 768)
    path = prepared.training / sample_prompts.PROMPTS_FILE
    client_edit.client_edit(session, "ana", trigger="mrwx")
    assert sample_prompts.own_prompts(prepared) is None  # though its words are those of before
    assert "ohwx woman" in sample_prompts.sample_prompts(prepared, 768)  # as the captions that are prepared
    prepare_dataset(prepared, settings=Settings())
    sample_prompts.write_prompts(prepared, 768)
    assert "mrwx woman" in path.read_text(encoding="utf-8") and "ohwx" not in path.read_text(encoding="utf-8")
    path.write_text("photo of mrwx reading --w 768 --h 768\n", encoding="utf-8")
    result = client_edit.client_edit(session, "ana", trigger="ohwx")
    assert str(path) in told(result)
    sample_prompts.write_prompts(prepared, 768)
    assert path.read_text(encoding="utf-8").startswith("photo of mrwx")


def test_a_class_of_another_language_is_told_where_a_client_is_made_changed_and_brought_home(
    make: MakeSession, workspace: Workspace, tmp_path: Path
) -> None:
    session, _ = make()
    made = clients.client_new(session, "ana", trigger="ohwx", class_word="mujer")
    assert "Clase «mujer»: se guarda como «woman»" in told(made)
    changed = client_edit.client_edit(session, "ana", class_word="señor")
    assert "Clase: woman → man" in told(changed) and "«señor»" in told(changed)
    client = workspace.client("ana")
    for word, key in (("niña", "client.class_translated"), ("médica", "client.class_odd")):
        info = json.loads(client.info_file.read_text(encoding="utf-8"))
        client.info_file.write_text(json.dumps({**info, "class_word": word}), encoding="utf-8")
        zip_file = tmp_path / f"{key}.zip"
        clients.client_export(session, "ana", zip_file)
        home = clients.client_restore(session, zip_file, new_id=key[-4:])
        assert key in {key_of(text) for text in (*home.blocks, *home.warnings) if isinstance(text, Text)}


@pytest.mark.parametrize(
    ("typed", "kept", "how"),
    [("doctora", "woman", "translated"), ("enfermera", "woman", "translated"), ("abogado", "man", "translated"),
     ("médica", "woman", "translated"), ("actriz", "woman", "translated"), ("bailarina", "woman", "translated"),
     ("la señora", "woman", "translated"), ("novia", "woman", "translated"), ("Abuelo", "man", "translated"),
     ("carnicera", "woman", "guessed"), ("domador", "man", "guessed"), ("clarinetista", "person", "guessed"),
     ("wo man", "woman", "joined"), ("dragonborn", "dragonborn", "unknown"),
     ("woman", "woman", "kept"), ("ship captain", "ship captain", "kept"), ("woman in red", "woman in red", "kept"),
     ("bookkeeper", "bookkeeper", "kept"), ("ambassador", "ambassador", "kept")],
)  # fmt: skip
def test_a_spanish_profession_or_relative_is_never_kept_without_a_word(
    make: MakeSession, client: Client, typed: str, kept: str, how: str
) -> None:
    session, _ = make()
    edited, made = client_edit.client_edit(session, "ana", class_word=typed), clients.client_new(session, "b", class_word=typed)
    assert (client.info().class_word, made.value.class_word) == (kept, kept)
    for result in (edited, made):
        keys = [key_of(text) for text in result.blocks if isinstance(text, Text) and text.key.startswith("client.class")]
        assert keys == ([] if how == "kept" else [f"client.class_{how}"])


def test_the_menu_asks_once_more_for_a_class_that_was_only_guessed(make: MakeSession, client: Client) -> None:
    for answer, kept in (("", "woman"), ("hombre", "man"), ("nurse", "nurse")):
        session, ui = make("2", "4", "1", "", "carnicera", answer, "", "", "0")
        menus.start(session)
        assert not ui.answers and client.info().class_word == kept
        assert "«carnicera»: parece español" in ui.text


def test_a_spanish_class_that_an_older_version_kept_is_told_before_it_is_trained(prepared: Client) -> None:
    info = json.loads(prepared.info_file.read_text(encoding="utf-8"))
    prepared.info_file.write_text(json.dumps({**info, "class_word": "doctora"}), encoding="utf-8")
    (note,) = prepare_dataset(prepared, settings=Settings()).notes
    assert "client edit ana --class woman" in translate.words(note, "es")


def test_a_trigger_word_of_several_words_or_with_other_letters_is_told_wherever_it_is_given(
    make: MakeSession, client: Client
) -> None:
    session, _ = make()
    for n, word in enumerate(("mi ñ", "ohw xq", "zñqx")):
        edited = client_edit.client_edit(session, "ana", trigger=word)
        made = clients.client_new(session, f"other{n}", trigger=word)
        for result in (edited, made):
            assert "caption.trigger.several" in [warning.key for warning in result.warnings], word
    assert client_edit.client_edit(session, "ana", trigger="zqwx").warnings == []


def test_a_class_that_is_not_english_is_told_before_it_is_trained(prepared: Client) -> None:
    info = json.loads(prepared.info_file.read_text(encoding="utf-8"))
    assert prepare_dataset(prepared, settings=Settings()).notes == ()
    prepared.info_file.write_text(json.dumps({**info, "class_word": "médica"}), encoding="utf-8")
    assert [note.key for note in prepare_dataset(prepared, settings=Settings()).notes] == ["client.class_odd"]


def test_the_menu_shows_the_classes_in_the_users_language_and_keeps_what_is_entered(
    make: MakeSession, workspace: Workspace, client: Client
) -> None:
    session, ui = make("2", "4", "1", "mrwx", "mujer", "firmado", "Ana Peña", "0")
    menus.start(session)
    info = client.info()
    assert (info.trigger_word, info.class_word, info.consent_note, info.display_name) == (
        "mrwx",
        "woman",
        "firmado",
        "Ana Peña",
    )
    assert {"  1. hombre (man)", "> 2. mujer (woman)", "  3. persona (person)"} <= set(ui.shown)
    again, _ = make("2", "4", "1", "", "", "", "", "0")
    menus.start(again)
    assert client.info() == info


def test_the_command_line_asks_for_something_to_change(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--clients-dir", str(client.folder.parent), "--json", "client", "edit", "ana"]
    assert command_line.main(place) == 2
    capsys.readouterr()
    assert command_line.main([*place, "--class", "mujer", "--consent", "signed"]) == 0
    assert json.loads(capsys.readouterr().out)["result"]["changes"] == {"consent_note": ["", "signed"]}
