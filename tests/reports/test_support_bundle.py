"""The zip for a bug report: useful, and no word in it tells who anybody is."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import utils
from avatar.commands import doctor as doctor_commands
from avatar.reports import doctor, support_bundle
from avatar.system.gpu import Card
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client
from avatar.workspace.records import Camera, Caption, Face, Identity, ImageRecord, MidJourney, Original, Parameter, Picture
from avatar.workspace.workspace import Workspace
from config import Settings
from tests.all_texts import TEXTS
from tests.places import ROOT, program_modules
from tests.scripted import MakeSession

LOG = """2026-01-02 10:00:00,123 INFO avatar_pipeline client new ohnename --name "{name}" | Python 3.11, Linux
2026-01-02 10:00:01,123 WARNING avatar_pipeline client.unknown {{'client': '{client}', 'known': ''}}
2026-01-02 10:00:01,456 WARNING avatar_pipeline client.unknown {{'client': 'deletedlongago', 'path': '/srv/elsewhere'}}
2026-01-02 10:00:02,123 ERROR avatar_pipeline bug in process
Traceback (most recent call last):
  File "{home}/avatar/avatar/commands/clients.py", line 119, in client_new
    client = session.workspace.create("{client}")
  File "C:\\\\Users\\\\{user}\\\\avatar\\\\{client}.py", line 3, in <module>
ValueError: {name} is no picture of {prompt}
"""
TRAINER_LOG = """INFO     loading image {home}/clients/{client}/{file}
import network module: networks.lora
num train images * repeats / 学習画像の数×繰り返し回数: 40
steps:   0%|          | 0/100 [00:00<?, ?it/s]\rsteps:  50%|#####     | 50/100 [01:40<01:40,  2.00s/it, avr_loss=0.0912]
caption: {prompt}
  File "{home}/venv/lib/site-packages/torch/nn/modules.py", line 88, in forward
torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB ({name})
  File "{home}/tools/{ruled}.py", line 7, in {prepared}
  File "{home}/lib/site-packages/{file}.py", line 8, in load_{ruled}
{ruled}Error: {prepared}
{waiting}.{prepared}Exception
steps:  60%|######    | 60/100 [02:00<01:20,  2.00s/it, avr_loss=0.08] {undone}
"""
TODAY = ("ruled", "prepared", "undone", "waiting")  # captions of rules and of the dataset, undo files, the queue
PRIVATE = st.text(alphabet="abcdefghijklmnopqrstuvwxyzñáé", min_size=4, max_size=12)


def record(number: int, **private: str) -> ImageRecord:
    image_id = f"mj_{number:016x}"
    return ImageRecord(
        image_id=image_id, source="mj",
        original=Original(name=private["file"], sha256=f"{number:064x}", bytes=1, stored=f"raw_mj/{image_id}.png",
                          imported_at="2026-01-01T00:00:00+00:00"),
        picture=Picture(format="PNG", width=10, height=20, taken_at="2024-05-06T07:08:09", notes=[private["file"]]),
        midjourney=MidJourney(job_id=private["job"], author=private["author"], prompt=private["prompt"],
                              typed_prompt=private["prompt"], parameters={"ow": Parameter(text=private["job"])}),
        camera=Camera(make=private["author"], gps=(40.41683, -3.70379)),
        caption=Caption(text=f"{private['trigger']} woman, {private['prompt']}", by="user"),
    )  # fmt: skip


def fill(workspace: Workspace, private: dict[str, str]) -> Client:
    """A client in which every private word stands wherever one can stand, logs included."""
    client = workspace.create(
        private["client"], trigger_word=private["trigger"], display_name=private["name"], consent_note=private["consent"],
        settings={"trainer": {"folder": f"/home/{private['user']}/kohya"}, "captions": {"template": "{trigger}, x"}},
    )  # fmt: skip
    client.save_info(client.info().model_copy(update={"master_prompt": private["prompt"]}))
    client.save_record(record(1, **private))
    folder = client.runs / "20260102-030405"
    folder.mkdir(parents=True)
    plan = {"resolution": 1024, "base_model": f"/home/{private['user']}/{private['name']}.safetensors", "profile": "gpu_8gb",
            "mixed_precision": "fp16", "extra": {private["name"]: private["prompt"]}, private["undone"]: 3}  # fmt: skip
    utils.write_json(folder / "command.json", {"command": [f"/home/{private['user']}/python"], "plan": plan})
    values = {"detail": private["file"], "log": f"/home/{private['user']}/x.log", "step": 5, "total": 100, "code": 1}
    utils.write_json(
        folder / "outcome.json",
        {"success": False, "cause": "train.cause.gpu_memory", "values": values, "steps": 5, "total": 100, "code": 1},
    )
    (folder / "trainer.log").write_text(TRAINER_LOG.format(**private), encoding="utf-8")
    leave_words_of_today(client, private)
    return client


def leave_words_of_today(client: Client, private: dict[str, str]) -> None:
    """What lies beside the records: captions of rules in the dataset, the queue, what can be undone, progress, the face."""
    dataset_folder = client.training_data / f"5_{client.client_id}"
    dataset_folder.mkdir(parents=True)
    (dataset_folder / "a.txt").write_text(f"{private['trigger']} woman, {private['ruled']}, {private['prepared']}", "utf-8")
    utils.write_json(dataset_folder / "dataset_info.json", {"captions": {"a": private["ruled"]}})
    entry = {"client": private["waiting"], "state": "waiting", "values": {"detail": private["undone"]}}
    utils.write_json(client.folder.parent / "training_queue.json", {"version": 1, "entries": [entry]})
    metadata = client.images.parent
    utils.write_json(metadata / "review_undo.json", {"version": 1, "steps": [{"before": {"x": [private["undone"], None]}}]})
    utils.write_json(metadata / "caption_edits.json", {"edits": [{"pictures": [{"after": private["undone"]}]}]})
    utils.write_json(metadata / "caption_suggestions.json", {"pictures": {"a": private["undone"]}})
    row = json.dumps({"step": 5, "total": 100, "loss": 0.1, "note": private["undone"]})
    (client.runs / "20260102-030405" / "progress.jsonl").write_text(row + "\n", encoding="utf-8")
    face = Face(box=(1, 2, 3, 4), confidence=0.9, keypoints={}, identity="SECRETVECTOR" + private["undone"])
    whose = Identity(vector="SECRETVECTOR" + private["undone"], points="yunet")
    client.save_record(client.record(f"mj_{1:016x}").model_copy(update={"faces": [face], "identity": whose}))


def bundled(workspace: Workspace, client: Client | None, tmp_path: Path, private: dict[str, str]) -> dict[str, str]:
    log = tmp_path / "avatar_pipeline.log"
    log.write_text(LOG.format(**private), encoding="utf-8")
    config_file = tmp_path / "config.json"
    utils.write_json(config_file, {"trainer": {"folder": f"/home/{private['user']}"}, "quality": {"blur_threshold": 80}})
    findings = doctor.examine(
        client, Settings(), program_dir=tmp_path, config_file=config_file, trainer_folder=tmp_path / private["name"]
    )
    return support_bundle.contents(
        workspace, client, findings, config_file=config_file, log_file=log, cards=[Card(0, "NVIDIA X", 8.0, 7.0, (8, 6))]
    )


def plain(**changes: str) -> dict[str, str]:
    names = ("client", "name", "trigger", "consent", "prompt", "file", "job", "author", "user", *TODAY)
    private = {name: f"zq{name}x" for name in names}
    return {**private, "home": f"/home/{private['user']}", **changes}


def spoken(members: dict[str, str]) -> set[str]:
    """Every word in every member and in its name."""
    return {word.casefold() for name, text in members.items() for word in re.findall(r"[^\W\d_]+", name + " " + text)}


# What a client without any private word brings: the program's and the trainer's own words.
@pytest.fixture(scope="module")
def own_words(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("own")
    workspace = Workspace(folder / "clients")
    told = spoken(bundled(workspace, fill(workspace, plain()), folder, plain()))
    return told | {word.casefold() for word in support_bundle.OWN_WORDS}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.fixed_dictionaries(
        dict.fromkeys(("name", "trigger", "consent", "prompt", "file", "job", "author", "user", *TODAY), PRIVATE)
    ),
    client_id=st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=12),
)
def test_no_private_word_is_in_any_member(
    words: dict[str, str], client_id: str, tmp_path_factory: pytest.TempPathFactory, own_words: set[str]
) -> None:
    tmp_path = tmp_path_factory.mktemp("bundle")
    private = {**words, "client": f"{client_id}zq", "home": f"/home/{words['user']}"}
    workspace = Workspace(tmp_path / "clients")
    members = bundled(workspace, fill(workspace, private), tmp_path, private)
    text = "\n".join([*members, *members.values()]).casefold()
    for word in private.values():
        # A word that the program itself says (an error's name, a module's) tells nobody who uses it.
        assert word.casefold() in own_words or word.casefold() not in text or any(word.casefold() in own for own in own_words)
    assert "secretvector" not in text
    assert "40.41" not in text
    assert "3.70379" not in text
    assert f"{1:016x}" not in text
    assert str(tmp_path).casefold() not in text
    assert str(Path.home()).casefold() not in text


def test_private_words_that_the_logs_say_too_are_struck_out_of_them(tmp_path: Path) -> None:
    private = plain(client="forward", name="ValueError", prompt="commands loss")
    workspace = Workspace(tmp_path / "clients")
    members = bundled(workspace, fill(workspace, private), tmp_path, private)
    for name in ("program_log.txt", "trainer_log.txt"):
        assert not {"forward", "valueerror", "commands", "loss"} & spoken({name: members[name]})
    assert "at avatar/***/clients.py:119 client_new" in members["program_log.txt"]


def test_the_programs_own_name_in_its_folder_hides_no_place_in_the_log_and_as_a_clients_it_does(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "avatar-pipeline" / "clients")
    members = bundled(workspace, fill(workspace, plain()), tmp_path, plain())
    assert "WARNING avatar_pipeline client.unknown" in members["program_log.txt"]
    assert "at avatar/commands/clients.py:119 client_new" in members["program_log.txt"]
    workspace.create("avatar")
    assert "avatar" in support_bundle.private_words(workspace)


def test_a_client_elsewhere_in_the_workspace_is_private_too(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "clients")
    fill(workspace, plain(client="module"))
    private = plain(client="other")
    members = bundled(workspace, fill(workspace, private), tmp_path, private)
    assert "module" not in spoken({"x": members["program_log.txt"]})


def test_captions_of_rules_the_queue_and_what_can_be_undone_are_private_words(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "clients")
    fill(workspace, plain())
    words = support_bundle.private_words(workspace)
    assert {f"zq{name}x" for name in (*TODAY, "trigger", "name", "client", "file", "prompt")} <= words


def test_words_of_the_dataset_are_struck_in_the_trainers_log(tmp_path: Path) -> None:
    private = plain()
    workspace = Workspace(tmp_path / "clients")
    told = bundled(workspace, fill(workspace, private), tmp_path, private)["trainer_log.txt"]
    for name in TODAY:
        assert private[name] not in told, name
    assert "at another file:7" in told  # of a file elsewhere neither its name nor its function is told
    assert "at ***.py:8 load_***" in told
    assert "raised ***" in told


@pytest.mark.parametrize(
    ("name", "said"),
    [("Ana López", "AnaError"), ("Ana López", "LopezException"), ("Ana López", "_ana_"), ("Ana López", "analopez"),
     ("Ana López", "ana7"), ("Li", "li"), ("Peña", "pena"), ("Pen\u0303a", "peña"), ("MARÍA", "maría"), ("ana_lopez", "Lopez"),
     ("José-María", "JoseMaria")],
)  # fmt: skip
def test_a_name_is_known_in_every_way_it_is_written(name: str, said: str, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "clients")
    workspace.create("zqx", display_name=name)
    left = support_bundle.redacted(f"at {said}.py:7", support_bundle.private_words(workspace))
    assert support_bundle.STRUCK in left
    assert not set(re.findall(r"[^\W\d_]+", said.casefold())) & set(re.findall(r"[^\W\d_]+", left.casefold()))


@pytest.mark.parametrize("name", ["training_queue.json", "x.json"])
@pytest.mark.parametrize("content", ["", "{", "[" * 100_000, "null", "3", "\ufeff{}", '{"client": 3}'])
def test_broken_files_beside_the_records_do_not_stand_in_the_way(name: str, content: str, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "clients")
    client = workspace.create("zqclient")
    (workspace.folder / name).write_text(content, encoding="utf-8")
    (client.images.parent / "review_undo.json").write_text(content, encoding="utf-8")
    assert "zqclient" in support_bundle.private_words(workspace)


def test_one_broken_record_does_not_hide_the_words_of_the_others(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "clients")
    client = fill(workspace, plain())
    client.record_file(f"mj_{0:016x}").write_text("{", encoding="utf-8")  # read before the good one
    assert "zqpromptx" in support_bundle.private_words(workspace)
    client.info_file.write_text("{ zqbrokeninfo", encoding="utf-8")
    assert {"zqpromptx", "zqbrokeninfo"} <= support_bundle.private_words(workspace)


def test_the_programs_own_words_stay_readable(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "clients")
    fill(workspace, plain())
    words = support_bundle.private_words(workspace)
    own = "phase training\ntrouble train.cause.gpu_memory 20.00 MiB\nstep 50/100 loss 0.0912\nlines left out: 3"
    assert support_bundle.redacted(own, words) == own


def test_what_no_record_knows_any_more_is_not_copied_either(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "clients")
    members = bundled(workspace, None, tmp_path, plain())
    assert not {"deletedlongago", "elsewhere", "ohnename"} & spoken(members)


def test_a_broken_record_does_not_stand_in_the_way(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "clients")
    fill(workspace, plain())
    broken = workspace.create("broken")
    broken.record_file(f"mj_{3:016x}").write_text("{", encoding="utf-8")
    assert "zqpromptx" in support_bundle.private_words(workspace)
    assert "broken" in support_bundle.private_words(workspace)


# --- and useful all the same -----------------------------------------------------------------------------------------


def test_the_bundle_says_what_happened(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "clients")
    members = bundled(workspace, fill(workspace, plain()), tmp_path, plain())
    assert json.loads(members["about.json"])["cards"][0]["total_gib"] == 8.0
    findings = {item["name"]: item for item in json.loads(members["findings.json"])}
    assert findings["memory"]["key"] == "doctor.memory.found"
    assert findings["memory"]["resolution"] == 1024
    assert json.loads(members["settings.json"]) == {"quality": {"blur_threshold": 80}}
    (told,) = json.loads(members["runs.json"])
    assert (told["cause"], told["steps"], told["plan"]["profile"]) == ("train.cause.gpu_memory", 5, "gpu_8gb")
    assert json.loads(members["pictures.json"])["by_source"] == {"mj": 1}
    log = members["program_log.txt"]
    assert "WARNING avatar_pipeline client.unknown" in log
    assert "  at avatar/commands/clients.py:119 client_new" in log
    assert "raised ValueError" in log
    trainer = members["trainer_log.txt"]
    assert "step 50/100 loss 0.0912 s/step 2.0" in trainer
    assert "trouble train.cause.gpu_memory 20.00 MiB" in trainer
    assert "  at modules.py:88 forward" in trainer
    assert '"train_images": 40' in trainer
    assert "lines left out:" in trainer


def frame(path: str) -> list[str]:
    return list(support_bundle.program_log([f'  File "{path}", line 7, in examine']))


@pytest.mark.parametrize("root", ["/home/someone/avatar pipeline", "C:\\Users\\someone\\avatar", "D:\\"])
def test_every_module_of_the_program_is_named_in_a_traceback_and_no_other_file(root: str) -> None:
    for module in (path.relative_to(ROOT).as_posix() for path in program_modules()):
        separator = "\\" if "\\" in root else "/"
        shown = frame(separator.join([root, *module.split("/")]))
        assert shown == [f"  at {module}:7 examine", "lines left out: 0"]
    assert frame(f"{root}/clients/ana_perez.py")[0] == "  at another file:7"
    assert frame(f"{root}/avatar/ana_perez/quality_of_ana.py")[0] == "  at another file:7"


def test_a_long_bar_is_thinned_and_its_end_is_kept() -> None:
    bars = [f"steps:  1%|x| {n}/4000 [00:0{n % 10}<01:00,  1.00it/s, avr_loss=0.1]" for n in range(4001)]
    told = [line for line in support_bundle.trainer_log(bars) if line.startswith("step ")]
    assert len(told) <= support_bundle.MOST_BARS + 2
    assert told[-1].startswith("step 4000/4000")


def test_what_is_no_figure_is_left_out() -> None:
    values = {"a": 1, "b": 2.5, "c": True, "d": None, "e": "free text", "f": "fp16", "g": ["x"], "h": {"x": 1}}
    assert support_bundle.figures(values) == {"a": 1, "b": 2.5, "c": True, "d": None, "f": "fp16"}
    assert support_bundle.figures_below({"ana": {"blur_threshold": 3}, "quality": {"ana": 3}, "version": 1, "x": 2}) == {
        "version": 1,
    }  # fmt: skip


@given(st.text(max_size=60), st.frozensets(PRIVATE, max_size=4))
def test_striking_out_leaves_no_private_word_and_nothing_else_changed(text: str, words: frozenset[str]) -> None:
    folded = frozenset(word.casefold() for word in words)
    assert support_bundle.redacted(text, frozenset()) == text
    mixed = " ".join([text, *words, "x_".join(words)])
    left = {part.casefold() for word in re.findall(r"\w+", support_bundle.redacted(mixed, folded)) for part in [word]}
    assert not left & folded


def test_the_zip_is_written_whole_lists_its_members_and_never_overwrites(
    client: Client, make: MakeSession, tmp_path: Path
) -> None:
    session, ui = make()
    session.client = client
    target = tmp_path / "informe"
    result = doctor_commands.bundle(session, None, target)
    session.show(result)
    with zipfile.ZipFile(tmp_path / "informe.zip") as archive:
        assert {name: archive.getinfo(name).file_size for name in archive.namelist()} == result.value["files"]
        assert {info.date_time[0] for info in archive.infolist()} == {1980}
    for name in result.value["files"]:
        assert f"doctor.member.{name.partition('.')[0]}" in TEXTS
        assert name in ui.text
    with pytest.raises(PipelineError):
        doctor_commands.bundle(session, None, target)
