"""A call with the keyboard: what is typed is what was said; a line of digits only is the keypad.

There is no sound, so there is no inbox and no turn-taking: a line in, the bot's sentences out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from bot.dialogue.conversation import Conversation
from bot.errors import FrontdeskError
from bot.events import Action, Answered, Digits, HangUp, Heard, Hypothesis, Say, Silence, Transfer, Utterance
from bot.run import Clock

KEYPAD = set("0123456789*#")


class Typist(Protocol):
    """`read` gives the next line, None at the end; `show` prints what the bot says."""

    def read(self) -> str | None: ...
    def show(self, text: str) -> None: ...


def chat(
    typist: Typist,
    conversation: Conversation,
    clock: Clock,
    answered: Answered,
    observe: Callable[[Heard | Action], None] = lambda item: None,
) -> None:
    """Runs until one of the two hangs up."""
    actions: Iterable[Action] = conversation.open(answered, clock())
    try:
        while _show(actions, typist, observe) and (line := typist.read()) is not None:
            heard = as_heard(line)
            observe(heard)
            try:
                actions = conversation.hear(heard, clock())
            except FrontdeskError as error:
                actions = conversation.fail(error.code, clock())
    finally:
        conversation.close(clock())


def as_heard(line: str) -> Heard:
    """An empty line is silence, digits are the keypad, the rest is speech as a recogniser would write it."""
    text = " ".join(line.lower().split())
    if not text:
        return Silence()
    if set(text) <= KEYPAD:
        return Digits(text.rstrip("#") or "#")
    return Utterance((Hypothesis(text.strip(" .!?")),))


def _show(actions: Iterable[Action], typist: Typist, observe: Callable[[Heard | Action], None]) -> bool:
    """False when the call is over."""
    for action in actions:
        observe(action)
        match action:
            case Say(text):
                typist.show(text)
            case Transfer(queue):
                typist.show(f"[you are passed to a person: {queue}]")
                return False
            case HangUp():
                typist.show("[the bot hung up]")
                return False
    return True
