"""Addresses that phone carriers and exchanges call."""

from __future__ import annotations

from fastapi import APIRouter

from bot.web import asterisk_door, carrier_doors, twilio_door

router = APIRouter(include_in_schema=False)
for door in (twilio_door, carrier_doors, asterisk_door):
    router.include_router(door.router)
