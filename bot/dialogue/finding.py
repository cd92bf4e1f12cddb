"""Finding a time together: asks for what is open, looks in the diary, offers, and holds what was chosen.

Shared by booking and moving. The diary decides what is possible; this decides what to say about it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace

from bot.appointments.diary import SlotTaken
from bot.appointments.model import Slot, Wish
from bot.dialogue import offers, spoken
from bot.dialogue.choices import (
    branch_options,
    branches_for,
    example_services,
    service_name,
    service_options,
    staff_options,
    wider_wishes,
)
from bot.dialogue.question import Option, Question
from bot.dialogue.skill import Talk
from bot.dialogue.slots import NOT_THAT, SLOTS, WishSlots, distinct, same_wish
from bot.dialogue.turn import Turn
from bot.nlu.understanding import DateMention, TimeMention

CLOSE_ENOUGH = dt.timedelta(minutes=15)
"""A time so near to "around half past two" is proposed as it is."""

WEEK_LATER = re.compile(r"\b(a|the|one) week (after|later)|(the )?following week\b")


@dataclass(slots=True)
class Search:
    """The wish, what is on offer for it, and what was chosen. `fixed` slots are not asked for nor changed."""

    slots: WishSlots = field(default_factory=WishSlots)
    fixed: frozenset[str] = frozenset()
    offers: tuple[Slot, ...] = ()
    chosen: Slot | None = None
    refusals: int = 0
    nothing: bool = False
    """The diary has nothing at all: only the waiting list is left."""
    waiting: bool = False
    """The caller wants to be on the waiting list."""
    not_before: dt.datetime | None = None
    """"Anything later?" looks on from here."""
    doubtful: tuple[str, ...] = ()
    """Slots just heard badly: read back within the next question."""
    wants_branch: bool = False
    wants_staff: bool = False
    """The caller cares whom they see, without having said whom."""

    # Taking ---------------------------------------------------------------------------

    def take(self, turn: Turn, talk: Talk) -> bool:
        if talk.asked == "waiting_list":
            return self._take_waiting(turn, talk)
        if talk.asked in ("service", "branch", "staff") and turn.option and talk.question and talk.question.options:
            return self._take_option(talk.asked, talk.question.options[turn.option - 1].value)
        if (self.chosen or self.offers) and self._take_other_branch(turn, talk):
            return True
        if self.offers and talk.asked == "offer" and self._take_offer(turn, talk):
            return True
        return self._take_wish(turn, talk)

    def _take_other_branch(self, turn: Turn, talk: Talk) -> bool:
        """ "Not that branch", when it was us who chose it."""
        if not NOT_THAT["branch"].search(turn.text) or not self.slots.is_open("branch") or turn.first("branch"):
            return False
        self._forget_found(talk)
        self.wants_branch = talk.corrected = True
        return True

    def _take_option(self, slot: str, value: str) -> bool:
        if value == "any":
            self.slots.any.add(slot)
        else:
            setattr(self.slots, slot, value)
        self.slots.order.append(slot)
        return True

    def _take_wish(self, turn: Turn, talk: Talk) -> bool:
        filled = {slot for slot in SLOTS if not self.slots.is_open(slot)}
        changed = [
            slot for slot in self.slots.take(turn, talk.business, talk.today, talk.asked) if slot not in self.fixed
        ]
        if not changed:
            return self._said_again(turn)
        if filled & set(changed) and not self.offers:
            talk.corrected = True
        self._fit(changed, talk)
        self._forget_found(talk)
        if turn.doubtful:
            self.doubtful = tuple(changed)
        return True

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
                talk.say("staff_does_not_do", staff=staff.name, service=service_name(talk, self.slots.service))
            self.slots.empty("staff")
        elif self.slots.branch and self.slots.branch not in staff.hours:
            if "staff" in changed:
                self.slots.empty("branch")
            else:
                talk.say("staff_not_there", staff=staff.name, branch=talk.business.branches[self.slots.branch].name)
                self.slots.empty("staff")

    def _take_offer(self, turn: Turn, talk: Talk) -> bool:
        chosen = offers.choose(turn, self.offers)
        if chosen is not None:
            self.chosen = chosen
            return True
        if self.take_later(turn, talk):
            return True
        other = offers.wants_other(turn)
        named = turn.first("date") or turn.first("time") or turn.first("staff") or turn.first("branch")
        if (other or turn.no) and not named:
            self.refuse(talk)
            return True
        return turn.yes and turn.rest() == "" and not named  # "yes": which one? asked again

    def refuse(self, talk: Talk) -> None:
        """None of these: the time is open again, after a second refusal the day too."""
        self.refusals += 1
        self._forget_found(talk)
        self.slots.empty("time")
        self.slots.empty("day")

    def reopen(self, slot: str, talk: Talk) -> None:
        """The caller wants another day, time, branch …"""
        self._forget_found(talk)
        self.slots.empty(slot)
        self.wants_staff = self.wants_staff or slot == "staff"

    def take_later(self, turn: Turn, talk: Talk) -> bool:
        """ "A bit later?" about the time on offer or the one chosen."""
        if self.chosen and WEEK_LATER.search(turn.text):
            day = self.chosen.start.date() + dt.timedelta(days=7)
            self._forget_found(talk)
            self.slots.day = DateMention(day, day)
            return True
        direction = offers.wants_other(turn)
        if direction not in ("later", "earlier") or not (self.offers or self.chosen):
            return False
        return self._look_beyond(direction, talk)

    def _look_beyond(self, direction: str, talk: Talk) -> bool:
        """ "Anything later?": on the same day after the last offer, or on the days after."""
        shown = self.offers if self.chosen is None else (self.chosen,)
        times = sorted(slot.start for slot in shown)
        day, edge = times[0].date(), times[-1] if direction == "later" else times[0]
        self._forget_found(talk)
        self.slots.day = DateMention(day, day)
        step = dt.timedelta(minutes=5)
        stretch = (edge + step).time(), dt.time(23, 59)
        if direction == "earlier":
            stretch = dt.time(0, 0), (edge - step).time()
        self.slots.time = TimeMention(*stretch)
        self.slots.any.discard("time")
        return True

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

    # Next question -----------------------------------------------------------------------

    def step(self, talk: Talk) -> Question | None:
        """None when a time is chosen and held, or the caller wants to wait for one."""
        if self.waiting:
            return None
        return self.missing(talk) or self._found(talk)

    def missing(self, talk: Talk) -> Question | None:
        """The question for what is still open."""
        if self.slots.service is None:
            return talk.ask(
                "service", "choice", options=service_options(talk), words={"examples": example_services(talk)}
            )
        if self._asks_branch(talk):
            return self._ask_branch(talk)
        if self.wants_staff and self.slots.is_open("staff"):
            return self._ask_staff(talk)
        if self.slots.is_open("day"):
            key = "other_day" if self.refusals else "day"
            return talk.ask(key, "date_time", words=self._so_far(talk))
        if self.slots.is_open("time") and self.chosen is None and not self.offers and not self.nothing:
            return self._ask_time(talk)
        return None

    def _ask_branch(self, talk: Talk) -> Question:
        options = branch_options(talk, self.slots.service)
        names = spoken.either([f"the {option.label}" for option in options[:-1]])
        return talk.ask("branch", "choice", options=options, words={**self._so_far(talk), "branches": names})

    def _ask_staff(self, talk: Talk) -> Question:
        options = staff_options(talk, self.slots.service, self.slots.branch)
        people = spoken.either([option.label for option in options[:-1]])
        phrases = [said for option in options[:-1] for said in talk.business.staff[option.value].spoken]
        return talk.ask("staff", "choice", options=options, phrases=phrases, words={"people": people})

    def _asks_branch(self, talk: Talk) -> bool:
        if self.wants_branch and self.slots.is_open("branch"):
            return True
        if not self.slots.is_open("branch") or self.slots.staff or "branch" in self.fixed:
            return False
        return len(branches_for(talk, self.slots.service)) > 1

    def _ask_time(self, talk: Talk) -> Question | None:
        """A day without any free time is told at once instead of asking for a time first."""
        if not talk.desk.free_slots(self.slots.wish(talk.business, talk.today), talk.now, limit=1):
            return None
        return talk.ask("time", "time", words=self._so_far(talk))

    def _so_far(self, talk: Talk) -> dict[str, str]:
        """What is read back within the next question, always said when it was heard badly."""
        service = service_name(talk, self.slots.service)
        day = ""
        if self.slots.day:
            day = spoken.on(self.slots.day.first, talk.today) if self.slots.one_day else ""
        echo = ""
        if "service" in self.doubtful:
            echo = f"{service}, "
        if "branch" in self.doubtful and self.slots.branch:
            echo += f"{talk.business.branches[self.slots.branch].name}, "
        self.doubtful = ()
        return {"service": service, "day": day, "echo": echo}

    # Looking -----------------------------------------------------------------------------

    def _found(self, talk: Talk) -> Question | None:
        if self.chosen is None and not self.offers and not self.nothing:
            self._look(talk)
        if self.chosen is not None:
            self._hold(talk)
        if self.chosen is not None:
            return None
        if self.offers:
            return self._offer(talk)
        return talk.ask("waiting_list", "yes_no")

    def _look(self, talk: Talk) -> None:
        wish = self.slots.wish(talk.business, talk.today)
        found = distinct(talk.desk.free_slots(wish, talk.now, limit=3))
        if found and self._fits(found[0], wish):
            self.chosen = found[0]
        elif found:
            self._say_gone(wish, talk)
            self.offers = found
        else:
            self._widen(wish, talk)

    def _fits(self, slot: Slot, wish: Wish) -> bool:
        if same_wish(slot, wish.near) and self.slots.one_day:
            return True
        if wish.near is None or not (self.slots.time and self.slots.time.approximate and self.slots.one_day):
            return False
        wished = dt.datetime.combine(slot.start.date(), wish.near, slot.start.tzinfo)
        return abs(slot.start - wished) <= CLOSE_ENOUGH

    def _say_gone(self, wish: Wish, talk: Talk) -> None:
        """Only when a certain time was asked for."""
        if wish.near is not None and self.slots.time and self.slots.one_day and wish.first_day:
            talk.say("time_gone", time=spoken.time(wish.near), day=spoken.on(wish.first_day, talk.today))

    def _widen(self, wish: Wish, talk: Talk) -> None:
        """Drop one wish after the other until the diary has something."""
        for wider in wider_wishes(wish, talk):
            found = distinct(talk.desk.free_slots(wider, talk.now, limit=3))
            if found:
                talk.say("nothing_then", **self._wished(wish, talk))
                self.offers = found
                return
        talk.say("nothing_at_all", service=service_name(talk, wish.service_id))
        self.nothing = True

    def _wished(self, wish: Wish, talk: Talk) -> dict[str, str]:
        words = []
        if self.slots.day and wish.first_day and wish.last_day:
            one = wish.first_day == wish.last_day
            day = spoken.on(wish.first_day, talk.today)
            words.append(day if one else spoken.days(wish.first_day, wish.last_day, talk.today))
        if self.slots.time:
            words.append(f"at {spoken.time(wish.near)}" if wish.near else _stretch(self.slots.time))
        if wish.staff_id:
            words.append(f"with {talk.business.staff[wish.staff_id].name}")
        elif wish.role:
            words.append(f"with the {wish.role}")
        if wish.branch_id:
            words.append(f"at the {talk.business.branches[wish.branch_id].name}")
        return {"wish": " ".join(words) or "then"}

    def _offer(self, talk: Talk) -> Question:
        listed = offers.describe(
            self.offers, talk.business, talk.today, self.slots.staff is not None, self.slots.branch is not None
        )
        options = [Option(str(index), offers.option_label(slot, talk.today)) for index, slot in enumerate(self.offers)]
        phrases = [spoken.time(slot.start.time()).replace("-", " ") for slot in self.offers]
        phrases += [form for phrase in phrases for form in (f"{phrase} please", f"the {phrase}")]
        phrases += [spoken.WEEKDAYS[slot.start.weekday()] for slot in self.offers]
        if len(self.offers) == 1:
            return replace(talk.ask("one_offer", "yes_no", options=(), words={"offer": listed}), slot="offer")
        return talk.ask("offer", "choice", options=options, phrases=phrases, words={"offer": listed})

    def _hold(self, talk: Talk) -> None:
        """Keep it while the caller decides; lost in the same instant, the others are offered."""
        if self.chosen is None:
            return
        try:
            talk.desk.hold(self.chosen, talk.call_id, talk.now)
        except SlotTaken as taken:
            self.lost(talk, taken)

    def lost(self, talk: Talk, taken: SlotTaken) -> None:
        talk.say("just_taken")
        self._forget_found(talk)
        self.offers = distinct(taken.alternatives)[:3]
        if not self.offers:
            self._widen(self.slots.wish(talk.business, talk.today), talk)

    def _forget_found(self, talk: Talk) -> None:
        if self.chosen is not None:
            talk.desk.release(talk.call_id)
        self.offers, self.chosen, self.nothing = (), None, False

    # Back ---------------------------------------------------------------------------------

    def back(self, talk: Talk) -> bool:
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


def _stretch(mention: TimeMention) -> str:
    return spoken.times(mention.first, mention.last)
