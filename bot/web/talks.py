"""Talks between a caller and a person: begun, held, passed on, ended; their sound, and who else hears it.

A caller keeps the line they have: their sound goes through here to the page of the person who answered, and back.
Between a check and its change nothing is awaited but the database, which alone decides whose a ticket is.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace

from bot.dialogue.counter import TicketLine
from bot.dialogue.errand import Errand, Goal
from bot.web.agent_line import AgentLine, Command
from bot.web.caller_line import CallerLine
from bot.web.centre import Centre
from bot.web.keeping import Keeping
from bot.web.returns import GivenBack, Returns
from bot.web.taking_over import TakingOver
from bot.web.talk_sounds import TalkSounds
from bot.web.views import line_of
from handoff.consulting import Consulting
from handoff.desk import Desk
from handoff.history import Happening, What
from handoff.model import Ticket, TicketStatus


class Talks:
    def __init__(
        self, centre: Centre, desk: Desk, keeping: Keeping, clock: Callable[[], dt.datetime], wake: Callable[[], None]
    ) -> None:
        """`wake` is called when something changed that people should see."""
        self.callers: dict[str, CallerLine] = {}
        """Ticket → the line of its caller, who waits or talks."""
        self.sounds = TalkSounds(centre, desk, keeping, clock, wake)
        self.consulting = Consulting(desk)
        """Colleagues who were asked into talks."""
        self.elsewhere: set[str] = set()
        """Tickets whose callers were put through to somebody outside, and still talk with them."""
        self._centre, self._desk, self._keeping, self._clock, self._wake = centre, desk, keeping, clock, wake
        self.returns = Returns()
        """Callers on their way to the bot."""
        self._taking_over = TakingOver(desk)
        self._taking: set[str] = set()
        self._leaving: set[str] = set()
        self._showing: set[str] = set()
        """Tickets whose caller was shown a person last, also when that was a moment only."""

    def is_with_person(self, ticket_id: str) -> bool:
        """A live talk, the moment before it begins, or after it."""
        return (
            ticket_id in self._taking | self._leaving | self.elsewhere or self._desk.talk_about(ticket_id) is not None
        )

    async def carry_out(self, agent: int, line: AgentLine, command: Command) -> None:
        """What an agent's page asks about their talk. Raises FrontdeskError."""
        match command.type:
            case "answer":
                await self.answer(agent, line, command.ticket)
            case "hold":
                await self.hold(agent, command.on)
            case "transfer":
                await self.pass_on(agent, line, command.agent or command.queue)
            case "end":
                await self.end(agent)
            case "back":
                await self.give_back(agent, command.goal)
            case "keys":
                self.sounds.press(agent, command.digits)
            case "say":
                await self.sounds.say(agent, command.text)
            case "take-over":
                await self._taking_over.ask(self._centre.live, agent, line, command.call)

    # The course of a talk -----------------------------------------------------------------

    async def answer(self, agent: int, line: AgentLine, ticket_id: str) -> None:
        channel = self.callers.get(ticket_id)
        if channel is None or ticket_id in self._taking or not self._desk.may_answer(agent, ticket_id):
            await line.tell("That caller is gone, or a colleague was quicker.")
            return
        self._taking.add(ticket_id)
        try:
            with self._desk.answering(agent):
                ticket = await asyncio.to_thread(self._take, ticket_id)
            if ticket is None:
                await line.tell("A colleague was quicker.")
            elif not self._desk.is_free(agent):  # gone meanwhile, or asked in by a colleague
                await asyncio.to_thread(self._centre.tickets.set_status, ticket_id, TicketStatus.WAITING, self._clock())
            else:
                await self._begin(agent, ticket, channel)
        finally:
            self._taking.discard(ticket_id)

    def _take(self, ticket_id: str) -> Ticket | None:
        """In the database, where only one can be first."""
        tickets = self._centre.tickets
        return tickets.get(ticket_id) if tickets.take(ticket_id, self._clock()) else None

    async def _begin(self, agent: int, ticket: Ticket, channel: CallerLine) -> None:
        happened = self._desk.answered(agent, ticket, self._clock())
        self.sounds.begin(agent, ticket, channel)
        await channel.clear()
        await self.show_caller(agent, lost=False)
        await self._keeping.happened(happened)
        if channel.ended:  # hung up while we took it
            await self.end(agent)

    async def is_taken_over(self, ticket_id: str) -> bool:
        """That caller's call was taken over from the bot. Raises StoreError."""
        ticket = await asyncio.to_thread(self._centre.tickets.get, ticket_id) if self._taking_over else None
        return ticket is not None and self._taking_over.expects(ticket)

    async def caller_came(self, ticket_id: str) -> None:
        """Answered at once for who took the call over from the bot."""
        ticket = await asyncio.to_thread(self._centre.tickets.get, ticket_id) if self._taking_over else None
        agent = self._taking_over.whose(ticket) if ticket else None
        if agent is not None and (line := self.sounds.lines.get(agent)):
            await self.answer(agent, line, ticket_id)
            self._wake()

    async def hold(self, agent: int, on: bool | None) -> None:
        """None for `on`: the other way round."""
        happened = self._desk.hold(agent, on, self._clock())
        sound = self.sounds.of(agent)
        if not happened or sound is None:
            return
        if happened[0].what is What.HELD:
            sound.hold()
        else:
            await sound.resume()
        await self.show_caller(agent, lost=False)
        await self._keeping.happened(happened)

    async def pass_on(self, agent: int, line: AgentLine, to: str | int) -> None:
        """Blind: the caller waits again on the same line, and what was said goes with them."""
        talk = self._desk.talks.get(agent)
        channel = self.callers.get(talk.ticket.id) if talk else None
        if talk is None or channel is None:
            return
        if to not in self.targets(agent):
            await line.tell("That queue or colleague is not there any more; choose another.")
            return
        queue = to if isinstance(to, str) else talk.ticket.packet.queue
        await self.put_back(talk.ticket, queue)
        happened = self._desk.pass_on(agent, to, self._clock())
        channel.queue = queue
        await channel.clear()
        await self._keeping.happened(happened)

    async def put_back(self, ticket: Ticket, queue: str) -> None:
        """It waits again, with what was said in its transcript. Raises FrontdeskError: the talk is as it was then."""
        said = [line_of(line, ticket.created_at) for line in self.sounds.said().get(ticket.id, ())]
        await asyncio.to_thread(self._centre.tickets.pass_on, ticket.id, queue, said, self._clock())
        await self.sounds.silence(ticket)

    def targets(self, agent: int) -> dict[str | int, str]:
        """Where this person may pass a caller on to: queues that somebody answers, colleagues at their desks."""
        talk = self._desk.talks.get(agent)
        seats = [seat for seat in self._desk.seats.values() if seat.agent != agent and seat.lost_at is None]
        queues = {queue for seat in seats for queue in seat.queues}
        own = {talk.ticket.packet.queue} if talk else set()
        found: dict[str | int, str] = {queue: f"queue {queue}" for queue in sorted(queues - own)}
        return found | {seat.agent: seat.name for seat in sorted(seats, key=lambda seat: seat.name)}

    async def give_back(self, agent: int, goal: Goal) -> None:
        """To the bot, on the same line: it knows what was filled in and what was said since. Wrap-up begins."""
        talk = self._desk.talks.get(agent)
        channel = self.callers.get(talk.ticket.id) if talk else None
        if talk is None or channel is None:
            return
        ticket, now = talk.ticket, self._clock()
        name, happened = self._desk.seats[agent].name, self._desk.end(agent, now)
        self._leaving.add(ticket.id)  # nobody is to take them for somebody who waits
        try:
            said = await self.sounds.silence(ticket)
        finally:
            self._leaving.discard(ticket.id)
        happened = [replace(one, details={"transcript": said}) for one in happened]
        lines = tuple(TicketLine(**asdict(line_of(line, ticket.created_at))) for line in said)
        errand = Errand(goal, name, lines, self.returns.deeds(ticket.id))
        if self.callers.pop(ticket.id, None):  # else they hung up meanwhile
            self.returns.put(ticket.id, GivenBack(ticket.packet.call_id, agent, errand))
        await channel.clear()
        await asyncio.to_thread(self._centre.tickets.set_status, ticket.id, TicketStatus.DONE, now)
        await self._keeping.happened([*happened, Happening(ticket.id, What.GIVEN_BACK, now, agent, {"goal": goal})])

    def did(self, ticket_id: str, what: str) -> None:
        """Booked, moved, cancelled: the bot is told of it, should the caller come back to it."""
        if self._desk.talk_about(ticket_id):
            self.returns.note(ticket_id, what)

    async def surveyed(self, ticket_id: str, agent: int, survey: Mapping[str, object]) -> None:
        """How the caller found it, kept beside what happened in the talk."""
        await self._keeping.happened([Happening(ticket_id, What.SURVEYED, self._clock(), agent, survey)])

    async def end(self, agent: int) -> None:
        """By whichever side: the ticket is done, the caller's line ends, wrap-up begins.

        Where it is set, a caller who is still there is asked by the bot how it was, and then let go.
        """
        talk = self._desk.talks.get(agent)
        if talk is None:
            return
        channel = self.callers.get(talk.ticket.id)
        if channel and not channel.ended and self._centre.settings.survey != "off":
            await self.give_back(agent, "survey")
            return
        self.returns.deeds(talk.ticket.id)
        happened = self._desk.end(agent, self._clock())
        details = {"transcript": await self.sounds.silence(talk.ticket)}
        happened = [replace(one, details=details) for one in happened]
        if channel := self.callers.pop(talk.ticket.id, None):
            await channel.end("done")
        await asyncio.to_thread(self._centre.tickets.set_status, talk.ticket.id, TicketStatus.DONE, self._clock())
        await self._keeping.happened(happened)

    async def show_caller(self, agent: int, *, lost: bool) -> None:
        """Whether the person they talk to is there; nothing when they talk to nobody."""
        talk = self._desk.talks.get(agent)
        if talk and (channel := self.callers.get(talk.ticket.id)):
            name = "person-lost" if lost else "held" if talk.held_since else "person"
            await self.show_person(channel, " and ".join(self.consulting.names(agent)), name)

    async def show_person(self, channel: CallerLine, who: str, name: str = "person") -> None:
        self._showing.add(channel.ticket)
        await channel.show(name, who=who)

    def showed_person(self, ticket_id: str) -> bool:
        """Since this was asked last."""
        was_shown = ticket_id in self._showing
        self._showing.discard(ticket_id)
        return was_shown

    def mark_done(self, ticket_id: str) -> None:
        """Blocks. Raises StoreError."""
        self._centre.tickets.set_status(ticket_id, TicketStatus.DONE, self._clock())
