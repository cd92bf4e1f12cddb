"""Questions that belong to no form: shall we carry on? anything else? how can I help?"""

from __future__ import annotations

import re

from bot.dialogue.agenda import ROOTS
from bot.dialogue.floor import Floor
from bot.dialogue.skill import Form, Talk
from bot.dialogue.starting import Starting
from bot.dialogue.turn import Turn

ENOUGH = re.compile(
    r"^(?:(?:no|nope|okay|right|oh|um|well|great|perfect|lovely|brilliant|wonderful|super|fine|cheers|ta|thanks|"
    r"thank you|much|a lot|then|now|bye|goodbye|i (?:don't|do not|haven't)|have|got|one|any|anything|else|that'?s|"
    r"that is|that'?ll be|it|all|everything|for|today|nothing|more|i'm|we're|good|done|you've been|helpful|very|"
    r"so)\b[ ,]*)+$"
)
"""Nothing else is wanted: thanks, no and goodbye in any order."""
ENDS = (
    r"no|nope|nothing|bye|goodbye|thanks|thank you|cheers|ta|(don't|do not|haven't)|that'?s|that is|that'?ll be|"
    r"done|good"
)

PLAIN = ("", "all", "everything", "nothing else", "everything all", "all everything", "bye", "goodbye")


class Roots:
    def __init__(self, floor: Floor, starting: Starting) -> None:
        self.floor = floor
        self.starting = starting
        self.resume: Form | None = None
        """What a cut-off caller left, while it is offered."""
        self._told_more = False

    def take(self, turn: Turn, talk: Talk) -> bool:
        """False when the turn is no answer to such a question."""
        floor = self.floor
        if talk.asked == "resume" and (turn.yes or turn.no) and not turn.entities:
            return self._resume(turn.yes, talk)
        if talk.asked == "anything_else" and ENOUGH.search(turn.text) and turn.says(ENDS) and not turn.keypad:
            floor.bye(talk)
            return True
        if talk.asked == "anything_else" and not turn.entities and (turn.keypad or turn.rest() in PLAIN):
            return self._anything_else(turn, talk)
        if (
            talk.asked in ROOTS
            and turn.no
            and not turn.entities
            and turn.rest() in PLAIN
            and turn.intent in ("deny", "")
        ):
            self.floor.bye(talk)
            return True
        if talk.asked in ("how_help", "what_else") and turn.yes and not turn.entities and turn.rest() == "":
            return self._tell_more(talk)
        if talk.question and talk.question.options == floor.menu and turn.option:
            return self.starting.start(floor.menu[turn.option - 1].value, turn, talk)
        return False

    def _tell_more(self, talk: Talk) -> bool:
        """ "Yes", asked what they would like: what there is, once."""
        first, self._told_more = not self._told_more, True
        if first:
            self.floor.ask(talk.ask("what_else_more", "free", options=self.floor.menu).at("what_else"))
        return first

    def _anything_else(self, turn: Turn, talk: Talk) -> bool:
        if (
            turn.no
            or turn.intent in ("thanks", "goodbye")
            or turn.says("that's (all|everything|it)|that is all|nothing")
        ):
            self.floor.bye(talk)
        elif turn.yes:
            self.floor.ask(talk.ask("what_else", "free", options=self.floor.menu))
        else:
            return False
        return True

    def _resume(self, wanted: bool, talk: Talk) -> bool:
        if wanted and self.resume:
            talk.say("resuming")
            self.floor.agenda.begin(self.resume, None, talk)
            self.floor.go_on(talk)
        else:
            self.floor.ask(talk.ask("how_help", "free", options=self.floor.menu))
        self.resume = None
        return True
