"""How a call begins: the greeting, what holds today, and what we call about or where we were cut off."""

from __future__ import annotations

from bot.appointments.hours import hours_on
from bot.appointments.model import Appointment
from bot.dialogue.floor import Floor
from bot.dialogue.skill import Talk
from bot.dialogue.skills.freed import FreedTime, FreedTimeForm
from bot.dialogue.skills.reminder import ReminderForm


def greet_caller(talk: Talk, *, announces: bool) -> None:
    """By the hour, and by what day it is: a caller at night hears what the bot does all the same."""
    _greeting(talk)
    _announce(talk, announces)


def call_about(about: Appointment | FreedTime, floor: Floor, talk: Talk, *, announces: bool) -> None:
    """We rang them."""
    floor.memory.outbound = True
    talk.say("reminder_hello", business=talk.business.name)
    _announce(talk, announces)
    form = FreedTimeForm(about) if isinstance(about, FreedTime) else ReminderForm(about)
    floor.agenda.begin(form, None, talk)
    floor.go_on(talk)


def _greeting(talk: Talk) -> None:
    hour = talk.now.hour
    part = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    talk.say(f"greeting_{part}", business=talk.business.name)
    open_today = [hours_on(talk.business, branch, talk.today) for branch in talk.business.branches]
    holiday = next((hours.why for hours in open_today if hours.why), "")
    time = talk.now.time()
    if any(stretch.opens <= time < stretch.closes for hours in open_today for stretch in hours.stretches):
        return
    talk.say("closed_holiday" if holiday else "closed_now", holiday=holiday)


def _announce(talk: Talk, announces: bool) -> None:
    if talk.memory.recorded and announces:
        talk.tell("recorded")  # also to who speaks into the greeting: they are recorded, too
