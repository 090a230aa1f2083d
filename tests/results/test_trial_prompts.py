"""The prompts of a trial."""

from __future__ import annotations

from avatar.results.trial_prompts import plain_prompt, trial_prompts, unseen, without_trigger

OWN = ["portrait of ohwx woman --w 1024 --h 1024 --d 42", "# a note", "", "ohwx woman smiling", "close-up of ohwx woman"]


def _prompts(own: list[str], seen: list[str], **options: bool) -> list[tuple[int, str, str]]:
    return [(prompt.n, prompt.kind, prompt.text) for prompt in trial_prompts(own, "ohwx", "woman", seen, **options)]


def test_a_trial_has_the_users_three_and_three_of_what_the_data_has_not() -> None:
    prompts = _prompts([*OWN, "a fourth of ohwx"], ["ohwx woman, studio lighting"])
    assert [(n, kind) for n, kind, _ in prompts] == [(n, "user" if n < 4 else "unseen") for n in range(1, 7)]
    assert [text for _, _, text in prompts[:3]] == ["portrait of ohwx woman", "ohwx woman smiling", "close-up of ohwx woman"]
    assert "beach" in prompts[3][2] and "yellow raincoat" in prompts[4][2] and "full body" in prompts[5][2]
    assert all("ohwx woman" in text for _, _, text in prompts)


def test_what_the_data_has_is_not_asked_for_in_either_language() -> None:
    place, garment, figure = unseen("ohwx", "woman", ["Retrato en la PLAYA, impermeable", "ohwx woman, full body, red SWEATER"])
    assert "snowy forest" in place
    assert "armor" in garment
    assert "bicycle" in figure


def test_a_word_within_another_is_not_that_word() -> None:
    assert "beach" in unseen("ohwx", "woman", ["seated, coaster, marble, smart"])[0]  # sea, coast, mar


def test_data_that_has_everything_is_asked_all_the_same() -> None:
    seen = ["beach snow street library desert kitchen raincoat sweater armor astronaut chef full body bicycle bench stairs"]
    assert len(unseen("ohwx", "woman", seen)) == 3


def test_prompts_written_for_the_trial_all_count_and_few_are_filled_up() -> None:
    six = [f"ohwx woman {n}" for n in range(7)]
    assert _prompts(six, [], all_own=True) == [(n, "user", text) for n, text in enumerate(six, 1)]
    few = _prompts(six[:2], [], all_own=True)
    assert [kind for _, kind, _ in few] == ["user"] * 2 + ["unseen"] * 4
    assert len({text for _, _, text in few}) == 6


def test_options_of_the_trainer_and_placeholders_are_taken_out() -> None:
    assert plain_prompt("  --w 512", "ohwx", "woman") == ""
    assert plain_prompt("{trigger}  well-known -- yes --n bad hands --d 7", "ohwx", "man") == "ohwx well-known -- yes"


def test_a_prompt_without_the_person_is_found() -> None:
    prompts = trial_prompts(["portrait of OHWX", "a castle"], "ohwx", "woman", [], all_own=True)
    assert [prompt.text for prompt in without_trigger(prompts, "ohwx")] == ["a castle"]
