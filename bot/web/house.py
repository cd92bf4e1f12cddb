"""What the routes of one server share: the call centre and what the web side keeps beside it, all in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial

from starlette.requests import HTTPConnection

from bot.web.bell import Bell
from bot.web.busy_lines import BusyLines
from bot.web.calls import CallDoor
from bot.web.centre import Centre
from bot.web.floor import Floor
from bot.web.links import Links
from bot.web.metrics import Metrics
from bot.web.overseeing import Overseers
from bot.web.staffing import is_staffed
from bot.web.waiting_room import WaitingRoom
from handoff.accounts import Accounts
from handoff.desk import Desk
from handoff.queues import Strategy


@dataclass
class House:
    centre: Centre
    links: Links
    bell: Bell
    metrics: Metrics
    floor: Floor = field(init=False)
    room: WaitingRoom = field(init=False)
    calls: CallDoor = field(init=False)
    busy: BusyLines = field(init=False)
    overseers: Overseers = field(default_factory=Overseers)
    problem: str = ""
    """Why the engines could not be loaded, as a sentence; "" while all is well."""

    def __post_init__(self) -> None:
        self.floor = Floor(self.centre, Desk(Strategy(self.centre.settings.routing)))
        self.room = WaitingRoom(self.centre, self.floor)
        self.floor.screens.list.use(self.room.tickets_on_line)
        self.centre.staffed = partial(is_staffed, self.floor.desk)
        self.busy = BusyLines(self.centre)
        self.calls = CallDoor(self.centre, self.links, self.bell, self.metrics, self.room, self.busy)

    @cached_property
    def accounts(self) -> Accounts:
        """Raises FrontdeskError while the database is not open yet."""
        return Accounts(self.centre.people)

    def is_ready(self) -> bool:
        return not self.problem and bool(self.centre.health().get("ready"))


def house_of(connection: HTTPConnection) -> House:
    """Of a request or a WebSocket."""
    house: House = connection.app.state.house
    return house
