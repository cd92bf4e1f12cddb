"""What is typed is what was said."""

import pytest

from bot.channels.keyboard import as_heard, chat
from bot.errors import StoreError
from bot.events import Answered, Digits, HangUp, Hypothesis, Say, Silence, Transfer, Utterance
from tests.fakes import NOW, ScriptedConversation


class ScriptedTypist:
    def __init__(self, *lines):
        self.lines, self.shown = list(lines), []

    def read(self):
        return self.lines.pop(0) if self.lines else None

    def show(self, text):
        self.shown.append(text)


@pytest.mark.parametrize(
    ("line", "heard"),
    [
        ("", Silence()),
        ("  ", Silence()),
        ("1", Digits("1")),
        ("1503#", Digits("1503")),
        ("#", Digits("#")),
        ("*", Digits("*")),
        ("Book me in, please!", Utterance((Hypothesis("book me in, please"),))),
    ],
)
def test_a_line_is_speech_keys_or_silence(line, heard):
    assert as_heard(line) == heard


def test_a_call_goes_on_until_the_bot_hangs_up():
    typist = ScriptedTypist("goodbye", "never read")
    conversation = ScriptedConversation([Say("Hello.")], [Say("Bye."), HangUp()])
    chat(typist, conversation, lambda: NOW, Answered(""))
    assert typist.shown == ["Hello.", "Bye.", "[the bot hung up]"]
    assert typist.lines == ["never read"]
    assert conversation.log[-1] == "closed"


def test_a_fault_brings_a_person():
    typist = ScriptedTypist("hello")
    gone = StoreError("store.gone", "The database is gone.")
    conversation = ScriptedConversation([Say("Hello.")], gone, failing=[Say("Sorry."), Transfer("reception", "fault")])
    chat(typist, conversation, lambda: NOW, Answered(""))
    assert typist.shown == ["Hello.", "Sorry.", "[you are passed to a person: reception]"]
    assert "store.gone" in conversation.log


def test_the_end_of_the_input_ends_the_call():
    conversation = ScriptedConversation([Say("Hello.")])
    chat(ScriptedTypist(), conversation, lambda: NOW, Answered(""))
    assert conversation.log[-1] == "closed"
