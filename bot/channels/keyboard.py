"""A call with the keyboard: what is typed is what was said; a line of digits only is the keypad.

There is no sound, so there is no inbox and no turn-taking: a line in, the bot's sentences out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from bot.dialogue.conversation import Clock, Conversation
from bot.errors import FrontdeskError
from bot.events import (
    Action,
    Answered,
    Digits,
    HangUp,
    Heard,
    Hypothesis,
    Observe,
    Replied,
    Say,
    Silence,
    StartedSpeaking,
    Think,
    Transfer,
    Utterance,
)

KEYPAD = set("0123456789*#")


class Typist(Protocol):
    """`read` gives the next line, None at the end; `show` prints what the bot says."""

    def read(self) -> str | None: ...
    def show(self, text: str) -> None: ...


def chat(
    typist: Typist, conversation: Conversation, clock: Clock, answered: Answered, observe: Observe = lambda item: None
) -> None:
    """Runs until one of the two hangs up; `observe` sees what it would see of a spoken call."""
    observe(answered)
    actions: Iterable[Action] = conversation.open(answered, clock())
    turn = 0
    try:
        while _act(actions, typist, observe) and (line := typist.read()) is not None:
            turn += 1
            heard = as_heard(line)
            observe(Think(turn, heard))
            try:
                actions = conversation.hear(heard, clock())
            except FrontdeskError as error:
                actions = conversation.fail(error.code, clock())
            observe(Replied(turn, tuple(actions)))
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


def _act(actions: Iterable[Action], typist: Typist, observe: Observe) -> bool:
    """False when the call is over."""
    for action in actions:
        observe(action)
        match action:
            case Say(text):
                observe(StartedSpeaking(action))
                typist.show(text)
            case Transfer(queue):
                typist.show(f"[you are passed to a person: {queue}]")
                return False
            case HangUp():
                typist.show("[the bot hung up]")
                return False
    return True
