"""When a call is over: what came of it joins its report, and the report is stored.

Nothing here keeps anything else from being done: a reminder that cannot be recorded, or a ticket that cannot be read,
is said in the log, and the call is stored all the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import structlog

from bot.dialogue.conversation import Clock
from bot.dialogue.dialogue import Dialogue
from bot.errors import FrontdeskError
from bot.gathering import gather
from bot.logs import place_of
from bot.offices import Offices
from bot.reception import Reception
from bot.reminding import Reminding
from bot.report import CallReport, appointment_facts, as_json, later_turns, talk_turns, ticket_facts
from bot.store.calls import Calls
from bot.store.store import Store

log = structlog.get_logger(__name__)


@contextmanager
def alone(event: str) -> Iterator[None]:
    """What goes wrong inside is said as `event`, and harms nothing after it."""
    try:
        yield
    except FrontdeskError as error:
        log.error(event, code=error.code)
    except Exception as error:
        log.error(event, error=type(error).__name__, where=place_of(error))


@dataclass(frozen=True, slots=True)
class Finishing:
    """Blocking."""

    store: Store
    offices: Offices
    reminding: Reminding
    clock: Clock

    def finish(self, report: CallReport, reception: Reception, reminder: str = "") -> None:
        """Raises nothing. `reminder`: the one we rang for; without a record it counts as lost in a while, and is tried
        again.
        """
        report.business = reception.business_id
        if dialogue := reception.dialogue:
            if reminder:
                with alone("reminder.not_recorded"):
                    self.reminding.record(reminder, dialogue, self.clock())
            if report.outcome != "failed" or dialogue.outcome != "abandoned":  # else a part broke before it was asked
                report.outcome = dialogue.outcome
            report.survey = dict(dialogue.survey) or None
            report.appointment = appointment_facts(dialogue.appointment) if dialogue.appointment else None
            report.ticket = self._ticket_facts(dialogue.ticket_id) if dialogue.ticket_id else None
        with alone("ticket.not_stored"):
            self._note_rescue(report, reception)
        with alone("call.not_stored"):
            self.store.calls.save(as_json(report), report.business)
        with alone("call.not_gathered"):
            self._gather(report, reception)

    def finish_later_part(self, report: CallReport, dialogue: Dialogue) -> None:
        """Of a caller whom a person gave back: it joins the report that is stored. Raises nothing."""
        report.survey = dict(dialogue.survey) or None
        facts: dict[str, object] = {"survey": report.survey} if report.survey else {}
        if report.recording:
            facts["recording"] = report.recording
        if dialogue.appointment:
            facts["appointment"] = report.appointment = appointment_facts(dialogue.appointment)
        if dialogue.ticket_id:
            facts["ticket"] = report.ticket = self._ticket_facts(dialogue.ticket_id)
        calls = self.store.calls
        with alone("call.not_stored"):
            if stored := calls.get(report.call_id):
                turns = later_turns(report, dt.datetime.fromisoformat(stored["started_at"]))
                calls.add_turns(report.call_id, turns, facts)

    def _note_rescue(self, report: CallReport, reception: Reception) -> None:
        """The caller may have hung up before the line could take them to people: somebody calls them back."""
        tickets = reception.tickets
        owed = tickets.owed if tickets and report.ticket is None else ""
        if tickets and owed and (ticket := tickets.rescue(owed, self.clock())):
            report.ticket = self._ticket_facts(ticket)

    def _gather(self, report: CallReport, reception: Reception) -> None:
        """What was missed in the call, for the editors."""
        if office := self.offices.all().get(report.business):
            gather(report, reception.heard, office.content, self.store.content, self.clock())

    def _ticket_facts(self, ticket_id: str) -> dict[str, object] | None:
        with suppress(FrontdeskError):
            if ticket := self.store.tickets.get(ticket_id):
                return ticket_facts(ticket)
        return None


def add_to_call(calls: Calls, call_id: str, said: Sequence[Mapping[str, Any]]) -> None:
    """What was said with a person joins the report of the call. Raises StoreError."""
    if said and (report := calls.get(call_id)):
        calls.add_turns(call_id, talk_turns(said, dt.datetime.fromisoformat(report["started_at"])))
