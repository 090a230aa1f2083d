"""Which model is handed over, and what is said of how it is used."""

from __future__ import annotations

from typing import Any

import pytest

import utils
from avatar.results import delivery_readme, final_model
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client
from tests.results import finished


def test_the_one_that_was_taken_is_handed_over_though_others_are_newer(client: Client) -> None:
    finished.model(client, "ana", chosen=finished.CHOSEN)
    finished.model(client, "ana_2", seed=2, made_at="2026-05-01T00:00:00+00:00")
    found = final_model.find(client)
    assert (found.path.name, found.others, found.broken) == ("ana.safetensors", ("ana_2.safetensors",), ())


def test_without_a_choice_it_is_the_newest_verified_one_and_what_is_passed_over_is_named(client: Client) -> None:
    finished.model(client, "ana", made_at="2026-01-01T00:00:00+00:00")
    finished.model(client, "ana_2", seed=2, made_at="2026-03-01T00:00:00+00:00")
    broken = finished.model(client, "ana_3", seed=3, made_at="2026-05-01T00:00:00+00:00")
    broken.write_bytes(broken.read_bytes()[:-10])
    found = final_model.find(client)
    assert (found.path.name, found.broken) == ("ana_2.safetensors", ("ana_3.safetensors",))


def test_a_taken_model_that_is_not_what_was_checked_is_never_replaced_by_another_in_silence(client: Client) -> None:
    taken = finished.model(client, "ana", chosen=finished.CHOSEN)
    other = finished.model(client, "ana_2", seed=2)
    taken.write_bytes(other.read_bytes())  # whole, but not the one
    with pytest.raises(PipelineError) as caught:
        final_model.find(client)
    assert (caught.value.key, caught.value.values["problem"].key) == ("deliver.bad_model", "deliver.changed")


def test_nothing_to_hand_over_is_told_as_such(client: Client) -> None:
    with pytest.raises(PipelineError) as caught:
        final_model.find(client)
    assert caught.value.key == "deliver.no_model"
    (client.models / "x.safetensors").write_bytes(b"no lora")
    with pytest.raises(PipelineError) as caught:
        final_model.find(client)
    assert caught.value.key == "deliver.bad_model"


def test_it_is_used_as_its_trial_drew(client: Client) -> None:
    finished.model(client, chosen=finished.CHOSEN)
    finished.drawn(client)
    usage = final_model.usage(client, final_model.find(client))
    assert (usage.weight, usage.steps, usage.cfg, usage.negative) == ("0.7", 30, "6.5", "blurry")
    assert (usage.sampler, usage.scheduler, usage.comfyui) == ("Euler a", "Karras", "euler_ancestral, karras")
    assert usage.prompts[0] == "portrait of ohwx woman" and len(usage.prompts) == 3
    assert (usage.trigger, usage.base) == ("ohwx woman", "sdxl.safetensors")


def test_without_a_trial_it_is_used_as_trials_draw_and_with_the_weight_beside_it(client: Client) -> None:
    path = finished.model(client)
    utils.write_json(path.with_suffix(".json"), {"activation text": "ohwx woman", "preferred weight": 0.65})
    usage = final_model.usage(client, final_model.find(client))
    assert (usage.weight, usage.steps, usage.cfg, usage.sampler, usage.size) == ("0.65", 25, "7", "DPM++ 2M", (1024, 1024))
    assert all(prompt.startswith("ohwx woman, ") for prompt in usage.prompts) and len(usage.prompts) == 3


@pytest.mark.parametrize("weight", [None, "x", -1, 0, 99, [1], "nan"])
def test_a_weight_that_is_none_becomes_the_usual_one(client: Client, weight: Any) -> None:
    path = finished.model(client, chosen={"candidate": "odd"})
    utils.write_json(path.with_suffix(".json"), {"preferred weight": weight})
    assert final_model.weight_of(final_model.find(client)) == "0.8"


@pytest.mark.parametrize(
    ("base", "metadata", "key"),
    [
        ("stabilityai/stable-diffusion-xl-base-1.0", {}, "deliver.licence.sdxl"),
        ("mine.safetensors", {"ss_new_sd_model_hash": delivery_readme.SDXL_SHA256.upper()}, "deliver.licence.sdxl"),
        ("mine.safetensors", {}, "deliver.licence.unknown"),
        ("somebody/sdxl-finetune", {}, "deliver.licence.unknown"),
    ],
)
def test_the_licence_of_sdxl_base_is_known_by_name_or_by_hash_and_no_other(
    client: Client, base: str, metadata: dict[str, str], key: str
) -> None:
    finished.model(client, metadata=metadata, plan={"base_model": base})
    model = final_model.find(client)
    assert delivery_readme.licence(model, final_model.usage(client, model)).key == key


def test_the_python_lines_are_four_that_compile_whatever_the_prompt_says(client: Client) -> None:
    finished.model(client, chosen=finished.CHOSEN, plan={"base_model": 'C:\\Modelos\\mi "base".safetensors'})
    folder = finished.drawn(client)
    text = (folder / "trial.json").read_text(encoding="utf-8").replace("portrait of", 'una \\"foto\\" ñ \\\\ de\\n')
    (folder / "trial.json").write_text(text, encoding="utf-8")
    model = final_model.find(client)
    lines = delivery_readme.python_lines(model, final_model.usage(client, model))
    assert len(lines) == 4
    compile("\n".join(lines), "readme", "exec")
