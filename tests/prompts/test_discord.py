"""Messages of MidJourney's bot: prompt and parameters come out, the sender never."""

from __future__ import annotations

import time

import pytest

from avatar.prompts.discord import unwrap
from avatar.prompts.midjourney import merge, parse_description, with_typed
from avatar.workspace.records import MidJourney

JOB = "59bbff49-e226-4e76-ab8f-82417f966806"
PROMPT = "portrait of a woman in a red coat"
WORDS = f"{PROMPT} --ar 3:4 --v 6.1"
TAILS = {
    "handle": "@ana_test (fast)",
    "mention": "<@123456789012345678> (relaxed)",
    "mention-with-mark": "<@!123456789012345678> (turbo)",
    "role": "<@&123456789012345678> (fast)",
    "stealth": "<@123456789012345678> (fast, stealth)",
    "name-with-blank": "@Ana Test (fast)",
    "name-with-brackets": "@Ana (she/her) (fast)",
    "name-with-umlaut": "@Zoë.Müller (relaxed)",
    "image": "Image #2 <@123456789012345678>",
    "image-handle": "Image #3 @ana_test",
    "upscaled": "Upscaled by @ana_test (fast)",
    "upscaled-subtle": "Upscaled (Subtle) by <@123456789012345678> (fast)",
    "upscaled-creative": "Upscaled (Creative) by @ana_test (relaxed)",
    "upscaled-2x": "Upscaled (2x) by @ana_test (fast)",
    "upscaled-old": "Upscaled (Beta) by <@123456789012345678> (fast)",
    "variations": "Variations by <@123456789012345678> (fast)",
    "variations-strong": "Variations (Strong) by @ana_test (fast)",
    "variations-region": "Variations (Region) by <@123456789012345678> (relaxed, stealth)",
    "remix": "Remix (Subtle) by @ana_test (fast)",
    "pan": "Pan Left by <@123456789012345678> (fast)",
    "zoom": "Zoom Out by @ana_test (turbo)",
    "remaster": "Remaster by @ana_test (fast)",
    "of-tomorrow": "Retextured (Deep Blue) by @ana_test (fast)",
    "progress": "<@123456789012345678> (31%) (fast)",
    "progress-handle": "@ana_test (93%) (relaxed)",
    "waiting": "<@123456789012345678> (Waiting to start)",
    "paused": "@ana_test (Paused)",
    "stopped": "@ana_test (0%) (Stopped)",
    "edited": "@ana_test (fast) (edited)",
    "website": f"<@123456789012345678> [(Open on website for full quality)](<https://midjourney.com/jobs/{JOB}>) (fast)",
    "website-bracketed": f"<@123456789012345678> ([Open on website](https://www.midjourney.com/jobs/{JOB}?index=0)) (fast)",
    "website-behind": f"@ana_test (fast) [(Open on website for full quality)](<https://www.midjourney.com/app/jobs/{JOB}/>)",
}


@pytest.mark.parametrize("tail", TAILS.values(), ids=TAILS)
def test_a_message_gives_its_prompt_and_parameters_and_nothing_of_its_sender(tail: str) -> None:
    for text in (
        f"**{WORDS}** - {tail}",
        f"**{WORDS}** — {tail}",
        rf"\*\*{WORDS}\*\* - {tail}",
        f"  **{WORDS}**  -  {tail} \n",
    ):
        about = parse_description(text)
        assert (about.prompt, {name: one.text for name, one in about.parameters.items()}) == (PROMPT, {"ar": "3:4", "v": "6.1"})
        assert about.unknown_parameters == {}


@pytest.mark.parametrize("tail", TAILS.values(), ids=TAILS)
def test_a_message_copied_from_the_screen_has_no_stars(tail: str) -> None:
    if tail != TAILS["paused"]:
        assert unwrap(f"{WORDS} - {tail}").text == WORDS


@pytest.mark.parametrize("name", ["website", "website-bracketed", "website-behind"])
def test_the_link_to_the_website_names_the_job(name: str) -> None:
    assert parse_description(f"**{WORDS}** - {TAILS[name]}").job_id == JOB
    assert with_typed(MidJourney(), f"**{WORDS}** - {TAILS[name]}").job_id == JOB


@pytest.mark.parametrize(
    "text",
    [
        f"/imagine prompt: {WORDS}",
        f"/imagine prompt:{WORDS}",
        f"/imagine {WORDS}",
        f"/Imagine prompt {WORDS}",
        f"imagine prompt: {WORDS}",
        f"prompt: {WORDS}",
        f"Prompt : {WORDS}",
        f"**{WORDS}**",
        f"**{WORDS}",
        f"```{WORDS}```",
        f"Making variations for image #1 with prompt **{WORDS}** - <@123456789012345678> (Waiting to start)",
        f"Upscaling image #2 with **{WORDS}** - <@123456789012345678> (Waiting to start)",
        f"Rerolling **{WORDS}** - <@123456789012345678> (Waiting to start)",
        f"Midjourney Bot APP — Today at 10:30 AM\n{WORDS} - @ana_test (fast)",
        f"Midjourney BotBOT — 01/15/2024 10:30 AM\n**{WORDS}** - <@123456789012345678> (fast)",
        f"ana_test used /imagine\nMidjourney Bot\n**{WORDS}** - @ana_test (fast)",
        f"**{WORDS}** (fast)",
        f"**{WORDS}** <@123456789012345678> (fast)",
        f"**{WORDS}** - ana_test (fast)",
        f"**{WORDS}** - **@ana_test** (fast)",
        f"**{WORDS}**\n- @ana_test (fast)",
        f"**{WORDS}** - @ana_test (fast)\n\nimage.png",
        f"{WORDS} - @ana_test (fast)\nimage.png",
        f"**{WORDS}** - @ana_test (fast) \u2b50 3",
        f"> **{WORDS}** - @ana_test (fast)",
        f"<@123456789012345678> **{WORDS}** (fast)",
        f"@ana_test: **{WORDS}**",
        f"https://discord.com/channels/1/2/3 **{WORDS}** - @ana_test (fast)",
        f'"{WORDS}"',
        f"\u201c{WORDS}\u201d",
        f"[**{WORDS}**](<https://midjourney.com/jobs/{JOB}>) - @ana_test (fast)",
    ],
)
def test_every_frame_of_a_prompt_is_taken_off(text: str) -> None:
    assert unwrap(text).text == WORDS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("**<https://s.mj.run/abc-d> a woman --v 6** - @ana (fast)", "https://s.mj.run/abc-d a woman --v 6"),
        ("**a woman --sref <https://s.mj.run/a> <https://s.mj.run/b> --v 6** - @ana (fast)",
         "a woman --sref https://s.mj.run/a https://s.mj.run/b --v 6"),
        ("a woman --oref <https://s.mj.run/x> --ow 160", "a woman --oref https://s.mj.run/x --ow 160"),
        ("**[https://s.mj.run/a](<https://s.mj.run/a>) a woman** - @ana (fast)", "https://s.mj.run/a a woman"),
        ("**<https://s.mj.run/a> <https://s.mj.run/b> --v 7** - <@1> (fast)", "https://s.mj.run/a https://s.mj.run/b --v 7"),
    ],
)  # fmt: skip
def test_links_in_brackets_lose_them(text: str, words: str) -> None:
    assert unwrap(text).text == words


@pytest.mark.parametrize(
    "prompt",
    [
        "a woman - black and white",
        "portrait, photo by @ana, 85mm",
        "a **bold** poster",
        "**bold** - a word, then more",
        "imagine a world of glass",
        "a prompt: a short one",
        "a woman (fast) in a car",
        "woman with an e-mail ana@example.com on a sign",
        "a woman <3",
        "mujer - luz de ventana (suave)",
        "a 2x2 **grid** of **four** portraits",
        "a woman, happy \U0001f642",
        '"HELLO" on a sign',
        "> an arrow",
    ],
)
def test_a_prompt_that_only_looks_like_a_message_stays_whole(prompt: str) -> None:
    assert parse_description(prompt).prompt == prompt


def test_a_job_id_within_a_message_counts() -> None:
    about = parse_description(f"**{WORDS} Job ID: {JOB}** - @ana_test (fast)")
    assert (about.prompt, about.job_id, about.parameters["v"].text) == (PROMPT, JOB, "6.1")


def test_the_prompt_of_a_message_may_have_stars_and_dashes_of_its_own() -> None:
    assert unwrap("**a **big** cat - black --v 6** - @ana_test (fast)").text == "a **big** cat - black --v 6"


def test_a_message_is_unwrapped_wherever_it_stands() -> None:
    message = f"**{WORDS}** - @ana_test (fast)"
    for metadata, typed in (({"Description": message}, ""), ({"Comment": message}, ""), ({}, message)):
        about = merge("saved.png", metadata, typed_prompt=typed)
        assert (about.prompt, about.parameters["v"].text) == (PROMPT, "6.1")
    beside = merge("saved.png", {"Description": f"a man --v 7 Job ID: {JOB}"}, typed_prompt=message)
    assert (beside.prompt, beside.typed_prompt) == ("a man", WORDS)


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "[x](y)",
        "** - @a (fast) ",
        "open on website ",
        "https://",
        "(a)(b)",
        "<@1> ",
        "@a ",
        " - @a",
        "by ",
        "\u2b50",
        "\u2b50 1",
        '"--',
        "> ",
    ],
)
def test_a_tail_made_to_be_slow_is_read_at_once(piece: str) -> None:
    began = time.process_time()
    for text in ("**a** - " + piece * 400 + "!", "a - " + piece * 400 + "!", piece * 4000):
        assert len(unwrap(text).text) <= len(text)
    assert time.process_time() - began < 2.0  # of this process alone; read backwards from every sign it takes minutes
