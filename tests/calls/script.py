"""Whole calls as scripts: what the caller says or presses, and what must come of it.

# A check-up, all in one sentence
now 2026-11-23 09:30                     local time of the business; it goes on ten seconds a turn
caller +447700900101                     the number the line shows
known Anna Smith 1984-03-14 SE10 9GB     somebody on file at that number
booked check_up patel harbour 2026-12-01 14:30   for the first of those known
reminder                                 we ring about that appointment
freed check_up patel harbour 2026-12-01 09:00   we ring the first of those known about a time that has become free
> book a check up on tuesday             the caller says (a "~0.4" at the end: recognised with that confidence)
= 1403                                   … presses
…                                        … is silent
< shall i book                           the bot's answer contains this, whatever the case
<! anna                                  … does not contain this
listen yes_no                            what it listens for now
transfer reception · hang up             how the bot's answer ends
diary check_up 2026-12-01 14:30 booked   in the diary now, for anybody
diary empty                              nothing booked
ticket asked for a person                reason or summary of the ticket contains this
done confirmed                           what the call has done so far, in this order
call again                               the caller is cut off and calls again a minute later
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.appointments.desk import StoredDesk
from bot.appointments.model import Appointment, Customer, Slot
from bot.content.content import Content
from bot.dialogue.counter import TicketDraft
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.skills.freed import FreedTime
from bot.events import Action, Answered, Digits, HangUp, Heard, Hypothesis, Listen, Say, Silence, Transfer, Utterance
from bot.nlu.understanding import Interpreter
from bot.store.store import Store
from tests.unit.dialogue.fakes import FakeCounter, FakeUnfinished

TURN = dt.timedelta(seconds=10)
BUSINESS_OF = {"vets": "harbour_vets"}
"""Whose calls a file holds, where it is not the dental group."""


@dataclass(frozen=True)
class Script:
    title: str
    lines: tuple[str, ...]
    business: str = "brightwater_dental"


def scripts(folder: Path) -> Iterator[Script]:
    for path in sorted(folder.glob("*.txt")):
        for block in re.split(r"^# ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            title, *lines = [line.strip() for line in block.splitlines() if line.strip()]
            yield Script(f"{path.stem}: {title}", tuple(lines), BUSINESS_OF.get(path.stem, "brightwater_dental"))


@dataclass
class Player:
    """Plays one script against the real dialogue, understanding and diary."""

    content: Content
    interpreter: Interpreter
    store: Store
    now: dt.datetime = field(init=False)
    caller: str = "+447700900101"
    people: list[Customer] = field(default_factory=list)
    booked: list[Appointment] = field(default_factory=list)
    counter: FakeCounter = field(default_factory=FakeCounter)
    unfinished: FakeUnfinished = field(default_factory=FakeUnfinished)
    dialogue: Dialogue | None = None
    actions: tuple[Action, ...] = ()
    log: list[str] = field(default_factory=list)
    about: Appointment | FreedTime | None = None
    calls: int = 0

    def __post_init__(self) -> None:
        self.zone = self.content.business.timezone
        self.now = dt.datetime(2026, 11, 23, 9, 30, tzinfo=self.zone)
        self.desk = StoredDesk(self.content.business, self.store.diary(self.content.business))

    def play(self, script: Script) -> None:
        for line in script.lines:
            self.run(line)

    def run(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word in ("now", "caller", "known", "booked", "reminder", "freed"):
            getattr(self, f"_{word}")(rest)
            return
        self._answered()
        match word:
            case ">":
                self._hear(_utterance(rest), f"> {rest}")
            case "=":
                self._hear(Digits(rest), f"= {rest}")
            case "…":
                self._hear(Silence(), "…")
            case "call":
                self._call_again()
            case _:
                self._check(word, rest)

    # Setting the scene

    def _now(self, rest: str) -> None:
        self.now = dt.datetime.fromisoformat(rest).replace(tzinfo=self.zone)

    def _caller(self, rest: str) -> None:
        self.caller = "" if rest == "withheld" else rest

    def _known(self, rest: str) -> None:
        found = re.fullmatch(r"(.+?) (\d{4}-\d\d-\d\d)(?: (.+))?", rest)
        assert found, rest
        born = dt.date.fromisoformat(found[2])
        self.people.append(self.desk.add_customer(found[1], self.caller, birth_date=born, postcode=found[3] or ""))

    def _booked(self, rest: str) -> None:
        self.booked.append(self.desk.book(self._slot(rest), self.people[0], "test", self.now - dt.timedelta(days=3)))

    def _freed(self, rest: str) -> None:
        self.about = FreedTime(self.people[0], self._slot(rest))

    def _slot(self, rest: str) -> Slot:
        service, staff, branch, day, time = rest.split()
        start = dt.datetime.fromisoformat(f"{day} {time}").replace(tzinfo=self.zone)
        minutes = self.content.business.services[service].minutes
        return Slot(service, staff, branch, start, start + dt.timedelta(minutes=minutes))

    def _reminder(self, rest: str) -> None:
        self.about = self.booked[-1]

    # The call

    def _answered(self) -> None:
        if self.dialogue is not None:
            return
        self.calls += 1
        self.dialogue = Dialogue(
            self.desk,
            self.interpreter,
            self.counter,
            self.unfinished,
            responses=self.content.responses,
            faq={key: entry.answer for key, entry in self.content.faq.items()},
            call_id=f"call-{self.calls}",
            reminder=self.about,
        )
        self._did(self.dialogue.open(Answered(self.caller), self.now))

    def _hear(self, heard: Heard, line: str) -> None:
        assert self.dialogue is not None
        self.now += TURN
        self.log.append(line)
        self._did(self.dialogue.hear(heard, self.now))

    def _did(self, actions: object) -> None:
        self.actions = tuple(actions)  # type: ignore[call-overload]
        self.log += [f"  {action.text}" for action in self.actions if isinstance(action, Say)]
        self.log += [f"  [{type(action).__name__}]" for action in self.actions if isinstance(action, Transfer | HangUp)]

    def _call_again(self) -> None:
        assert self.dialogue is not None
        self.dialogue.close(self.now)
        self.now += dt.timedelta(minutes=1)
        self.dialogue = None
        self.log.append("-- calls again")
        self._answered()

    # Checks

    def _check(self, word: str, rest: str) -> None:
        story = "\n".join(self.log)
        said = " ".join(action.text for action in self.actions if isinstance(action, Say)).lower()
        match word:
            case "<":
                assert rest.lower() in said, f"{rest!r} was not said:\n{story}"
            case "<!":
                assert rest.lower() not in said, f"{rest!r} was said:\n{story}"
            case "listen":
                assert isinstance(self.actions[-1], Listen), story
                assert self.actions[-1].expect.kind == rest, f"{self.actions[-1].expect.kind}, not {rest}:\n{story}"
            case "transfer":
                assert isinstance(self.actions[-1], Transfer), f"no transfer:\n{story}"
                assert self.actions[-1].queue == rest, story
            case "hang":
                assert isinstance(self.actions[-1], HangUp), f"no hang-up:\n{story}"
            case "diary":
                assert _in_diary(self._diary(), rest), f"{rest!r} is not in the diary {self._diary()}:\n{story}"
            case "done":
                assert self.dialogue is not None
                assert " ".join(self.dialogue.done) == rest, f"{self.dialogue.done}:\n{story}"
            case "ticket":
                assert any(rest.lower() in _words(ticket) for ticket in self.counter.tickets), f"{self.counter.tickets}"
            case _:
                raise AssertionError(f"no such line: {word} {rest}")

    def _diary(self) -> list[str]:
        first, last = self.now.date() - dt.timedelta(days=1), self.now.date() + dt.timedelta(days=200)
        return [
            f"{each.slot.service_id} {each.slot.staff_id} {each.slot.branch_id} "
            f"{each.slot.start.astimezone(self.zone):%Y-%m-%d %H:%M} {each.status} {each.customer.name}"
            for each in self.desk.between(first, last, cancelled=True)
        ]


def _in_diary(diary: list[str], wanted: str) -> bool:
    if wanted == "empty":
        return not diary
    if wanted.startswith("waiting"):
        return True
    return any(all(word in line.split() for word in wanted.split()) for line in diary)


def _words(ticket: TicketDraft) -> str:
    return " ".join([*ticket.reasons, ticket.summary, ticket.wants, ticket.identity, *ticket.slots.values()]).lower()


def _utterance(text: str) -> Utterance:
    words, _, confidence = text.partition(" ~")
    return Utterance((Hypothesis(words.strip(), float(confidence or 0.95)),))
