"""Finding a time together: what is said about the wish is taken, times are offered, and the chosen one is held.

Shared by booking and moving. The diary decides what is possible (`looking`); this keeps where we are with the caller.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from bot.appointments.diary import SlotTaken
from bot.appointments.model import Slot
from bot.dialogue import choices, offers, spoken
from bot.dialogue.looking import OFFERED, Found, distinct, in_order, look, look_wider
from bot.dialogue.question import Question
from bot.dialogue.reasons import said_impossible_day, said_unknown_branch, too_far
from bot.dialogue.relative import told_from
from bot.dialogue.skill import Talk
from bot.dialogue.slots import SLOTS, WishSlots
from bot.dialogue.turn import Turn
from bot.dialogue.wish_questions import WishQuestions
from bot.dialogue.wish_words import NOT_THAT
from bot.nlu.understanding import DateMention, TimeMention

BARE_LATER = re.compile(r"^(?:no|nah|nope|um|uh|bit|a|sorry|\s)*(later|earlier)(?: please)?$")
LATER_IN_WEEK = re.compile(r"\blater (in|on in|on) (the|that|this) week\b")
WEEK_LATER = re.compile(r"\b(a|the|one) week (after|later)|(the )?following week\b")


@dataclass(slots=True)
class Search:
    """The wish, what is on offer for it, and what was chosen."""

    slots: WishSlots = field(default_factory=WishSlots)
    questions: WishQuestions = field(default_factory=WishQuestions)
    offers: tuple[Slot, ...] = ()
    chosen: Slot | None = None
    nothing: bool = False
    """The diary has nothing at all: only the waiting list is left."""
    waiting: bool = False
    """The caller wants to be on the waiting list."""
    said_yes: bool = False
    """To several times: which one?"""
    refused_day: dt.date | None = None
    """The day of what was refused: "Thursday, then" is the Thursday of that week."""

    # Taking ---------------------------------------------------------------------------

    def take(self, turn: Turn, talk: Talk) -> bool:
        if talk.asked == "waiting_list":
            return self._take_waiting(turn, talk)
        if talk.asked == "first_offer" and turn.yes and not turn.no:
            self.chosen = self.offers[0]
            return True
        self.questions.take_silent_yes(turn, self.slots, talk)
        return (
            self.questions.take_option(turn, self.slots, talk)
            or self.questions.take_first_service(turn, self.slots, talk)
            or self._joins_waiting_list(turn, talk)
            or self._take_about_found(turn, talk)
            or self._take_wish(turn, talk)
            or self.questions.take_unsure(turn, talk)
        )

    def _joins_waiting_list(self, turn: Turn, talk: Talk) -> bool:
        """ "Can't you put me on a list instead?"."""
        if self.questions.fixed or not self.slots.service or turn.intent != "waiting_list" or turn.keypad:
            return False
        self._forget_found(talk)
        self.waiting = True
        return True

    def _take_about_found(self, turn: Turn, talk: Talk) -> bool:
        """What is said about the times on offer, or about the one that was chosen."""
        if not (self.chosen or self.offers):
            return False
        if self._take_other_branch(turn, talk) or self._take_told_from(turn, talk):
            return True
        if self.offers and talk.asked in ("offer", "first_offer"):
            return self._take_offer(turn, talk)
        return self.take_later(turn, talk) or self._take_hour(turn, talk)

    def _take_other_branch(self, turn: Turn, talk: Talk) -> bool:
        """ "Not that branch", when it was us who chose it."""
        if not NOT_THAT["branch"].search(turn.text) or not self.slots.is_open("branch") or turn.first("branch"):
            return False
        self._forget_found(talk)
        self.questions.wants_branch = talk.corrected = True
        return True

    def _take_told_from(self, turn: Turn, talk: Talk) -> bool:
        """ "An hour later", when one time is talked about."""
        shown = (self.chosen,) if self.chosen else self.offers
        if len(shown) != 1 or turn.keypad:
            return False
        said = told_from(turn, shown[0].start)
        return said is not turn and self._take_wish(said, talk)

    def _take_offer(self, turn: Turn, talk: Talk) -> bool:
        self.said_yes = False
        chosen = offers.choose(turn, self.offers)
        if chosen is not None:
            self.chosen = chosen
            return True
        if self.take_later(turn, talk) or self._take_hour(turn, talk):
            return True
        named = turn.first("date") or turn.first("time") or turn.first("staff") or turn.first("branch")
        if turn.intent == "dont_know" and not named and talk.asked == "offer":
            self.said_yes = True
            return True
        if (offers.wants_other(turn) or turn.no) and not named:
            if talk.asked == "offer":
                self.refuse(talk)
            return True
        self.said_yes = turn.yes and turn.rest() == "" and not named
        return self.said_yes

    def _take_hour(self, turn: Turn, talk: Talk) -> bool:
        """ "No, ten", about times: a bare number is an hour, and neither a name nor a figure."""
        number = turn.value("number")
        bare = turn.rest() in ("", "ok") and len(turn.entities) == 1 and not turn.keypad
        least = 1 if self.chosen else len(self.offers) + 1
        if not bare or not isinstance(number, int) or not least <= number <= 12:
            return False
        self._stay_on_day_shown()
        morning, evening = dt.time(number % 12), dt.time(number % 12 + 12)
        self._forget_found(talk)
        self.slots.time = TimeMention(morning, morning, (evening,))
        talk.corrected = True
        return True

    def _take_wish(self, turn: Turn, talk: Talk) -> bool:
        impossible = said_impossible_day(turn, talk)
        turn = turn.without_entities("date") if impossible else turn
        impossible = said_unknown_branch(turn, talk) or impossible
        filled = {slot for slot in SLOTS if not self.slots.is_open(slot)}
        taken = self.slots.take(turn, talk.business, talk.today, talk.asked, self._day_shown())
        changed = [slot for slot in taken if slot not in self.questions.fixed]
        if not changed:
            return impossible or self._said_again(turn)
        if filled & set(changed) and not self.offers:
            talk.corrected = True
        if changed == ["time"]:
            self._stay_on_day_shown()
        self._fit(changed, talk)
        self._forget_found(talk)
        if turn.doubtful:
            self.questions.doubtful = tuple(changed)
        return True

    def _day_shown(self) -> dt.date | None:
        """The one day that the times on offer are on."""
        days = {slot.start.date() for slot in ((self.chosen,) if self.chosen else self.offers)}
        return days.pop() if len(days) == 1 else self.refused_day

    def _stay_on_day_shown(self) -> None:
        """Another time is meant on the day that is talked about, when the one wished for had none."""
        shown = self._day_shown() if self.offers or self.chosen else None
        if shown and self.slots.day and not self.slots.day.first <= shown <= self.slots.day.last:
            self.slots.day = DateMention(shown, shown)

    def _said_again(self, turn: Turn) -> bool:
        """ "Harbour then", when it is the Harbour branch already."""
        said = {"service": self.slots.service, "branch": self.slots.branch, "staff": self.slots.staff}
        return turn.rest() == "" and any(value and turn.value(slot) == value for slot, value in said.items())

    def _fit(self, changed: list[str], talk: Talk) -> None:
        """A changed service may rule out the person; a changed person the branch."""
        staff = talk.business.staff.get(self.slots.staff or "")
        if staff is None:
            return
        if self.slots.service and self.slots.service not in staff.services:
            if "staff" in changed:
                service = choices.service_name(talk, self.slots.service)
                talk.say("staff_does_not_do", staff=staff.name, service=service)
            self.slots.empty("staff")
        elif self.slots.branch and self.slots.branch not in staff.hours:
            if "staff" in changed:
                places = spoken.either([f"the {talk.business.branches[branch].name}" for branch in staff.hours], "and")
                branch = talk.business.branches[self.slots.branch].name
                talk.say("staff_elsewhere", staff=staff.name, branch=branch, places=places)
                self.slots.empty("branch")
            else:
                talk.say("staff_not_there", staff=staff.name, branch=talk.business.branches[self.slots.branch].name)
                self.slots.empty("staff")

    def _take_waiting(self, turn: Turn, talk: Talk) -> bool:
        if turn.yes:
            self.waiting = True
            return True
        if self._take_wish(turn, talk):
            self.nothing = False
            return True
        if turn.no:
            self.nothing = False
            self.refuse(talk)
            return True
        return False

    # Changing one's mind -------------------------------------------------------------

    def refuse(self, talk: Talk) -> None:
        """None of these: day and time are open again."""
        self.questions.refusals += 1
        self.refused_day = self._day_shown()
        self._forget_found(talk)
        self.slots.empty("time")
        self.slots.empty("day")

    def reopen(self, slot: str, talk: Talk) -> None:
        """The caller wants another day, time, branch …"""
        self._forget_found(talk)
        self.slots.empty(slot)
        self.questions.wants_staff |= slot == "staff"

    def take_later(self, turn: Turn, talk: Talk) -> bool:
        """ "A bit later?", "the week after?" about the times on offer or the one chosen."""
        shown = self.offers if self.chosen is None else (self.chosen,)
        if not shown:
            return False
        if self._take_told_from(turn, talk):
            return True
        day = shown[0].start.date()
        if WEEK_LATER.search(turn.text):
            return self._look_at(day + dt.timedelta(days=7), day + dt.timedelta(days=7), talk)
        if LATER_IN_WEEK.search(turn.text):
            sunday = day + dt.timedelta(days=6 - day.weekday())
            return self._look_at(day + dt.timedelta(days=1), max(sunday, day + dt.timedelta(days=1)), talk)
        bare = BARE_LATER.search(turn.text) if self.chosen else None
        direction = bare[1] if bare else offers.wants_other(turn)
        if direction not in ("later", "earlier"):
            return False
        self._look_beyond(shown, direction, talk)
        return True

    def _look_at(self, first: dt.date, last: dt.date, talk: Talk) -> bool:
        self._forget_found(talk)
        self.slots.day, self.slots.soon = DateMention(first, last), False
        return True

    def _look_beyond(self, shown: tuple[Slot, ...], direction: str, talk: Talk) -> None:
        """ "Anything later?": on the same day after the last offer; there may be nothing, and then other days come."""
        times = sorted(slot.start for slot in shown)
        day, step = times[0].date(), dt.timedelta(minutes=5)
        self._forget_found(talk)
        self.slots.day = DateMention(day, day)
        if direction == "earlier":
            self.slots.time = TimeMention(dt.time(0, 0), (times[0] - step).time())
        else:
            self.slots.time = TimeMention((times[-1] + step).time(), dt.time(23, 59))
        self.slots.any.discard("time")

    # Next question -----------------------------------------------------------------------

    def step(self, talk: Talk) -> Question | None:
        """None when a time is chosen and held, or the caller wants to wait for one."""
        if self.waiting:
            return None
        if too_far(self.slots, talk):
            self.reopen("day", talk)
        return self.missing(talk) or self._found(talk)

    def missing(self, talk: Talk) -> Question | None:
        """The question for what is still open."""
        has_times = self.chosen is not None or bool(self.offers) or self.nothing
        return self.questions.next(self.slots, talk, has_times)

    def _found(self, talk: Talk) -> Question | None:
        if self.chosen is None and not self.offers and not self.nothing:
            self._show(look(self.slots, talk))
        if self.chosen is not None:
            self._hold(self.chosen, talk)
        if self.chosen is not None:
            return None
        if not self.offers:
            return talk.ask("waiting_list", "yes_no")
        if self.said_yes and len(self.offers) > 1:
            return choices.ask_first_offer(talk, self.offers[0])
        return choices.ask_offer(talk, self.offers, self.slots.wish(talk.business, talk.today))

    def _show(self, found: Found) -> None:
        self.chosen, self.offers = found.chosen, found.offers
        self.nothing = found == Found()

    # Holding ------------------------------------------------------------------------------

    def _hold(self, slot: Slot, talk: Talk) -> None:
        """Keep it while the caller decides; lost in the same instant, the others are offered."""
        try:
            talk.desk.hold(slot, talk.call_id, talk.now)
        except SlotTaken as taken:
            self.lost(talk, taken)

    def lost(self, talk: Talk, taken: SlotTaken) -> None:
        talk.say("just_taken")
        self._forget_found(talk)
        self.offers = in_order(distinct(taken.alternatives)[:OFFERED])
        if not self.offers:
            self._show(look_wider(self.slots, talk))

    def _forget_found(self, talk: Talk) -> None:
        if self.chosen is not None:
            talk.desk.release(talk.call_id)
        self.offers, self.chosen, self.nothing, self.said_yes = (), None, False, False

    def back(self, talk: Talk) -> bool:
        """The offers again, else the slot filled last is open again; False when there is none."""
        if self.offers and self.chosen is not None:
            self.chosen = None
            talk.desk.release(talk.call_id)
            return True
        self._forget_found(talk)
        self.waiting = False
        return bool(self.slots.empty_last())

    def leave(self, talk: Talk) -> None:
        if self.chosen is not None:
            talk.desk.release(talk.call_id)
