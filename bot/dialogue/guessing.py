"""Which of the likely wishes was meant: one is checked ("would you like to …?"), two or three are chosen between.

The likely ones are a conformal set of the understanding (the right one is among them 19 times in 20), without those
that cannot be offered or are much less likely than the first. Asked once where no form is open: before a wish is begun
that is hardly likelier than another, and instead of "I didn't get that".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.dialogue import spoken
from bot.dialogue.agenda import ROOTS
from bot.dialogue.between import Between
from bot.dialogue.floor import Floor
from bot.dialogue.question import Option, Question
from bot.dialogue.skill import Talk
from bot.dialogue.skills.answering import topic_name
from bot.dialogue.starting import Starting
from bot.dialogue.turn import Turn

LIKELY = 0.3
"""A wish that is at least so likely is offered."""

TOGETHER = 0.5
"""So likely that it is one of those offered; below, the choice would only puzzle."""

RIVAL = 0.4
"""Of the likeliest one's share: what is less likely is not offered beside it."""

MOST = 3
"""More are no question for the ear."""

SURE = 0.6
"""From which on a wish is begun without asking, however likely another one is."""


class Guessing:
    def __init__(self, floor: Floor, starting: Starting, between: Between) -> None:
        self.floor, self.starting, self.between = floor, starting, between

    def ask_if_torn(self, turn: Turn, talk: Talk) -> bool:
        """What was understood is begun, unless something else is nearly as likely: then it is asked which.

        Who names a service ("my tooth hurts") and is taken to want an appointment has said what for: nothing is asked.
        """
        if not turn.intent or turn.confidence >= SURE or not self._may_ask(turn, talk):
            return False
        if turn.intent == "book" and turn.first("service"):
            return False
        return turn.intent in self._rivals(turn, talk) and self._ask_which(turn, talk)

    def ask(self, turn: Turn, talk: Talk) -> bool:
        """What was not understood: two or three likely wishes, or the likeliest one, if there is any."""
        return self._may_ask(turn, talk) and (self._ask_which(turn, talk) or self._ask_whether(turn, talk))

    def may_guess(self, turn: Turn, talk: Talk) -> bool:
        """Whether a wish of ours is likely enough to be asked about."""
        return self._may_ask(turn, talk) and any(
            share >= LIKELY and self._name(intent, talk) for intent, share in turn.ranking
        )

    def take(self, turn: Turn, talk: Talk) -> bool:
        """False when the turn is no answer to such a question."""
        floor = self.floor
        if talk.asked not in ("guess", "which") or floor.guessed is None:
            return False
        if talk.asked == "guess":
            meant = floor.guess if turn.yes else ""
        else:
            meant = _chosen(turn, [option.value for option in talk.question.options] if talk.question else [])
        if meant:
            return self._begin(meant, floor.guessed, talk)
        if not turn.no and not turn.says("neither|none|something else"):
            return False
        floor.ask(talk.ask("what_else", "free", options=floor.menu))
        return True

    def _may_ask(self, turn: Turn, talk: Talk) -> bool:
        return not self.floor.agenda.stack and talk.asked in ROOTS and not turn.keypad

    def _ask_which(self, turn: Turn, talk: Talk) -> bool:
        close = self._rivals(turn, talk)
        if not 2 <= len(close) <= MOST or sum(close.values()) < TOGETHER:
            return False
        options = [Option(intent, self._name(intent, talk)) for intent in close]
        names = spoken.either([option.label for option in options])
        ways = [_wanted(talk, intent).removeprefix("to ") for intent in close if talk.wording.knows(f"guess_{intent}")]
        self._asked(talk.ask("which", "choice", options=options, phrases=ways, words={"wishes": names}), "", turn)
        return True

    def _rivals(self, turn: Turn, talk: Talk) -> dict[str, float]:
        """Likely wishes that can be offered, best first, with their shares."""
        likely = [one for one in turn.ranking if not turn.close or one[0] in turn.close]
        offered = [one for one in likely if self._name(one[0], talk)]
        return {intent: share for intent, share in offered if share >= RIVAL * offered[0][1]}

    def _ask_whether(self, turn: Turn, talk: Talk) -> bool:
        best = next(((intent, share) for intent, share in turn.ranking if self._name(intent, talk)), None)
        if best is None or best[1] < LIKELY:
            return False
        intent = best[0]
        if talk.wording.knows(f"guess_{intent}"):
            question = talk.ask("guess", "yes_no", words={"guess": _wanted(talk, intent)})
        else:
            about = talk.ask("guess_about", "yes_no", words={"guess": self._name(intent, talk)})
            question = about.at("guess")
        self._asked(question, intent, turn)
        return True

    def _asked(self, question: Question, guess: str, turn: Turn) -> None:
        self.floor.guess, self.floor.guessed = guess, turn
        self.floor.ask(question)

    def _begin(self, intent: str, turn: Turn, talk: Talk) -> bool:
        """With all that was said at first: the day and the treatment are in it."""
        meant = replace(turn, intent=intent, confidence=1.0, close=())
        if not intent.startswith("faq/"):
            return self.starting.start(intent, meant, talk)
        self.between.answer(meant, talk)
        self.floor.root(talk)
        return True

    def _name(self, intent: str, talk: Talk) -> str:
        """How it is called in a question; "" for what cannot be offered."""
        if intent.startswith("faq/"):
            key = intent.removeprefix("faq/")
            return topic_name(key, talk) if key in talk.faq else ""
        known = intent in self.floor.agenda.tasks or intent == "opening_hours"
        return self.floor.names.get(intent, "") if known else ""


def _chosen(turn: Turn, offered: list[str]) -> str:
    """By number, or in words: of what was offered, what the answer is likeliest to be. "" when it is none."""
    if turn.option and turn.option <= len(offered):
        return offered[turn.option - 1]
    if turn.no or turn.says("neither|none|something else"):
        return ""
    best = turn.ranking[0][0] if turn.ranking else turn.intent
    return best if best in offered else _only(turn.ranking, offered)


def _only(ranking: tuple[tuple[str, float], ...], offered: list[str]) -> str:
    """The question was which of these: what else the answer might mean counts less. Twice as likely as the next."""
    shares: Mapping[str, float] = {intent: share for intent, share in ranking if intent in offered}
    best = sorted(shares, key=lambda intent: -shares[intent])
    if not best or shares[best[0]] < LIKELY / 2:
        return ""
    return best[0] if len(best) == 1 or shares[best[0]] >= 2 * shares[best[1]] else ""


def _wanted(talk: Talk, intent: str) -> str:
    """ "to book an appointment", inside a sentence."""
    text = talk.wording.text(f"guess_{intent}")
    return text[:1].lower() + text[1:]
