"""Questions answered in one breath: frequent ones, opening hours, the nearest branch. The open form goes on after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from bot.appointments.branches import nearest
from bot.appointments.hours import DayHours, hours_on
from bot.appointments.model import Branch
from bot.dialogue import spoken
from bot.dialogue.skill import Done, Step, Talk
from bot.dialogue.skills.following import OTHER
from bot.dialogue.turn import Turn
from bot.dialogue.wish_words import wanted
from bot.nlu.understanding import DateMention

WEEK = 7

PLACE_WORDS = 4
"""A longer sentence without a known place is no answer to "whereabouts are you?"."""


def answer_faq(intent: str, talk: Talk) -> bool:
    """False when there is no such entry."""
    answer = talk.faq.get(intent.removeprefix("faq/"))
    if answer is None:
        return False
    talk.say_text(talk.wording.fill(answer, intent, business=talk.business.name))
    talk.memory.topic = intent
    talk.memory.asked_about.append(topic_name(intent.removeprefix("faq/"), talk))
    talk.memory.done.append("answered")
    return True


def topic_name(key: str, talk: Talk) -> str:
    """ "price_check_up" → "the price of check-up"."""
    subject = key.removeprefix("price_").removesuffix("_info")
    service = talk.business.services.get(subject)
    name = service.name if service else subject.replace("_", " ")
    return f"the price of {name}" if key.startswith("price_") else name


def answer_hours(turn: Turn, talk: Talk) -> None:
    """For the day and branch asked, else the week of all branches; "and on Saturdays?" keeps the branch."""
    branch = wanted(turn, "branch")
    named = str(branch.value) if branch else ""
    last, others = talk.memory.branch_id or "", OTHER.search(turn.text) is not None
    if not named and talk.memory.topic == "opening_hours" and not others:
        named = last
    branches = [named] if named in talk.business.branches else list(talk.business.branches)
    if others and not named and last in branches and len(branches) > 1:
        branches.remove(last)
    day = _day_asked(turn, talk)
    if day is None:
        _say_week(branches, talk)
    else:
        _say_day(branches, day, talk)
    talk.memory.topic = "opening_hours"
    talk.memory.asked_about.append("opening hours")
    talk.memory.branch_id = named or None
    talk.memory.done.append("answered")


def _day_asked(turn: Turn, talk: Talk) -> dt.date | None:
    date = turn.value("date")
    elsewhere = turn.first("branch") or OTHER.search(turn.text)
    if date is None and talk.memory.topic == "opening_hours" and elsewhere:
        return talk.memory.topic_day
    if isinstance(date, DateMention) and date.first == date.last:
        return date.first
    if isinstance(date, DateMention):
        return None if (date.last - date.first).days > 2 else date.first
    return talk.today if turn.says("today|now|tonight|still open|this (morning|afternoon|evening)") else None


def _say_day(branches: list[str], day: dt.date, talk: Talk) -> None:
    """One sentence: "On Saturday …, the Harbour branch is open from … and the Park branch is closed"."""
    open_at = {branch: hours_on(talk.business, branch, day) for branch in branches}
    why = next((hours.why for hours in open_at.values() if hours.why), "")
    parts = []
    for hours, same in sorted(_grouped(open_at), key=lambda group: group[0] is None):
        if hours:
            parts.append(f"{_who(same, talk)} open {spoken.stretches(hours.stretches)}")
        else:
            parts.append(f"{_who(same, talk)} closed{f', as it is {why}' if why else ''}")
    talk.say("hours_day", day=spoken.on(day, talk.today), hours=spoken.either(parts, "and"))
    talk.memory.topic_day = day


def _grouped(open_at: Mapping[str, DayHours]) -> list[tuple[DayHours | None, list[str]]]:
    """Branches with the same hours are said together."""
    groups: dict[tuple[object, ...], tuple[DayHours | None, list[str]]] = {}
    for branch, hours in open_at.items():
        key = tuple(hours.stretches)
        groups.setdefault(key, (hours if hours.stretches else None, []))[1].append(branch)
    return list(groups.values())


def _who(branches: list[str], talk: Talk) -> str:
    if len(branches) == len(talk.business.branches):
        return "we are"
    names = [f"the {talk.business.branches[branch].name}" for branch in branches]
    return f"{spoken.either(names, 'and')} {'is' if len(names) == 1 else 'are'}"


def _say_week(branches: list[str], talk: Talk) -> None:
    for branch_id in branches:
        branch = talk.business.branches[branch_id]
        talk.say("hours_week", branch=branch.name, hours=week_words(branch))


def week_words(branch: Branch) -> str:
    """Days in a row with the same hours together: "Monday to Thursday from … to …, Friday from …"."""
    runs: list[tuple[int, int]] = []
    for day in range(WEEK):
        hours = branch.hours.get(day, ())
        if not hours:
            continue
        if runs and runs[-1][1] == day - 1 and branch.hours.get(runs[-1][0]) == hours:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    parts = []
    for first, last in runs:
        names = spoken.WEEKDAYS[first] + (f" to {spoken.WEEKDAYS[last]}" if last != first else "")
        parts.append(f"{names} {spoken.stretches(branch.hours[first])}")
    return ", ".join(parts)


@dataclass(slots=True)
class NearestForm:
    """The nearest branch, by place or postcode."""

    name: str = "nearest_branch"
    place: str = ""
    missed: bool = False

    def take(self, turn: Turn, talk: Talk) -> bool:
        found = turn.first("postcode") or turn.first("place") or turn.first("branch")
        if found:
            self.place = found.text if found.kind == "place" else str(found.value)
            if found.kind == "branch":
                self.place = talk.business.branches[str(found.value)].name
        elif talk.asked == "where" and len(turn.text.split()) <= PLACE_WORDS:
            self.place = " ".join(
                word for word in turn.text.split() if word not in ("in", "i'm", "near", "from", "at", "live", "i")
            )
        return bool(self.place) or talk.asked != "where"

    def step(self, talk: Talk) -> Step:
        if len(talk.business.branches) == 1:
            return self._tell(next(iter(talk.business.branches.values())), talk, "only_branch")
        if not self.place:
            return talk.ask("where", "free", digits=0)
        branch = nearest(talk.business, self.place)
        if branch is not None:
            return self._tell(branch, talk, "nearest")
        self.place = ""
        if self.missed:
            talk.say(
                "all_branches",
                branches=spoken.either([_place(each) for each in talk.business.branches.values()], "and"),
            )
            return Done()
        self.missed = True
        talk.say("place_unknown")
        return talk.ask("where", "free", digits=0)

    def _tell(self, branch: Branch, talk: Talk, key: str) -> Step:
        talk.say(key, branch=branch.name, address=branch.address)
        if branch.directions:
            talk.say_text(branch.directions)
        talk.memory.branch_id = branch.id
        talk.memory.topic = "nearest_branch"
        talk.memory.asked_about.append("the nearest branch")
        talk.memory.done.append("answered")
        return Done()

    def back(self, talk: Talk) -> bool:
        return False

    def leave(self, talk: Talk) -> None:
        return None

    def save(self) -> Mapping[str, str]:
        return {"place": self.place} if self.place else {}


def _place(branch: Branch) -> str:
    return f"the {branch.name}, {branch.address}"
