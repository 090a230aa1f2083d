"""The questions of the settings: every one of them is changed once through the menu, for the project and for a client."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatar.commands import setting_offers
from avatar.commands.session import Session
from avatar.terminal import places, questions, settings, told
from avatar.texts import tables, translate
from avatar.texts.text import Text
from avatar.workspace import setting_changes, setting_keys
from avatar.workspace.client import Client
from avatar.workspace.setting_keys import Key
from config import Settings
from tests.base_models import write_sdxl
from tests.scripted import MakeSession, ScriptedUi

KEYS = list(setting_keys.keys().values())
SAMPLES: dict[str, tuple[str, object]] = {  # what is typed, and what is kept; for all others it follows from the kind
    "captions.template": ("{trigger} {class}, {lighting}", "{trigger} {class}, {lighting}"),
    "imports.trait_words": ("lighting.studio=ring light", {"lighting": {"studio": ("ring light",)}}),
    "dataset.mj_share": ("0,7", 0.7), "dataset.real_share": ("0,3", 0.3), "faces.crop_side_px": ("768", 768),
    "quality.max_enlargement": ("2", 2.0), "quality.refuse_enlargement": ("4,5", 4.5), "quality.max_brightness": ("210", 210.0),
    "quality.raw.max_brightness": ("210", 210.0), "quality.standard.max_brightness": ("210", 210.0),
    "quality.mj.max_brightness": ("210", 210.0), "faces.second_look_side_px": ("2.000", 2000),
    "imports.omni_weight_low": ("140", 140), "imports.omni_weight_high": ("200", 200), "captioner.timeout_s": ("60", 60.0),
    "imports.max_pixels": ("500.000.000", 500_000_000), "captioner.allowed": ("tags, sentences", ("tags", "sentences")),
    "faces.detection_side_px": ("640", 640),
}  # fmt: skip


def group_of(key: Key) -> str:
    return next(name for name, sections in settings.GROUPS.items() if settings.section_of(key) in sections)


def sample(key: Key, tmp_path: Path) -> tuple[list[str], object]:
    """Return the answers at the question of a value, and the value that they give: never the default."""
    if key.name in SAMPLES:
        typed, value = SAMPLES[key.name]
        return [typed], value
    if key.kind == "yes_no":
        return ["off" if key.default else "on"], not key.default
    if key.kind == "choice":
        choice = next(choice for choice in key.choices if choice != key.default)
        return [str(key.choices.index(choice) + 1)], choice  # by its number
    if key.kind == "list":
        return ["3,1"], (key.choices[2], key.choices[0])
    if key.kind in {"number", "whole"}:
        found = setting_keys.range_of(key.name)
        value = (found.low or 0) + (1 if key.kind == "whole" or (found.high or 9) > 2 else 0.25)
        return [setting_keys.as_typed(value).replace(".", ",")], value
    if key.kind == "model":
        write_sdxl(tmp_path / "real.safetensors")
        return [str(tmp_path / "real.safetensors")], str(tmp_path / "real.safetensors")
    if key.kind == "folder":
        (tmp_path / "mi carpeta ñ").mkdir()
        return [settings.OTHER, f'"{tmp_path / "mi carpeta ñ"}"'], str(tmp_path / "mi carpeta ñ")
    if key.kind == "file":
        (tmp_path / "python").write_text("", encoding="utf-8")
        (tmp_path / "python").chmod(0o755)
        return [settings.OTHER, str(tmp_path / "python")], str(tmp_path / "python")
    if key.name in setting_keys.ADDRESSES:
        return ["no es", "http://10.0.0.2:8188"], "http://10.0.0.2:8188"
    return ["ñandú 🎉"], "ñandú 🎉"


def value_of(found: Settings, name: str) -> object:
    value: object = found
    for part in name.split("."):
        value = getattr(value, part)
    return value


def walked(session: Session, ui: ScriptedUi, *, of_client: bool = False) -> None:
    session.client = session.workspace.client("ana") if of_client else None
    settings.walk(session, of_client=of_client)
    assert ui.answers == []


def test_every_setting_is_in_one_group_of_at_most_nine() -> None:
    sections = [section for group in settings.GROUPS.values() for section in group]
    assert sorted(sections) == sorted([*setting_keys.sections(), "kinds"]) and len(settings.GROUPS) + 1 <= 9


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_every_choice_says_what_it_is(key: Key) -> None:
    if key.kind == "choice" or (key.kind == "list" and key.choices):
        assert all(tables.known(f"settings.choice.{key.name}.{choice}") for choice in key.choices)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_every_setting_is_changed_once_through_the_menu_and_taken_back(key: Key, make: MakeSession, tmp_path: Path) -> None:
    answers, value = sample(key, tmp_path)
    session, ui = make(group_of(key), key.name, *answers, "n", settings.UNDO, language=("es", "en")[key.number % 2])
    settings.walk(session, of_client=False)
    assert value_of(session.settings(), key.name) == value, ui.text
    walked(session, ui)
    assert session.settings() == Settings()
    if key.name in setting_keys.SECRET:
        assert answers[0] not in ui.text


@pytest.mark.parametrize("key", [key for key in KEYS if key.of_client], ids=lambda key: key.name)
def test_every_setting_of_a_client_is_changed_once_through_its_menu(
    key: Key, client: Client, make: MakeSession, tmp_path: Path
) -> None:  # fmt: skip
    answers, value = sample(key, tmp_path)
    session, ui = make(group_of(key), key.name, *answers, "n")
    walked(session, ui, of_client=True)
    assert value_of(session.settings(client), key.name) == value, ui.text
    assert value_of(session.settings(), key.name) == key.default


def test_a_clients_menu_has_no_setting_of_the_whole_program(client: Client, make: MakeSession) -> None:
    session, ui = make("program", "0")
    with pytest.raises(questions.Leave):
        walked(session, ui, of_client=True)
    assert "Programa" not in ui.text and "Qué modelo se propone" in ui.text and "ComfyUI" not in ui.text


def test_a_setting_is_found_by_its_number_and_what_is_changed_is_marked(make: MakeSession) -> None:
    session, ui = make("2", "5", "80,5", "s", "<", "0")
    with pytest.raises(questions.Leave):
        walked(session, ui)
    assert session.settings().quality.blur_threshold == 80.5
    assert "Nitidez mínima de la cara: 100 → 80,5" in ui.text and "blur_threshold" not in ui.text
    assert "80,5 (para todos) · Nitidez" in ui.text and "Límites de calidad de las imágenes (cambiados: 1)" in ui.text


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_what_a_remedy_tells_is_taken_where_it_sends_to(make: MakeSession, language: str) -> None:
    """Remedies tell "Todos los ajustes: Dirección de ComfyUI = http://…": typed there, it is done."""
    session, _ = make(language=language)
    for key in setting_keys.keys().values():
        line = told.in_menus(f"settings {key.name} 80", language, now=places.MAIN) or ""
        found, typed = settings._meant(session, None, line.partition(": ")[2])
        assert (key.name in found, typed) == (True, "80"), line


@pytest.mark.parametrize(
    "typed", ["generate.comfyui_address http://192.168.1.20:8188", "Dirección de ComfyUI: http://192.168.1.20:8188"]
)
def test_a_setting_and_its_value_are_typed_at_the_first_question(make: MakeSession, typed: str) -> None:
    session, ui = make(typed, "n")
    walked(session, ui)
    assert session.settings().generate.comfyui_address == "http://192.168.1.20:8188"


def test_a_word_of_a_setting_finds_it_a_word_of_several_asks_which_and_one_of_none_is_told(make: MakeSession) -> None:
    session, ui = make("ninguno así", "ojos estén", "on", "s", "<", "nitidez mínima", "1", "77", "n")
    walked(session, ui)
    assert session.settings().faces.straighten and "Ningún grupo ni ajuste es «ninguno así»" in ui.text
    assert session.settings().quality.blur_threshold == 77 and "Solo para fotos RAW: Nitidez mínima" in ui.text


def test_a_value_that_is_refused_is_asked_again_with_what_is_taken(make: MakeSession) -> None:
    session, ui = make("quality", "quality.blur_threshold", "mucho", "-5", "90", "n")
    walked(session, ui)
    assert session.settings().quality.blur_threshold == 90
    assert "«mucho» no es un número" in ui.text and "0 o más" in ui.text


def test_a_hyphen_gives_the_default_back_and_back_goes_one_question_back(make: MakeSession) -> None:
    session, ui = make("faces", "faces.straighten", "on", "s", "faces.straighten", "-", "n")
    walked(session, ui)
    assert session.settings() == Settings()
    name = "Girar el recorte hasta que los ojos estén a nivel"
    assert f"{name}: no → sí" in ui.text and f"{name}: sí → no" in ui.text
    session, ui = make("faces", "faces.crop_side_px", "<", "<", "imports", "imports.keep_gps", "on", "n")
    walked(session, ui)
    assert session.settings().imports.keep_gps


def test_folders_and_models_that_are_found_are_offered_by_number(
    make: MakeSession, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    webui = own_home / "stable-diffusion-webui"
    write_sdxl(webui / "models" / "Stable-diffusion" / "real.safetensors")
    (webui / "models" / "Lora").mkdir()
    (own_home / "ComfyUI" / "models" / "loras").mkdir(parents=True)
    (own_home / "invokeai").mkdir()
    (own_home / "sd-scripts").mkdir()
    (own_home / "sd-scripts" / "sdxl_train_network.py").write_text("", encoding="utf-8")
    session, ui = make()
    keys = setting_keys.keys()
    offered = {name: setting_offers.offered(session, keys[name]) for name in keys if keys[name].kind in {"folder", "model"}}
    assert offered["generate.a1111_loras"] == [str(webui / "models" / "Lora")]
    assert offered["generate.comfyui_loras"] == [str(own_home / "ComfyUI" / "models" / "loras")]
    assert offered["generate.invokeai_folder"] == [str(own_home / "invokeai")]
    assert str(own_home / "sd-scripts") in offered["trainer.folder"]
    assert str(webui) in offered["trainer.models_folder"]
    ui.answers = ["trainer", "trainer.models_folder", str(webui), "s", "trainer.base_model", "2", "n"]
    walked(session, ui)
    assert session.settings().trainer.base_model.endswith("real.safetensors")


def test_nothing_of_the_walk_is_wider_than_a_screen_but_paths(make: MakeSession) -> None:
    session, ui = make(*settings.GROUPS, "0")
    for group in settings.GROUPS:
        ui.answers = [group, "0"]
        with pytest.raises(questions.Leave):
            settings.walk(session, of_client=False)
    assert [line for line in ui.shown if len(line) > 80] == []


@pytest.mark.parametrize("group", settings.GROUPS)
def test_a_list_of_settings_says_what_each_means_in_full_within_a_screen_and_how_it_is_left(
    make: MakeSession, group: str
) -> None:
    session, ui = make("0")
    with pytest.raises(questions.Leave):
        settings._key(session, None, group)
    assert len(ui.shown) <= 24
    assert ui.shown[-2] == "  0. Volver"
    told = " ".join(" ".join(ui.shown).split())
    inside = [one for one in setting_keys.keys().values() if settings.section_of(one) in settings.GROUPS[group]]
    assert all(session.text("list.item", item=one.meaning) in told for one in inside[: settings.SHOWN])


def test_undo_stands_in_the_menu_only_where_there_is_something_to_undo(client: Client, make: MakeSession) -> None:
    session, ui = make("0")
    with pytest.raises(questions.Leave):
        walked(session, ui)
    assert session.text("settings.menu_undo") not in ui.text
    setting_changes.change(session.config_file, None, {"faces.straighten": True})
    session, ui = make(settings.UNDO)
    walked(session, ui)
    assert session.settings() == Settings() and isinstance(Text("settings.menu_undo"), Text)
