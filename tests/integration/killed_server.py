"""A server of its own process with callers who want a person at once; for tests that kill it. Argument: a database."""

from __future__ import annotations

import asyncio
import sys

import uvicorn

from bot.clock import utc_now
from bot.events import Answered, DigitPressed
from bot.store import open_store
from bot.web.server import create_app
from bot.web.serving import listen
from handoff.people import Person, Role
from tests.unit.web.fake_centre import FakeCentre, packet

PEOPLE = 5


class WantsPerson:
    """The bot's part: whoever presses a key goes to a person, known by the number they call from."""

    centre: FakeCentre

    async def __call__(self, channel, reminder):
        caller = ""
        async for event in channel.events():
            match event:
                case Answered(caller):
                    pass
                case DigitPressed():
                    ticket = await asyncio.to_thread(self.centre.tickets.add, packet(caller=caller), utc_now())
                    await channel.transfer(ticket.packet.queue, ticket.id)
                    return


async def main(url: str) -> None:
    store, conversation = open_store(url), WantsPerson()
    centre = conversation.centre = FakeCentre(conversation)
    centre.settings = centre.settings.model_copy(update={"unstaffed_wait_s": 3_600.0})
    centre.tickets, centre.history, centre.people = store.tickets, store.happenings, store.people
    centre.queues = store.queues
    app = create_app(centre)
    for number in range(PEOPLE):
        login = f"p{number}"
        person = store.people.by_login(login) or store.people.add(
            Person(0, login, login, Role.AGENT, "", login), utc_now()
        )
        print(app.state.house.links.session(person.id, person.session_key), flush=True)
    listener = listen("127.0.0.1", 0)
    listener.listen(128)  # from here on whoever connects is served in a moment
    print(listener.getsockname()[1], flush=True)
    await uvicorn.Server(uvicorn.Config(app, log_level="critical")).serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
