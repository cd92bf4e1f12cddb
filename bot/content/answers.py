"""What is said: the wordings of `responses.yml`, for every channel or for one, and the answers of `faq.yml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content.lengths import MAX_WORDS, too_long_to_hear
from bot.content.yaml_form import Entry, Form, mistake, read_yaml

CHANNELS = ("phone", "browser")
"""For which a wording may stand alone (`channel:`, as in Rasa): in the browser callers see the page, too."""

_VARIABLE = re.compile(r"{([a-z][a-z0-9_]*)}")


@dataclass(frozen=True)
class Faq:
    id: str
    questions: tuple[str, ...]
    answer: str
    """With {variables}, each of them one of the business's facts."""


def read_responses(path: Path, beside: str = "") -> dict[str, tuple[tuple[str, ...], Entry]]:
    """`utter_…` → its texts and where they are, from Rasa's `responses:`."""
    form = Form(read_yaml(path), "responses", f"version {beside}")
    found = {}
    for name, entry in form["responses"].fields().items():
        if not name.startswith("utter_"):
            raise entry.wrong(f"the name must start with utter_, like utter_{name}.")
        if not (texts := texts_of(entry)):
            raise entry.wrong("one text at least must be there without a channel, for all the others.")
        found[name] = (texts, entry)
    return found


def texts_of(entry: Entry, channel: str = "") -> tuple[str, ...]:
    """Of one answer, those for that channel alone; "" for those for every channel."""
    return tuple(text for text, of in map(_wording, entry.items()) if of == channel)


def _wording(item: Entry) -> tuple[str, str]:
    """The text, and the channel it is for."""
    form = Form(item, "text", "channel condition metadata")
    field = form["text"]
    text = " ".join(field.text().split())
    if wrong := too_long_to_hear(text):
        raise field.wrong(wrong)
    if "{" in _VARIABLE.sub("", text) or "}" in _VARIABLE.sub("", text):
        raise field.wrong("variables are small letters in curly brackets, like {phone}; nothing else may be in them.")
    channel = form.fields.get("channel")
    if channel and channel.text() not in CHANNELS:
        raise channel.wrong(f"a channel is one of {', '.join(CHANNELS)}.")
    return text, channel.text() if channel else ""


def read_faq(
    path: Path,
    examples: Mapping[str, tuple[str, ...]],
    answers: Mapping[str, tuple[tuple[str, ...], Entry]],
    facts: Mapping[str, str],
) -> dict[str, Faq]:
    """Questions joined with their answers. Raises ContentError when either is lacking or an answer cannot be spoken."""
    asked = {intent.removeprefix("faq/") for intent in examples if intent.startswith("faq/")}
    found: dict[str, Faq] = {}
    for name, (texts, entry) in answers.items():
        key = name.removeprefix("utter_faq/")
        if key not in asked:
            raise entry.wrong(f"nobody asks for this answer; add an intent faq/{key} with phrases.")
        _check_answer(texts, entry, facts)
        found[key] = Faq(key, examples[f"faq/{key}"], texts[0])
    if unanswered := asked - set(found):
        raise mistake(
            path,
            1,
            f"these questions have no answer: {', '.join(sorted(unanswered))}; add utter_faq/… under responses.",
        )
    return found


def _check_answer(texts: tuple[str, ...], entry: Entry, facts: Mapping[str, str]) -> None:
    if len(texts) != 1:
        raise entry.wrong("exactly one answer is expected, as “- text: …”.")
    if len(texts[0].split()) > MAX_WORDS:
        raise entry.wrong(f"the answer is too long to listen to; keep it under {MAX_WORDS} words.")
    for name in _VARIABLE.findall(texts[0]):
        if name not in facts:
            raise entry.wrong(f"{{{name}}} is not known; add “{name}: …” under facts in business.yml, or use another.")
