"""A new call: which business answers, about which reminder, with everything its dialogue needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from bot.appointments.model import Appointment
from bot.config import Settings
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.passing import Staffed
from bot.dialogue.skills.freed import FreedTime
from bot.events import Answered
from bot.finishing import alone
from bot.last_resort import CallTickets
from bot.offices import Office, Offices, OfficeUnfinished
from bot.reminding import Reminding
from bot.report import CallReport
from bot.store.store import Store
from handoff.webhooks import Event as WebhookEvent


@dataclass(frozen=True, slots=True)
class Answering:
    """Blocking."""

    store: Store
    offices: Offices
    reminding: Reminding
    settings: Settings
    records: bool
    """Calls are recorded."""
    staffed: Staffed
    beside: Callable[[Callable[[], None]], None]
    """Does something in a thread of its own; the call waits for nobody."""

    def answer(
        self, tickets: CallTickets, report: CallReport, reminder: str, answered: Answered, now: dt.datetime
    ) -> tuple[str, Dialogue]:
        """The business's id, and its dialogue. `reminder`: the one we rang for."""
        if reminder:
            due = self.reminding.take(reminder, now)
            about = FreedTime(due.customer, due.offer) if due.offer else due.appointment
            office = self.offices.all()[due.business]
        else:
            office, about = self.offices.at(answered.called), None
        business = office.content.business.id
        self.beside(lambda: self._tell_start(business, report.call_id, answered.caller, now))
        return business, self._dialogue(office, tickets, report, about)

    def _dialogue(
        self, office: Office, tickets: CallTickets, report: CallReport, about: Appointment | FreedTime | None
    ) -> Dialogue:
        content = office.content
        return Dialogue(
            office.desk,
            office.interpreter,
            tickets,
            OfficeUnfinished(self.store.unfinished, content.business.id),
            responses=content.responses_on("browser" if report.channel == "browser" else "phone"),
            faq={key: entry.answer for key, entry in content.faq.items()},
            call_id=report.call_id,
            reminder=about,
            surveys=self.settings.survey == "all",
            recorded=self.records,
            announces=self.settings.recording.announce,
            skills=content.skills,
            results=self.store.skill_results,
            staffed=self.staffed,
        )

    def _tell_start(self, business: str, call_id: str, caller: str, now: dt.datetime) -> None:
        """Webhooks."""
        with alone("call.not_told"):
            facts = {"call_id": call_id, "caller": caller, "started_at": now.isoformat()}
            self.store.outbox.tell(business, WebhookEvent.CALL_STARTED, facts, now)
