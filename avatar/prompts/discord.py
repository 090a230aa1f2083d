"""Takes the prompt out of a message of MidJourney's bot on Discord, as it is copied or kept by other programs. Pure.

A message is `**<prompt> --parameters** - <@sender> (fast)`; of other pictures "Image #2", "Upscaled (Subtle) by" or
"Pan Left by" stand before the sender, and behind it progress, mode and a link to the job [trueai-org/midjourney-proxy].
The sender's name is neither prompt nor parameter: it must not get into a caption.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from avatar.prompts.parameters import UUID

TAIL_CHARACTERS = 600  # [choice] what follows a prompt is never longer: sender, mode and two links
_MODES = r"fast|relax(?:ed)?|turbo|stealth|public|private|draft|raw|paused|stopped|queued|edited|waiting to start|\d{1,3} ?%"
# No two of these begin alike: else a crafted tail would take exponential time.
_STATUS = (
    r"(?:\([^()]{0,200}\)|\(\[[^\[\]]{0,80}\]\([^()\s]*\)\)|\[[^\[\]]{0,80}\]|<https?://[^<>\s]+>"
    r"|https?://[^\s()<>\[\]]+(?=\s|$)|open on website(?: for full quality)?|(?:today|yesterday) at \d{1,2}[:.]\d\d(?: [ap]m)?)"
)
_MODE = rf"\((?:[^()]*,\s*)?(?:{_MODES})(?:\s*,[^()]*)?\)"
# "Upscaled (Subtle) by", "Variations (Strong) by", "Pan Left by", "Image #2": a capital first, so that it is no prose.
_ACTION = r"(?:Image\s*\#\d+(?:\s+by)?|[A-Z][\w' /.+-]{1,40}(?:\([^()]{1,40}\)\s*)?\s*\bby)"
_MENTION = r"<@[!&]?\d+>"
_HANDLE = r"@[^\s()<>\[\]@]{1,40}"
_LONG_NAME = r"@[^()<>\[\]@\n]{1,60}"  # a name as it is shown: "@Ana Test"
_PLAIN_NAME = rf"[\w.]{{2,40}}(?=\s*{_MODE})"

_BOLD_TAIL = re.compile(
    rf"\s*(?:[-–—]\s*)?(?:{_ACTION}\s*)?(?:{_MENTION}|{_LONG_NAME}|{_PLAIN_NAME})?\s*(?:{_STATUS}\s*)*", re.IGNORECASE
)
# Without the bold marks a tail has to say more: who sent it, and what MidJourney did or how.
_PLAIN_TAIL = re.compile(
    rf"(?:{_ACTION}\s*(?:{_MENTION}|{_LONG_NAME})|{_MENTION}|{_LONG_NAME}\s*(?:\([^()]{{0,40}}\)\s*)?{_MODE}|{_PLAIN_NAME}\s*{_MODE}|{_HANDLE})"
    rf"\s*(?:{_STATUS}\s*)*"
)
_DASH = re.compile(r"\s[-–—]\s+")
_SENDER_OF_BOT = re.compile(r"\Amidjourney bot\b[^\n]*\n+", re.IGNORECASE)
# "Making variations for image #1 with prompt **…**", "Upscaling image #2 with **…**"
_DOING = re.compile(r"\s*(?:[A-Z][a-z]+ing\b[^*\n]{0,80}|[^*]*\n)?\s*", re.DOTALL)
# Who speaks, or where it was said, before the bold words.
_BEFORE = re.compile(r"\s*(?:(?:<@[!&]?\d+>|@[^\s:*]{1,40}|https://discord\S+)\s*[:,>-]?\s*)*")
_REACTIONS = re.compile(r"(?:\s*[\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff](?:\s?\d+)?)+$")
_QUOTES = '"\u201c\u201d\u201e\u00ab\u00bb'
_COMMAND = re.compile(
    r"(?:/\s*(?:imagine|blend|shorten|prefer\s+\w+)\b(?:\s+prompt\b)?\s*:?|(?:imagine\s+)?prompt\s*:)\s*", re.IGNORECASE
)
_JOB_LINK = re.compile(rf"midjourney\.com/(?:app/)?jobs?/({UUID.pattern})", re.IGNORECASE)
_MARKDOWN_LINK = re.compile(r"\[(?P<words>[^\[\]\n]{0,600})\]\(<?(?P<link>https?://[^()<>\s]+)>?\)")
_ANGLED_LINK = re.compile(r"<(https?://[^<>\s]+)>")


@dataclass(frozen=True)
class Message:
    """The words of a message that are the user's, and the job that its link names."""

    text: str
    job_id: str | None = None


def unwrap(text: str) -> Message:
    """Return prompt and parameters of a message, without its frame; any other text as it is, but for "/imagine prompt:"."""
    text = text.strip().strip("\ufeff`").strip()
    if r"\*\*" in text:  # escaped by a program that exports chats
        text = re.sub(r"\\([*_~<>@#`|()\[\]-])", r"\1", text)
    if text.startswith(">") and ("**" in text or "--" in text):
        text = re.sub(r"^> ?", "", text, flags=re.MULTILINE)
    text = _SENDER_OF_BOT.sub("", text, count=1)
    job = _JOB_LINK.search(text)
    bare = text[:-100] + _REACTIONS.sub("", text[-100:])
    words = _without_frame(bare)
    words = _unquoted(text if words == bare else words)  # without a frame, the last picture is the prompt's
    words = _COMMAND.sub("", words, count=1) if _COMMAND.match(words) else words
    words = _ANGLED_LINK.sub(r"\1", _MARKDOWN_LINK.sub(_words_or_link, words))
    return Message(words.strip(), job[1].lower() if job else None)


def _unquoted(text: str) -> str:
    """Return a prompt with parameters without the quotation marks around all of it."""
    inner = text.strip()[1:-1]
    around = text.strip()[:1] in _QUOTES and text.strip()[-1:] in _QUOTES
    return inner if around and "--" in inner and not set(inner) & set(_QUOTES) else text


def _words_or_link(found: re.Match[str]) -> str:
    """Return the words of a link that holds the prompt, else where it leads: a picture to start from."""
    return found["words"].replace("**", "") if "**" in found["words"] or "--" in found["words"] else found["link"]


def _without_frame(text: str) -> str:
    """Return the words within the frame of a message."""
    start = max(0, len(text) - TAIL_CHARACTERS)
    first = text.find("**")
    if first >= 0:
        for mark in re.finditer(r"\*\*", text[start:]):
            begin = start + mark.start()
            tail = text[begin + 2 :].replace("**", "")
            if begin > first and (_BOLD_TAIL.fullmatch(tail) or _sent_and_more(tail)):
                lead = _BEFORE.sub("", text[:first], count=1)
                return ("" if _DOING.fullmatch(lead) else lead) + text[first + 2 : begin]
    for dash in _DASH.finditer(text, start):
        end = text.find("\n", dash.end())
        if _PLAIN_TAIL.fullmatch(text, dash.end(), len(text) if end < 0 else end):
            return text[: dash.start()].removeprefix("**").removesuffix("**")
    return text.removeprefix("**") if text.count("**") == 1 else text


def _sent_and_more(tail: str) -> bool:
    """Return whether the first line of a tail says who sent it; below it stand the names of attached files."""
    line, more, _ = tail.lstrip("\n").partition("\n")
    return bool(more) and "@" in line and _BOLD_TAIL.fullmatch(line) is not None
