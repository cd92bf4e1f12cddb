"""What somebody new left is put right as long as they are on the line: "no, my name is Smythe", "I was born in May".

Only of who was written down in this call: what is on file of others is not changed on a caller's word.
"""

from __future__ import annotations

from dataclasses import replace

from bot.appointments.model import Customer
from bot.dialogue import naming, spoken
from bot.dialogue.proof import birth_dates
from bot.dialogue.skill import Talk
from bot.dialogue.turn import Turn

NEW = "new, gave name, number and birth date"
"""How somebody is known who was written down in this call."""
OF_NAME = r"name|spelled|spelt|called"
OF_BIRTH = r"born|birth|birthday"


def set_right(turn: Turn, talk: Talk) -> bool:
    """False when the turn puts nothing right, or not of somebody new."""
    identity = talk.memory.identity
    customer = identity.known
    if customer is None or identity.how != NEW or turn.keypad:
        return False
    changed, what = _changed(customer, turn, talk)
    if changed == customer:
        return False
    talk.desk.change_customer(changed)
    identity.customer = changed
    talk.corrected = True
    talk.say("person_corrected", what=what)
    return True


def _changed(customer: Customer, turn: Turn, talk: Talk) -> tuple[Customer, str]:
    """Who they are then, and what to read back."""
    if turn.says(OF_BIRTH):
        born = next((day for day in birth_dates(turn, talk.today) if day < talk.today), None)
        return (replace(customer, birth_date=born), spoken.birth_date(born)) if born else (customer, "")
    name = naming.corrected(customer.name, turn) if turn.says(OF_NAME) else ""
    return (replace(customer, name=name), name) if name else (customer, "")
