"""The application over HTTP and WebSocket, with a call centre without engines."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from bot.channels.browser import BrowserChannel
from bot.errors import ModelError, StoreError
from bot.events import AudioChunk
from bot.web.house import House
from bot.web.server import create_app
from handoff.model import Listed, Priority, TicketStatus
from tests.unit.web.fake_centre import NOON, EchoConversation, FakeCentre, echo_centre, packet, session_cookie

OWN = {"X-Frontdesk": "desk"}
CHUNK = bytes(640)


@pytest.fixture
def echo() -> tuple[FakeCentre, EchoConversation]:
    return echo_centre()


@pytest.fixture
def centre(echo: tuple[FakeCentre, EchoConversation]) -> FakeCentre:
    return echo[0]


@pytest.fixture
def app(centre: FakeCentre) -> FastAPI:
    return create_app(centre)


@pytest.fixture
def web(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


@pytest.fixture
def desk(web: TestClient, app: FastAPI) -> TestClient:
    web.cookies.update(session_cookie(app))
    return web


def house(app: FastAPI) -> House:
    kept: House = app.state.house
    return kept


# Health, figures, headers --------------------------------------------------------------


def test_health_is_503_until_the_engines_are_loaded(centre: FakeCentre) -> None:
    centre.ready = False

    async def loading() -> None:
        centre.ready = True

    with TestClient(create_app(centre)) as unloaded:
        assert unloaded.get("/health").status_code == 503
        assert unloaded.get("/health").json()["ready"] is False
    with TestClient(create_app(centre, loading)) as loaded:
        assert loaded.get("/health").json() == {"ready": True, "ears": "none", "voice": "a tone", "calls": 0}


def test_health_says_what_to_do_when_the_engines_cannot_be_loaded(centre: FakeCentre) -> None:
    async def loading() -> None:
        raise ModelError("models.missing", "Please run `frontdesk models fetch`.")

    with TestClient(create_app(centre, loading)) as web:
        answer = web.get("/health")
    assert answer.status_code == 503
    assert answer.json()["problem"] == "Please run `frontdesk models fetch`."


def test_health_tells_of_a_telephone_line_that_could_not_open(centre: FakeCentre) -> None:
    app = create_app(centre)
    with TestClient(app) as web:
        app.state.phone.problems.append("Port 5060 is taken.")
        assert web.get("/health").json()["line_problems"] == ["Port 5060 is taken."]


def test_a_surprise_while_loading_does_not_leak_into_the_answer(centre: FakeCentre) -> None:
    async def loading() -> None:
        raise RuntimeError("/home/secret/path")

    with TestClient(create_app(centre, loading)) as web:
        assert "secret" not in web.get("/health").text


def test_every_answer_forbids_inline_scripts_frames_and_sniffing(web: TestClient) -> None:
    for path in ("/", "/desk", "/health", "/static/caller.js", "/nowhere"):
        headers = web.get(path).headers
        assert "script-src 'self';" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", ["/desk/sign-in", "/api/v1/appointments", "/twilio/voice"])
def test_a_stranger_cannot_fill_the_memory(web: TestClient, path: str) -> None:
    pieces = (bytes(65_536) for _ in range(40))
    answer = web.post(path, content=pieces, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert "script-src" in answer.headers["content-security-policy"]


def test_the_centre_is_closed_with_the_server(centre: FakeCentre) -> None:
    with TestClient(create_app(centre)):
        assert not centre.is_closed
    assert centre.is_closed


def test_metrics_count_calls_by_outcome_replies_and_waiting(web: TestClient, app: FastAPI, centre: FakeCentre) -> None:
    centre.tickets.add(packet(), NOON)
    with web.websocket_connect("/call/browser") as line:
        line.send_json({"type": "start"})
        read_until(line, "caption")
        assert "frontdesk_calls_running 1.0" in web.get("/metrics").text
        line.send_json({"type": "hangup"})
        read_until(line, "ended")
    text = web.get("/metrics").text
    assert "frontdesk_calls_running 0.0" in text
    assert 'frontdesk_calls_total{outcome="abandoned"} 1.0' in text
    assert 'frontdesk_reply_seconds_bucket{le="0.45"} 1.0' in text
    assert "frontdesk_tickets_waiting 1.0" in text


def test_a_database_that_is_gone_is_a_sentence_on_the_desk_and_no_number_in_the_figures(
    desk: TestClient, centre: FakeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> list[Listed]:
        raise StoreError("store.gone", "The database cannot be reached; the call centre tries again.")

    monkeypatch.setattr(centre.tickets, "queued", gone)
    answer = desk.get("/desk/tickets")
    assert answer.status_code == 503
    assert answer.json() == {"error": "The database cannot be reached; the call centre tries again."}
    assert "frontdesk_tickets_waiting NaN" in desk.get("/metrics").text


# The caller's page and line ----------------------------------------------------------------


def test_the_page_names_the_business_and_a_strange_name_is_text(web: TestClient) -> None:
    assert "<title>Brightwater Dental</title>" in web.get("/").text
    page = web.get("/", params={"to": "smith"}).text
    assert "Smith &amp; Sons &lt;smith&gt;" in page
    assert 'data-to="smith"' in page
    assert "<b>" not in web.get("/", params={"to": '"><b>x'}).text


def test_a_call_is_connected_heard_and_ended_by_the_bot(
    web: TestClient, echo: tuple[FakeCentre, EchoConversation]
) -> None:
    with web.websocket_connect("/call/browser") as line:
        line.send_json({"type": "start", "to": "x", "caller": "+15550100"})
        assert line.receive_json() == {"type": "state", "state": "connected", "business": "Smith & Sons <x>"}
        read_until(line, "caption")
        line.send_bytes(CHUNK)
        line.send_json({"type": "digit", "digit": "9"})
        assert read_until(line, "ended") == {"type": "ended", "reason": "bot"}
    assert echo[1].heard_ms == 20
    assert echo[1].answered
    assert echo[1].answered.caller == "+15550100"


@pytest.mark.parametrize(("state", "reason"), [("full", "busy"), ("unready", "starting"), ("closing", "closing")])
def test_a_call_that_cannot_be_taken_is_told_why(
    web: TestClient, app: FastAPI, centre: FakeCentre, state: str, reason: str
) -> None:
    centre.settings = centre.settings.model_copy(update={"busy_calls": 0})
    centre.full, centre.ready = state == "full", state != "unready"
    if state == "closing":
        asyncio.run(house(app).calls.close())
    with web.websocket_connect("/call/browser") as line:
        line.send_json({"type": "start"})
        assert line.receive_json() == {"type": "ended", "reason": reason}
    assert centre.reminders == [], "no call was begun"


def test_a_call_that_breaks_ends_with_a_kind_word_and_is_counted(web: TestClient, centre: FakeCentre) -> None:
    async def break_down(channel: object, reminder: str) -> None:
        raise RuntimeError("no such table")

    centre.conversation = break_down
    with web.websocket_connect("/call/browser") as line:
        line.send_json({"type": "start"})
        assert read_until(line, "ended") == {"type": "ended", "reason": "failed"}
    assert 'frontdesk_calls_total{outcome="failed"} 1.0' in web.get("/metrics").text


def test_a_page_of_another_site_cannot_call(web: TestClient) -> None:
    for path in ("/call/browser", "/ring/events"):
        with (
            pytest.raises(WebSocketDisconnect),
            web.websocket_connect(path, headers={"origin": "http://evil.test"}),
        ):
            pass
    with web.websocket_connect("/call/browser", headers={"origin": "http://testserver"}) as line:
        line.send_json({"type": "hangup"})


def test_a_caller_without_a_ticket_is_told_so_and_does_not_wait_for_nobody(web: TestClient, centre: FakeCentre) -> None:
    async def hand_over_unnoted(channel: BrowserChannel, reminder: str) -> None:
        await channel.transfer("reception", "")

    centre.conversation = hand_over_unnoted
    with web.websocket_connect("/call/browser") as line:
        line.send_json({"type": "start"})
        assert read_until(line, "ended") == {"type": "ended", "reason": "unnoted"}
    assert 'frontdesk_calls_total{outcome="failed"} 1.0' in web.get("/metrics").text
    assert "unnoted:" in web.get("/static/caller-words.js").text


def test_a_waiting_caller_keeps_the_line_and_hears_when_a_person_takes_over(
    desk: TestClient, centre: FakeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.waiting_room.QUEUE_LOOK_S", 0.01)
    with desk.websocket_connect("/call/browser") as line:
        line.send_json({"type": "start"})
        line.send_json({"type": "digit", "digit": "0"})
        waiting = read_until(line, "state", state="waiting", place=1)
        assert desk.get("/desk/tickets").json()["tickets"][0]["on_line"] is True
        line.send_bytes(CHUNK)
        desk.post(f"/desk/tickets/{waiting['ticket']}/take", headers=OWN)
        read_until(line, "state", state="taken")
        desk.post(f"/desk/tickets/{waiting['ticket']}/done", headers=OWN)
        assert read_until(line, "ended")["reason"] == "done"
    assert 'frontdesk_calls_total{outcome="escalated"} 1.0' in desk.get("/metrics").text


def test_a_ticket_is_still_waiting_when_its_caller_has_gone(
    web: TestClient, centre: FakeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.waiting_room.QUEUE_LOOK_S", 0.01)
    with web.websocket_connect("/call/browser") as line:
        line.send_json({"type": "start"})
        line.send_json({"type": "digit", "digit": "0"})
        read_until(line, "state", state="waiting")
    assert [ticket.status for ticket in centre.tickets.newest()] == [TicketStatus.WAITING]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=8_000) | st.text(max_size=2_500), max_size=5))
def test_whatever_a_page_sends_the_server_stays_well(web: TestClient, messages: list[bytes | str]) -> None:
    with web.websocket_connect("/call/browser") as line:
        for message in messages:
            if isinstance(message, bytes):
                line.send_bytes(message)
            else:
                line.send_text(message)
        line.send_json({"type": "hangup"})
        assert read_until(line, "ended")["reason"] in ("caller", "garbled")
    assert web.get("/health").status_code == 200


# Reminders ------------------------------------------------------------------------------


def test_an_old_or_forged_ring_link_opens_an_ordinary_page(web: TestClient) -> None:
    answer = web.get("/ring/forged")
    assert answer.status_code == 403
    assert 'data-mode="expired"' in answer.text


def test_a_page_without_a_signed_link_is_never_rung(web: TestClient) -> None:
    for hello in ({"token": "forged"}, {"token": 7}, ["x"], {}):
        with web.websocket_connect("/ring/events") as page:
            page.send_json(hello)
            with pytest.raises(WebSocketDisconnect) as closed:
                page.receive_json()
        assert closed.value.code == 1008


def test_only_an_order_signed_with_our_key_rings(web: TestClient, app: FastAPI) -> None:
    assert web.post("/ring/orders/forged").status_code == 403
    order = house(app).links.ring_order("r1", "c1")
    assert web.post(f"/ring/orders/{order}").json() == {"result": "nobody"}


def test_a_rung_page_answers_and_the_call_is_about_the_reminder(
    web: TestClient, app: FastAPI, centre: FakeCentre
) -> None:
    assert 'data-mode="ring"' in web.get(f"/ring/{house(app).links.ring_page('c1')}").text
    with web.websocket_connect("/ring/events") as page:
        page.send_json({"token": house(app).links.ring_page("c1")})
        assert page.receive_json() == {"type": "listening"}
        assert web.portal
        ringing = web.portal.start_task_soon(house(app).bell.ring, "r1", "c1")
        ring = page.receive_json()
        assert ring["type"] == "ring"
        with web.websocket_connect("/call/browser") as line:
            line.send_json({"type": "start", "answer": ring["answer"]})
            assert read_until(line, "caption")["text"] == "A reminder: r1"
            assert ringing.result(5) == "answered"
        assert page.receive_json() == {"type": "stop"}
    with web.websocket_connect("/call/browser") as line:
        line.send_json({"type": "start", "answer": ring["answer"]})
        assert read_until(line, "caption")["text"] == "Good afternoon, how can I help?"
    assert centre.reminders == ["r1", ""]


def test_a_rung_page_can_decline(web: TestClient, app: FastAPI) -> None:
    with web.websocket_connect("/ring/events") as page:
        page.send_json({"token": house(app).links.ring_page("c1")})
        page.receive_json()
        assert web.portal
        ringing = web.portal.start_task_soon(house(app).bell.ring, "r1", "c1")
        page.receive_json()
        page.send_text('{"type":"decline"}')
        assert ringing.result(5) == "declined"


# The desk -------------------------------------------------------------------------------


def test_tickets_come_by_priority_then_age_and_with_what_was_said_when_opened(
    desk: TestClient, centre: FakeCentre
) -> None:
    centre.tickets.add(packet(), NOON)
    centre.tickets.add(packet(priority=Priority.EMERGENCY), NOON)
    taken = centre.tickets.add(packet(), NOON)
    centre.tickets.set_status(taken.id, TicketStatus.TAKEN, NOON)
    tickets = desk.get("/desk/tickets").json()
    assert [(one["id"], one["status"]) for one in tickets["tickets"]] == [
        ("T2", "waiting"),
        ("T1", "waiting"),
        ("T3", "taken"),
    ]
    listed = tickets["tickets"][0]
    assert (listed["priority"], listed["on_line"], listed["created_at"]) == ("emergency", False, NOON.isoformat())
    assert (listed["customer"], listed["wants"]) == ("Ann Example", "move appointment")
    assert "transcript" not in listed
    first = desk.get("/desk/tickets/T2").json()
    assert first["reasons"] == ["not understood twice"]
    assert first["slots"] == {"day": "Thursday"}
    assert first["transcript"][1]["doubtful"] == ["ex", "rays"]
    assert desk.get("/desk/tickets/T9").status_code == 404


def test_of_two_who_take_a_ticket_at_once_the_second_is_told(
    desk: TestClient, centre: FakeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_before = centre.tickets.add(packet(), NOON)
    centre.tickets.take("T1", NOON)
    monkeypatch.setattr(centre.tickets, "get", lambda ticket_id: looked_before)
    second = desk.post("/desk/tickets/T1/take", headers=OWN)
    assert second.status_code == 409
    assert second.json()["error"] == "A colleague was quicker."


def test_a_ticket_is_taken_once_done_and_can_go_back(desk: TestClient, centre: FakeCentre) -> None:
    centre.tickets.add(packet(), NOON)
    assert desk.post("/desk/tickets/T1/take", headers=OWN).json()["status"] == "taken"
    again = desk.post("/desk/tickets/T1/take", headers=OWN)
    assert again.status_code == 409
    assert again.json()["error"] == "This ticket is taken already."
    assert desk.post("/desk/tickets/T1/back", headers=OWN).json()["status"] == "waiting"
    assert desk.post("/desk/tickets/T1/done", headers=OWN).json()["status"] == "done"
    assert desk.post("/desk/tickets/T1/eat", headers=OWN).status_code == 404
    assert desk.post("/desk/tickets/T9/take", headers=OWN).status_code == 404


def test_another_site_cannot_change_a_ticket_with_our_cookie(desk: TestClient, centre: FakeCentre) -> None:
    centre.tickets.add(packet(), NOON)
    assert desk.post("/desk/tickets/T1/take").status_code == 403
    foreign = OWN | {"origin": "http://evil.test"}
    assert desk.post("/desk/tickets/T1/take", headers=foreign).status_code == 403
    assert centre.tickets.tickets["T1"].status is TicketStatus.WAITING


def read_until(line, kind: str, **fields: object) -> dict:  # type: ignore[no-untyped-def, type-arg]
    """The next JSON message of that kind with those fields; sound is passed over."""
    while True:
        message = line.receive()
        if message["type"] == "websocket.close":
            raise AssertionError(f"closed before {kind}")
        if message.get("text") is None:
            assert AudioChunk(message["bytes"]).ms == 20
            continue
        read = json.loads(message["text"])
        if read["type"] == kind and fields.items() <= read.items():
            return dict(read)
