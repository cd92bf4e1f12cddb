"""What is still open in a wish is asked for, one thing after the other; some answers are about the asking itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.dialogue import choices, spoken
from bot.dialogue.question import Question
from bot.dialogue.skill import Talk
from bot.dialogue.slots import WishSlots
from bot.dialogue.turn import Turn

NO_IDEA = r"(not|n't) (really )?(sure|know)|no idea|whatever|anything|don't mind"


@dataclass(slots=True)
class WishQuestions:
    """How far asking has come. `fixed` slots are not asked for."""

    fixed: frozenset[str] = frozenset()
    refusals: int = 0
    """Of offered times: then we ask for another day, not for "which day"."""
    doubtful: tuple[str, ...] = ()
    """Slots just heard badly: read back within the next question."""
    wants_branch: bool = False
    wants_staff: bool = False
    """The caller cares whom they see, without having said whom."""
    unsure: bool = False
    """The caller does not know what to come for: the first service is proposed."""
    page: int = 0
    """Of the services read out for the keypad."""

    # Taking ---------------------------------------------------------------------------

    def take_option(self, turn: Turn, slots: WishSlots, talk: Talk) -> bool:
        """A choice by its number."""
        if talk.asked not in ("service", "branch", "staff") or not turn.option or not talk.question:
            return False
        return self._fill(talk.asked, talk.question.options[turn.option - 1].value, slots)

    def _fill(self, slot: str, value: str, slots: WishSlots) -> bool:
        if value == choices.MORE:
            self.page += 1
            return True
        if value == "any":
            slots.any.add(slot)
        else:
            setattr(slots, slot, value)
        slots.order.append(slot)
        return True

    def take_first_service(self, turn: Turn, slots: WishSlots, talk: Talk) -> bool:
        """ "Then let's begin with a check-up?" – "yes"."""
        if talk.asked != "first_service" or not turn.yes or turn.no:
            return False
        return self._fill("service", next(iter(talk.business.services)), slots)

    def take_silent_yes(self, turn: Turn, slots: WishSlots, talk: Talk) -> None:
        """ "Then let's begin with a check-up?" – "tomorrow, if you can"."""
        when = turn.first("date") or turn.first("time")
        if talk.asked == "first_service" and when and not turn.no and not turn.first("service"):
            self._fill("service", next(iter(talk.business.services)), slots)

    def take_unsure(self, turn: Turn, talk: Talk) -> bool:
        """ "I don't know" what for: the first service is proposed, once."""
        if talk.asked == "first_service":
            return turn.no
        unsure = turn.intent == "dont_know" or turn.says(NO_IDEA)
        if talk.asked != "service" or self.unsure or not unsure:
            return False
        self.unsure = True
        return True

    # Asking ---------------------------------------------------------------------------

    def next(self, slots: WishSlots, talk: Talk, has_times: bool) -> Question | None:
        """The question for what is still open; `has_times`: a time is chosen or on offer, or there is none at all."""
        if slots.service is None:
            return self._ask_service(talk)
        if self._asks_branch(slots, talk):
            return choices.ask_branch(talk, slots.service, self._so_far(slots, talk))
        if self.wants_staff and slots.is_open("staff"):
            return choices.ask_staff(talk, slots.service, slots.branch)
        if slots.is_open("day"):
            key = "other_day" if self.refusals else "day"
            return replace(talk.ask(key, "date_time", words=self._so_far(slots, talk)), slot="day")
        if slots.is_open("time") and not has_times:
            return self._ask_time(slots, talk)
        return None

    def _ask_service(self, talk: Talk) -> Question:
        first = next(iter(talk.business.services.values()))
        if self.unsure and talk.asked == "service":
            return talk.ask("first_service", "yes_no", words={"service": first.name})
        return choices.ask_service(talk, self.page)

    def _asks_branch(self, slots: WishSlots, talk: Talk) -> bool:
        if self.wants_branch and slots.is_open("branch"):
            return True
        if not slots.is_open("branch") or slots.staff or "branch" in self.fixed:
            return False
        return len(choices.branches_for(talk, slots.service)) > 1

    def _ask_time(self, slots: WishSlots, talk: Talk) -> Question | None:
        """A day without any free time is told at once instead of asking for a time first."""
        if not talk.desk.free_slots(slots.wish(talk.business, talk.today), talk.now, limit=1):
            return None
        return talk.ask("time", "time", words=self._so_far(slots, talk))

    def _so_far(self, slots: WishSlots, talk: Talk) -> dict[str, str]:
        """What is read back within the next question, always said when it was heard badly."""
        service = choices.service_name(talk, slots.service)
        day = spoken.on(slots.day.first, talk.today) if slots.day and slots.one_day else ""
        echo = f"{service}, " if "service" in self.doubtful else ""
        if "branch" in self.doubtful and slots.branch:
            echo += f"{talk.business.branches[slots.branch].name}, "
        self.doubtful = ()
        return {"service": service, "day": day, "echo": echo}
