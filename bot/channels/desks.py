"""Where people answer the phone, by queue: a number, a `sip:` address, or the exchange's own queue of that name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.errors import ChannelError

DeskNumbers = Mapping[str, str]
"""Queue (`*`: every other one) → where its people answer. A queue that is not in it is answered at our own desk."""

EXCHANGE: Final = "exchange"
"""Written in the place of a number: the exchange or carrier has a queue of the same name."""


class DeskUnreached(ChannelError):
    """Nobody answers where the caller was to be sent; they are still on the line."""

    def __init__(self) -> None:
        super().__init__("channel.desk", "Nobody answers there.")


def is_elsewhere(desks: DeskNumbers, queue: str) -> bool:
    """Its people do not answer at our own desk."""
    return bool(_entry(desks, queue))


def desk_number(desks: DeskNumbers, queue: str) -> str:
    """The number or `sip:` address to call; "" for a queue of the exchange."""
    entry = _entry(desks, queue)
    return "" if entry == EXCHANGE else entry


def dialled(desks: DeskNumbers, queue: str) -> str:
    """The number that an exchange's dialplan dials; "" for its own queue, and for a `sip:` address, which it cannot."""
    number = desk_number(desks, queue)
    return "" if number.startswith("sip") else number


def _entry(desks: DeskNumbers, queue: str) -> str:
    return desks.get(queue, desks.get("*", ""))
