"""The number called picks the business; before it is known there are still kind words."""

import pytest

from bot.errors import ContentError
from bot.events import Answered, Say, Silence, Transfer
from bot.reception import SORRY, Reception
from tests.fakes import NOW, ScriptedConversation


def test_the_business_that_was_called_holds_the_conversation():
    dialogue = ScriptedConversation([Say("Hello.")], [Say("Are you there?")])
    dialogue.last_understanding = None
    reception = Reception(lambda answered, now: (f"office of {answered.called}", dialogue))
    assert reception.open(Answered("", "01632 960555"), NOW) == [Say("Hello.")]
    assert reception.business_id == "office of 01632 960555"
    assert reception.hear(Silence(), NOW) == [Say("Are you there?")]
    assert reception.understood() is None
    reception.close(NOW)
    assert dialogue.log[-1] == "closed"


def test_a_number_that_nobody_has_leads_to_a_person_with_a_word():
    def nobody(answered, now):
        raise ContentError("content.no_business", "No business answers this number.")

    reception = Reception(nobody)
    with pytest.raises(ContentError):
        reception.open(Answered("", "0"), NOW)
    assert reception.fail("content.no_business", NOW) == [
        Say(SORRY, interruptible=False),
        Transfer("reception", "content.no_business"),
    ]
    reception.close(NOW)
