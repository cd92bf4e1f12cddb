"""Names for people of what an appointment refers to, also when a business no longer has it: then the id must do."""

from __future__ import annotations

from bot.appointments.model import Business, Slot


def service_name(business: Business, slot: Slot) -> str:
    service = business.services.get(slot.service_id)
    return service.name if service else slot.service_id


def staff_name(business: Business, slot: Slot) -> str:
    staff = business.staff.get(slot.staff_id)
    return staff.name if staff else slot.staff_id


def place(business: Business, slot: Slot) -> str:
    """Name and address of the branch."""
    branch = business.branches.get(slot.branch_id)
    return f"{branch.name}, {branch.address}" if branch else slot.branch_id


def preparation(business: Business, slot: Slot) -> str:
    """What to bring or do before; "" for nothing."""
    service = business.services.get(slot.service_id)
    return service.preparation if service else ""
