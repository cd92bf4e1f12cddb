"""The end of a skill: its result is stored, people and programs get what they need, then the caller is told."""

from __future__ import annotations

from collections.abc import Mapping

from bot.dialogue import spoken
from bot.dialogue.counter import Urgency
from bot.dialogue.finding import Search
from bot.dialogue.handover import draft
from bot.dialogue.scripted_words import all_words, written_values
from bot.dialogue.skill import Begin, Done, Form, GiveUp, Step, Talk
from bot.dialogue.skills.booking import BookingForm
from bot.dialogue.slots import WishSlots
from bot.skills.model import Letter, Skill, Ticket
from bot.skills.results import Mail, SkillResult

URGENCY = {"high": Urgency.HIGH, "normal": Urgency.NORMAL}


def perform(form: Form, skill: Skill, outcome: str, given: Mapping[str, str], talk: Talk) -> Step:
    """Raises FrontdeskError when it could not be stored: then nothing is promised, and a person takes over."""
    spec = skill.outcomes[outcome]
    reference = talk.results.keep(_result(skill, outcome, given, talk), talk.now)
    if spec.ticket and spec.ticket.hand_over:
        talk.memory.done.append(skill.id)
        return GiveUp(_filled(spec.ticket.reason, skill, given, talk), spec.ticket.queue, _urgency(spec.ticket))
    if spec.ticket:
        _open_ticket(form, skill, spec.ticket, given, talk)
    talk.memory.done.append(skill.id)
    talk.memory.skills_done[skill.id] = skill.title
    if spec.say:
        words = all_words(skill, given, talk) | {"reference": spoken.figures(reference)}
        talk.tell(f"{skill.id}.{outcome}", **words)
    if spec.appointment:
        return Begin(BookingForm(Search(WishSlots(service=spec.appointment.service))), instead=True)
    return Done()


def _open_ticket(form: Form, skill: Skill, ticket: Ticket, given: Mapping[str, str], talk: Talk) -> None:
    """For later: not through the hand-over, as the call goes on."""
    reason = _filled(ticket.reason, skill, given, talk)
    packet = draft(
        talk.business, talk.memory, [form], ticket.queue, _urgency(ticket), (reason,), talk.call_id, goes_on=True
    )
    talk.memory.ticket_id = talk.counter.open_ticket(packet, talk.now)


def _urgency(ticket: Ticket) -> Urgency:
    return URGENCY[ticket.priority]


def _result(skill: Skill, outcome: str, given: Mapping[str, str], talk: Talk) -> SkillResult:
    spec, customer = skill.outcomes[outcome], talk.memory.identity.known
    return SkillResult(
        business=talk.business.id,
        call_id=talk.call_id,
        skill=skill.id,
        outcome=outcome,
        caller=talk.memory.caller,
        customer_id=customer.id if customer else None,
        values=dict(given),
        written=written_values(skill, given),
        mail=_mail(spec.email, skill, given, talk) if spec.email else None,
        event=spec.webhook.event if spec.webhook else "",
    )


def _mail(letter: Letter, skill: Skill, given: Mapping[str, str], talk: Talk) -> Mail:
    written = dict.fromkeys(skill.slots, "") | {"total": "", "caller": talk.memory.caller}
    written |= written_values(skill, given)
    plain = {slot: given.get(slot, "") for slot in skill.slots}
    return Mail(
        to=talk.wording.fill(letter.to, f"{skill.id}: to", **plain).lower(),
        subject=talk.wording.fill(letter.subject, f"{skill.id}: subject", **written),
        text="\n".join(talk.wording.fill(line, f"{skill.id}: text", **written) for line in letter.text.split("\n")),
    )


def _filled(text: str, skill: Skill, given: Mapping[str, str], talk: Talk) -> str:
    return talk.wording.fill(text, skill.id, **all_words(skill, given, talk))
