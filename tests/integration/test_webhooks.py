"""Webhooks over real sockets: a receiver that fails at first, one that is dead, one that redirects."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.store.store import Store, open_store
from bot.web.api.delivering import Deliveries
from bot.web.api.posting import NotPosted, post
from handoff.history import Happening, What
from handoff.webhooks import MAX_TRIES, DeliveryStatus, Event, Webhook, is_genuine, new_secret
from tests.unit.web.fake_centre import packet

pytestmark = pytest.mark.integration

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@dataclass
class Receiver:
    """Answers with these statuses, the last one for ever."""

    answers: list[int]
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver([200])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0])
            self.send_header("location", "/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield receiver
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Sender:
    store: Store
    now: dt.datetime = NOON
    allow_private: bool = True

    async def run(self) -> None:
        worker = Deliveries(lambda: self.store, lambda: self.now, self.allow_private, lambda: 1.0, timeout_s=5)
        await worker.deliver_due()

    def only(self) -> tuple[DeliveryStatus, int, int | None]:
        (one,) = self.store.outbox.newest()
        return one.status, one.tries, one.answered


@pytest.fixture
def sender() -> Iterator[Sender]:
    store = open_store("sqlite://")
    yield Sender(store)
    store.close()


def hook(sender: Sender, url: str, *events: Event, **more: object) -> Webhook:
    webhook = Webhook(0, url, new_secret(), frozenset(events or Event), **more)  # type: ignore[arg-type]
    return sender.store.webhooks.add(webhook, NOON)


async def test_a_receiver_that_fails_at_first_is_told_in_the_end_with_the_same_id(
    receiver: Receiver, sender: Sender
) -> None:
    receiver.answers = [500, 503, 204]
    webhook = hook(sender, receiver.url, Event.CALL_ESCALATED)
    sender.store.tickets.add(packet(business="clinic"), NOON)
    statuses = []
    for _ in range(3):
        await sender.run()
        statuses.append(sender.only())
        sender.now += dt.timedelta(minutes=1)
    pending, delivered = DeliveryStatus.PENDING, DeliveryStatus.DELIVERED
    assert statuses == [(pending, 1, 500), (pending, 2, 503), (delivered, 3, 204)]
    assert len({given["webhook-id"] for given, _ in receiver.got}) == 1
    for minute, (given, body) in enumerate(receiver.got):
        assert is_genuine(webhook.secret, given, body, NOON + dt.timedelta(minutes=minute))
        assert b'"type": "call.escalated"' in body
    await sender.run()
    assert len(receiver.got) == 3, "what was delivered is not sent again"


async def test_it_is_not_tried_again_before_its_pause_is_over(receiver: Receiver, sender: Sender) -> None:
    receiver.answers = [500]
    hook(sender, receiver.url, Event.CALL_ESCALATED)
    sender.store.tickets.add(packet(business="clinic"), NOON)
    for _ in range(3):
        await sender.run()
    assert len(receiver.got) == 1


async def test_a_dead_receiver_is_given_up_listed_and_can_be_told_again(receiver: Receiver, sender: Sender) -> None:
    receiver.answers = [500]
    hook(sender, receiver.url, Event.CALL_ESCALATED)
    sender.store.tickets.add(packet(business="clinic"), NOON)
    for _ in range(MAX_TRIES + 3):
        await sender.run()
        sender.now += dt.timedelta(hours=5)
    assert len(receiver.got) == MAX_TRIES
    (dead,) = sender.store.outbox.newest(DeliveryStatus.DEAD)
    receiver.answers = [200]
    sender.store.outbox.again(dead.id, sender.now)
    await sender.run()
    assert sender.only() == (DeliveryStatus.DELIVERED, 1, 200)


async def test_redirections_are_not_followed(receiver: Receiver, sender: Sender) -> None:
    receiver.answers = [302, 200]
    hook(sender, receiver.url, Event.CALL_ESCALATED)
    sender.store.tickets.add(packet(business="clinic"), NOON)
    await sender.run()
    assert len(receiver.got) == 1
    assert sender.only() == (DeliveryStatus.PENDING, 1, 302)


async def test_the_own_network_is_not_reached_without_leave(receiver: Receiver, sender: Sender) -> None:
    sender.allow_private = False
    hook(sender, receiver.url, Event.CALL_ESCALATED)
    sender.store.tickets.add(packet(business="clinic"), NOON)
    await sender.run()
    assert receiver.got == []
    assert "allow_private" in sender.store.outbox.newest()[0].problem


async def test_nobody_listening_is_a_try_that_failed(sender: Sender) -> None:
    hook(sender, "http://127.0.0.1:9/hook", Event.CALL_ESCALATED)
    sender.store.tickets.add(packet(business="clinic"), NOON)
    await sender.run()
    assert sender.only() == (DeliveryStatus.PENDING, 1, None)


async def test_a_webhook_that_does_not_answer_is_waited_for_once_a_round(
    receiver: Receiver, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def reached(url: str, *rest: object) -> int:
        tried.append(url)
        if url == receiver.url:
            return post(url, *rest)  # type: ignore[arg-type]
        raise NotPosted("no answer within 10 s")

    monkeypatch.setattr("bot.web.api.delivering.post", reached)
    silent = hook(sender, "http://127.0.0.1:1/hook", Event.CALL_ESCALATED)
    hook(sender, receiver.url, Event.CALL_ESCALATED)
    for caller in ("+15550101", "+15550102", "+15550103"):
        sender.store.tickets.add(packet(business="clinic", caller=caller), NOON)
    await sender.run()
    assert tried.count(silent.url) == 1
    assert len(receiver.got) == 3
    put_off = sender.store.outbox.newest(DeliveryStatus.PENDING)
    assert {(one.tries, one.problem) for one in put_off} == {(1, "no answer within 10 s")}
    assert len(put_off) == 3


async def test_what_was_under_way_when_we_died_is_sent_by_whoever_comes_next(
    receiver: Receiver, sender: Sender
) -> None:
    hook(sender, receiver.url, Event.CALL_ESCALATED)
    sender.store.tickets.add(packet(business="clinic"), NOON)
    assert len(sender.store.outbox.claim(NOON)) == 1
    await sender.run()
    assert receiver.got == [], "somebody has it"
    sender.now += dt.timedelta(minutes=3)
    await sender.run()
    assert len(receiver.got) == 1


async def test_each_webhook_is_told_of_its_events_and_businesses_only(receiver: Receiver, sender: Sender) -> None:
    hook(sender, receiver.url, Event.CALL_ANSWERED, Event.TICKET_DONE)
    hook(sender, receiver.url, business="elsewhere")
    hook(sender, receiver.url, is_active=False)
    ticket = sender.store.tickets.add(packet(business="clinic"), NOON)
    sender.store.happenings.add(Happening(ticket.id, What.OFFERED, NOON, 7))
    sender.store.happenings.add(Happening(ticket.id, What.ANSWERED, NOON, 7))
    sender.store.happenings.add(Happening(ticket.id, What.ENDED, NOON, 7))
    await sender.run()
    assert [b'"call.answered"' in body for _, body in receiver.got] == [True]
