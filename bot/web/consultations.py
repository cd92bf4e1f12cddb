"""Colleagues asked into a talk: the commands of the pages, who hears whom meanwhile, and what the screens show of it.

`handoff.consulting` decides. The caller hears music as long as the colleagues are by themselves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from bot.web.agent_line import AgentLine, Command
from bot.web.keeping import Keeping
from bot.web.outside import Outside
from bot.web.talks import Talks
from bot.web.views import describe
from handoff.consulting import ASK_S, Consultation
from handoff.desk import Desk
from handoff.history import Happening, What


class Consultations:
    def __init__(
        self,
        desk: Desk,
        talks: Talks,
        keeping: Keeping,
        clock: Callable[[], dt.datetime],
        wake: Callable[[], None],
    ) -> None:
        """`wake` is called when something changed that people should see."""
        self._desk, self._talks, self._keeping, self._clock = desk, talks, keeping, clock
        self._consulting = talks.consulting
        self._floor: tuple[object, ...] = ()
        """Who sits how, and who is asked whom, as `_targets` were made for."""
        self._targets: dict[tuple[int, str], list[dict[str, Any]]] = {}
        """By person and ticket."""
        self.outside = Outside(desk, talks, keeping, clock, wake)

    async def carry_out(self, agent: int, line: AgentLine, command: Command) -> bool:
        """False when it is not about a consultation. Raises FrontdeskError."""
        asked, mine = self._consulting.asked_of(agent), self._consulting.by_asker.get(agent)
        match command.type:
            case "consult":
                await self._ask(agent, line, command)
            case "transfer" if command.number:
                if await self.outside.ring(agent, line, command.number, put_through=True):
                    await self._talks.hold(agent, on=True)
            case "answer" if asked and asked.ticket.id == command.ticket:
                await self._answer(agent, asked)
            case "decline" if asked and agent not in self._desk.offers:
                await self._refuse(agent)
            case "join" if mine and mine.is_answered:
                await self._talks.hold(agent, on=False)
            case "hand-over":
                await self._hand_over(agent)
            case "cancel" if mine:
                await self._cancel(agent)
            case "end" if self._consulting.of_colleague(agent):
                await self._leave(agent)
            case "end" if mine and mine.is_answered:  # the caller stays with the other
                await self._hand_over(agent)
            case _:
                return False
        return True

    async def look(self, now: dt.datetime) -> None:
        """What is due: before the desk gives up those who lost their pages."""
        inherited, alone = self._consulting.due(now)
        for asker in inherited:
            await self._hand_over(asker)
        for asker in alone:
            one = self._consulting.over(asker)
            if one:
                await self._put_out(one)
                if one.asked:
                    await self._tell(asker, "Nobody answered. The caller is on hold with you.")

    # The course of one --------------------------------------------------------------------

    async def _ask(self, agent: int, line: AgentLine, command: Command) -> None:
        if command.number:
            is_begun = await self.outside.ring(agent, line, command.number, put_through=False)
        else:
            is_begun = self._consulting.ask(agent, command.agent or command.queue, self._clock()) is not None
            if not is_begun:
                await line.tell("Nobody there is free to be asked just now; choose somebody else.")
        if is_begun:
            await self._talks.hold(agent, on=True)

    async def _answer(self, colleague: int, asked: Consultation) -> None:
        one = self._consulting.answer(colleague, asked.ticket.id, self._clock())
        if one is None:
            return
        self._talks.sounds.let_in(colleague, one.ticket.id)
        joined = Happening(one.ticket.id, What.CONSULTED, self._clock(), one.asker, {"colleague": colleague})
        await self._keeping.happened([joined])

    async def _refuse(self, colleague: int) -> None:
        name = self._desk.seats[colleague].name
        left = self._consulting.refuse(colleague)
        if left and not left.asked:
            await self._tell(left.asker, f"{name} cannot come. The caller is on hold with you.")

    async def _leave(self, colleague: int) -> None:
        """The asker has the caller, on hold or not, as it was."""
        one = self._consulting.of_colleague(colleague)
        if one:
            self._consulting.over(one.asker)
            await self._put_out(one)
            await self._tell(one.asker, f"{self._desk.seats[colleague].name} has left.")

    async def _cancel(self, agent: int) -> None:
        """Back to the caller, alone."""
        one = self._consulting.over(agent)
        if one:
            await self._put_out(one)
            await self._talks.hold(agent, on=False)

    async def _hand_over(self, agent: int) -> None:
        one = self._consulting.by_asker.get(agent)
        if one is None:
            return
        if one.is_outside_there:
            await self.outside.hand_over(agent)
        elif happened := self._consulting.hand_over(agent, self._clock()):
            assert one.colleague is not None
            await self._talks.sounds.hand_over(one.ticket.id, agent, one.colleague)
            await self._talks.show_caller(one.colleague, lost=False)
            await self._keeping.happened(happened)

    async def _put_out(self, one: Consultation) -> None:
        if one.colleague is not None:
            self._talks.sounds.let_out(one.colleague)
        self.outside.let_go(one.ticket.id)
        if one.asker in self._desk.talks:
            await self._talks.show_caller(one.asker, lost=self._desk.seats[one.asker].lost_at is not None)

    async def _tell(self, agent: int, sentence: str) -> None:
        if line := self._talks.sounds.lines.get(agent):
            await line.tell(sentence)

    # On the screens -----------------------------------------------------------------------

    def view(self, agent: int) -> dict[str, Any]:
        """What is on that person's screen of it: `consult` as asker, `guest` as colleague, `invite` while asked."""
        mine, guest = self._consulting.by_asker.get(agent), self._consulting.of_colleague(agent)
        return {
            "outside": self.outside.can_ring(),
            "consult": self._as_asker(mine) if mine else None,
            "guest": self._as_guest(guest) if guest else None,
            "invite": self._as_asked(asked) if not guest and (asked := self._consulting.asked_of(agent)) else None,
        }

    def _as_asker(self, one: Consultation) -> dict[str, Any]:
        who = [one.colleague] if one.colleague is not None else sorted(one.asked)
        names = [self._desk.seats[agent].name for agent in who if agent in self._desk.seats]
        lost = one.colleague in self._desk.seats and self._desk.seats[one.colleague].lost_at is not None
        return {"who": one.outside or ", ".join(names), "stage": self._stage(one), "lost": lost}

    def _as_guest(self, one: Consultation) -> dict[str, Any]:
        seat = self._desk.seats[one.asker]
        said = self._talks.sounds.said().get(one.ticket.id, ())
        return {
            "ticket": describe(one.ticket),
            "by": seat.name,
            "lost": seat.lost_at is not None,
            "stage": self._stage(one),
            "since": one.at.isoformat(),
            "lines": list(said),
        }

    def _as_asked(self, one: Consultation) -> dict[str, Any]:
        until = one.at + dt.timedelta(seconds=ASK_S)
        return {
            "ticket": describe(one.ticket),
            "by": self._desk.seats[one.asker].name,
            "until": until.isoformat(),
        }

    def _stage(self, one: Consultation) -> str:
        talk = self._desk.talks.get(one.asker)
        if not one.is_answered:
            return "asked"
        return "private" if talk and talk.held_since else "together"

    def targets(self, agent: int) -> list[dict[str, Any]]:
        """Where their caller may be passed on to; `free`: somebody there can be asked first. None without a talk."""
        talk = self._desk.talks.get(agent)
        if talk is None:
            return []
        floor = (tuple(self._desk.seats.values()), tuple(self._consulting.by_asker.values()))
        if floor != self._floor:  # with a hundred people, each of them in each one's list, it is worth keeping
            self._floor, self._targets = floor, {}
        kept = self._targets.get((agent, talk.ticket.id))
        if kept is None:
            found = self._talks.targets(agent)
            free = self._consulting.free_among(agent, found)
            kept = [{"to": to, "name": name, "free": to in free} for to, name in found.items()]
            self._targets[agent, talk.ticket.id] = kept
        return kept
