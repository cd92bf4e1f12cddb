"""The REST interface: every operation with every role, and what a CRM does with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.web.api.access import Door
from bot.web.api.limits import Buckets
from bot.web.server import create_app
from handoff.history import Happening, What
from handoff.people import Person, Role
from handoff.tokens import TokenRole
from tests.unit.web.api_centre import ApiCentre, api_centre
from tests.unit.web.fake_centre import NOON, packet, session_cookie

A = TokenRole
EVERYBODY = set(TokenRole)
ANSWER = {A.AGENT, A.SUPERVISOR, A.ADMIN, A.SERVICE}
OVERSEE = {A.SUPERVISOR, A.ADMIN, A.SERVICE}
CONNECT = {A.ADMIN, A.SERVICE}
ADMIN = {A.ADMIN}

MAY: dict[tuple[str, str], set[TokenRole]] = {
    ("get", "/calls"): ANSWER,
    ("post", "/calls"): ANSWER,
    ("get", "/calls/{call_id}"): ANSWER,
    ("get", "/calls/{call_id}/transcript"): ANSWER,
    ("get", "/tickets"): ANSWER,
    ("get", "/tickets/{ticket_id}"): ANSWER,
    ("post", "/tickets/{ticket_id}/take"): ANSWER,
    ("post", "/tickets/{ticket_id}/done"): ANSWER,
    ("post", "/tickets/{ticket_id}/back"): ANSWER,
    ("post", "/tickets/{ticket_id}/move"): ANSWER,
    ("get", "/queues"): ANSWER,
    ("get", "/agents"): ANSWER,
    ("get", "/appointments"): ANSWER,
    ("post", "/appointments"): ANSWER,
    ("get", "/slots"): ANSWER,
    ("get", "/appointments/{reference}"): ANSWER,
    ("post", "/appointments/{reference}/move"): ANSWER,
    ("post", "/appointments/{reference}/cancel"): ANSWER,
    ("get", "/customers"): ANSWER,
    ("get", "/reports"): OVERSEE,
    ("get", "/staffing"): OVERSEE,
    ("get", "/health"): EVERYBODY,
    ("get", "/content"): EVERYBODY,
    ("get", "/content/{business}"): EVERYBODY,
    ("get", "/webhooks"): CONNECT,
    ("post", "/webhooks"): CONNECT,
    ("put", "/webhooks/{webhook_id}"): CONNECT,
    ("delete", "/webhooks/{webhook_id}"): CONNECT,
    ("post", "/webhooks/{webhook_id}/ping"): CONNECT,
    ("get", "/deliveries"): CONNECT,
    ("get", "/deliveries/{delivery_id}"): CONNECT,
    ("post", "/deliveries/{delivery_id}/again"): CONNECT,
    ("get", "/tokens"): ADMIN,
    ("post", "/tokens"): ADMIN,
    ("delete", "/tokens/{token_id}"): ADMIN,
}
HOOK = {"url": "https://crm.example.com/hook", "events": ["call.escalated"]}


@pytest.fixture(scope="module")
def centre() -> ApiCentre:
    return api_centre()


@pytest.fixture(scope="module")
def app(centre: ApiCentre) -> FastAPI:
    return create_app(centre)


@pytest.fixture(scope="module")
def web(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://testserver/api/v1/") as client:
        yield client


@pytest.fixture(scope="module")
def tokens(centre: ApiCentre) -> dict[TokenRole, dict[str, str]]:
    return {role: centre.token(role) for role in TokenRole}


@pytest.fixture(autouse=True)
def nobody_guessed(app: FastAPI) -> None:
    """All tests come from one address."""
    door_of(app).wrong = Buckets(30, at_once=30)


def door_of(app: FastAPI) -> Door:
    mounted = next(route.app for route in app.routes if getattr(route, "path", "") == "/api/v1")
    door: Door = mounted.state.door
    return door


@pytest.fixture
def crm(tokens: dict[TokenRole, dict[str, str]]) -> dict[str, str]:
    return tokens[A.SERVICE]


def monday() -> str:
    """Some Monday in the weeks to come, in the morning."""
    day = dt.date.today() + dt.timedelta(days=14)
    return f"{day - dt.timedelta(days=day.weekday())}T10:00"


def test_every_operation_is_in_the_table_of_who_may(web: TestClient) -> None:
    described = web.get("openapi.json").json()["paths"]
    assert {(method, path) for path, methods in described.items() for method in methods} == set(MAY)


@pytest.mark.parametrize(("method", "path"), MAY)
def test_every_operation_is_open_to_its_roles_and_shut_to_all_others(
    web: TestClient, tokens: dict[TokenRole, dict[str, str]], method: str, path: str
) -> None:
    names = {"call_id": "c", "ticket_id": "T", "reference": "12345", "business": "clinic"}
    ids = dict.fromkeys(("webhook_id", "delivery_id", "token_id"), "999999")
    address = path.format(**names, **ids).lstrip("/")
    nobody = web.request(method, address)
    assert (nobody.status_code, nobody.json()["code"]) == (401, "api.token")
    for role, header in tokens.items():
        answer = web.request(method, address, headers=header)
        if role in MAY[method, path]:
            assert answer.status_code in (200, 404, 422), f"{role} was to come through to the operation itself"
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "api.role")


def test_every_error_has_the_one_shape(web: TestClient, crm: dict[str, str]) -> None:
    for answer in (
        web.get("calls/none", headers=crm),
        web.get("calls?limit=1000", headers=crm),
        web.get("nowhere", headers=crm),
        web.delete("calls", headers=crm),
        web.post("appointments", headers=crm, content=b"{"),
    ):
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert problem["code"].startswith("api.")
        assert problem["detail"].endswith(".")


def test_what_somebody_sent_is_not_repeated_in_an_error(web: TestClient, crm: dict[str, str]) -> None:
    wrong = {"business": "clinic", "service": "checkup", "start": "soon", "name": "Ann Example", "phone": "secret"}
    answer = web.post("appointments", headers=crm, json=wrong)
    assert answer.status_code == 422
    assert "secret" not in answer.text
    assert "Ann" not in answer.text


def test_an_appointment_is_booked_found_moved_and_cancelled_and_never_twice(
    web: TestClient, crm: dict[str, str]
) -> None:
    wanted = {"business": "clinic", "service": "checkup", "staff": "anna", "branch": "harbour", "start": monday()}
    person = {"name": "Ann Example", "phone": "020 7123 4567"}
    booked = web.post("appointments", headers=crm, json=wanted | person)
    assert booked.status_code == 201, booked.text
    again = web.post("appointments", headers=crm, json=wanted | person)
    assert (again.status_code, again.json()["code"]) == (409, "diary.slot_taken")
    assert again.json()["alternatives"], "times that are free are told"
    reference = booked.json()["reference"]
    found = web.get("customers?business=clinic&phone=02071234567", headers=crm).json()
    assert [one["reference"] for one in found[0]["appointments"]] == [reference]
    later = monday().replace("10:00", "14:00")
    moved = web.post(f"appointments/{reference}/move?business=clinic", headers=crm, json={"start": later})
    assert moved.json()["start"].startswith(later)
    cancelled = web.post(f"appointments/{reference}/cancel?business=clinic", headers=crm)
    assert cancelled.json()["status"] == "cancelled"
    twice = web.post(f"appointments/{reference}/cancel?business=clinic", headers=crm)
    assert (twice.status_code, twice.json()["code"]) == (409, "diary.not_booked")


def test_free_slots_can_be_booked_as_they_are(web: TestClient, crm: dict[str, str]) -> None:
    day = monday()[:10]
    slots = web.get(f"slots?business=clinic&service=cleaning&from={day}", headers=crm).json()
    person = {"business": "clinic", "name": "Ben Example", "phone": "020 7123 9999"}
    wanted = {key: slots[0][key] for key in ("service", "staff", "branch", "start")}
    assert web.post("appointments", headers=crm, json=wanted | person).json()["start"] == slots[0]["start"]


def test_a_ticket_goes_to_the_first_who_takes_it_and_can_be_moved_while_it_waits(
    web: TestClient, centre: ApiCentre, crm: dict[str, str]
) -> None:
    ticket = centre.shelves.tickets.add(packet(business="clinic", caller="+15550199"), NOON)
    assert web.post(f"tickets/{ticket.id}/move", headers=crm, json={"queue": "billing"}).json()["queue"] == "billing"
    assert web.post(f"tickets/{ticket.id}/take", headers=crm).json()["status"] == "taken"
    assert web.post(f"tickets/{ticket.id}/take", headers=crm).status_code == 409
    assert web.post(f"tickets/{ticket.id}/back", headers=crm).json()["status"] == "waiting"
    queues = {one["queue"]: one for one in web.get("queues", headers=crm).json()}
    assert queues["billing"]["waiting"] == 1
    shown = web.post(f"tickets/{ticket.id}/done", headers=crm).json()
    assert shown["status"] == "done"
    assert shown["transcript"][1]["text"] == "can i bring my ex rays"


def test_calls_come_in_pages_newest_first_each_exactly_once(
    web: TestClient, centre: ApiCentre, crm: dict[str, str]
) -> None:
    for number in range(7):
        turns = [{"speaker": "caller", "text": "hello", "start_ms": 0, "end_ms": 400, "intent": "book"}]
        at = NOON + dt.timedelta(minutes=number // 2)  # two at the same moment
        report = {"call_id": f"call-{number}", "channel": "sip", "caller": "", "started_at": at.isoformat()}
        centre.shelves.calls.save(report | {"outcome": "completed", "turns": turns}, "paged")
    seen, after = [], ""
    while True:
        page = web.get(f"calls?business=paged&limit=3{after}", headers=crm).json()
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == ["call-6", "call-5", "call-4", "call-3", "call-2", "call-1", "call-0"]
    assert web.get("calls/call-3/transcript", headers=crm).json()["turns"][0]["intent"] == "book"


def test_people_who_may_not_sign_in_any_more_are_no_agents(
    web: TestClient, centre: ApiCentre, crm: dict[str, str]
) -> None:
    for name, active in (("Maya", True), ("Gone", False)):
        centre.people.add(Person(0, name.lower(), name, Role.AGENT, "", "key", {"billing": 1}, active), NOON)
    assert [(one["name"], one["presence"]) for one in web.get("agents", headers=crm).json()] == [("Maya", "off")]


def test_a_report_is_json_csv_or_a_picture(web: TestClient, centre: ApiCentre, crm: dict[str, str]) -> None:
    ticket = centre.shelves.tickets.add(packet(business="clinic", queue="front", caller="", call_id=""), NOON)
    for what, after in ((What.ANSWERED, 10), (What.ENDED, 70), (What.WRAPPED, 80)):
        centre.shelves.happenings.add(Happening(ticket.id, what, NOON + dt.timedelta(seconds=after), 1))
    asked = "reports?by=queue&business=clinic&from=2026-03-02&to=2026-03-02"
    rows = {row["key"]: row for row in web.get(asked, headers=crm).json()["rows"]}
    assert (rows["front"]["answered"], rows["front"]["asa_s"], rows["front"]["aht_s"]) == (1, 10, 70)
    lines = web.get(f"{asked}&format=csv", headers=crm).text.split("\r\n")
    assert lines[0].startswith("queue,calls,containment")
    assert any(line.startswith("front,1,") for line in lines)
    picture = web.get(f"{asked}&format=png", headers=crm)
    assert picture.content.startswith(b"\x89PNG")
    assert web.get("reports?from=2026-03-02&to=2026-03-01", headers=crm).json()["code"] == "report.period"


def test_staffing_says_what_the_command_says(web: TestClient, crm: dict[str, str]) -> None:
    found = web.get("staffing?calls_per_hour=100&aht=180&agents=7", headers=crm).json()
    assert found["service_level"] == pytest.approx(0.7956, abs=0.01) or 0 < found["service_level"] < 1
    assert found["agents"] == 7


def test_a_call_is_placed_only_where_a_line_places_calls(web: TestClient, app: FastAPI, crm: dict[str, str]) -> None:
    wanted = {"business": "clinic", "service": "checkup", "start": monday().replace("10:00", "15:00")}
    booked = web.post("appointments", headers=crm, json=wanted | {"name": "Cy Example", "phone": "020 7123 8888"})
    asked = {"business": "clinic", "reference": booked.json()["reference"]}
    assert web.post("calls", headers=crm, json=asked).json()["code"] == "api.no_line"
    cold = web.post("calls", headers=crm, json={"business": "clinic", "phone": "+442079460123"})
    assert (cold.status_code, cold.json()["code"]) == (422, "api.no_appointment")
    door = door_of(app)
    door.lines = object  # type: ignore[assignment]
    try:
        assert web.post("calls", headers=crm, json=asked).status_code == 202
    finally:
        door.lines = lambda: None


def test_a_token_is_shown_once_and_opens_nothing_when_it_was_revoked(
    web: TestClient, centre: ApiCentre, tokens: dict[TokenRole, dict[str, str]]
) -> None:
    made = web.post("tokens", headers=tokens[A.ADMIN], json={"name": "CRM", "role": "service"}).json()
    header = {"Authorization": f"Bearer {made['token']}"}
    assert web.get("calls", headers=header).status_code == 200
    assert made["token"] not in web.get("tokens", headers=tokens[A.ADMIN]).text
    assert web.delete(f"tokens/{made['id']}", headers=tokens[A.ADMIN]).json()["revoked_at"]
    assert web.get("calls", headers=header).status_code == 401


def test_a_webhook_is_told_its_secret_once_and_leads_nowhere_private(web: TestClient, crm: dict[str, str]) -> None:
    made = web.post("webhooks", headers=crm, json=HOOK).json()
    assert made["secret"].startswith("whsec_")
    assert "secret" not in web.get("webhooks", headers=crm).text
    assert web.post(f"webhooks/{made['id']}/ping", headers=crm).json()["status"] == "pending"
    assert web.post("webhooks", headers=crm, json={"url": "http://localhost/hook"}).json()["code"] == "api.webhook_url"
    changed = HOOK | {"events": ["call.ended"]}
    assert web.put(f"webhooks/{made['id']}", headers=crm, json=changed).json()["events"] == ["call.ended"]
    assert web.delete(f"webhooks/{made['id']}", headers=crm).status_code == 204
    assert web.get("deliveries", headers=crm).json()["items"] == []


def test_who_asks_too_often_is_told_how_long_to_wait() -> None:
    centre = api_centre(per_minute=6)
    with TestClient(create_app(centre), base_url="http://testserver/api/v1/") as web:
        header = centre.token()
        answers = [web.get("content", headers=header) for _ in range(3)]
        assert [one.status_code for one in answers] == [200, 429, 429]
        assert 0 < int(answers[-1].headers["retry-after"]) <= 10


def test_guessing_tokens_is_stopped(web: TestClient) -> None:
    with TestClient(web.app, base_url="http://testserver/api/v1/", client=("203.0.113.9", 4)) as stranger:
        guesses = [stranger.get("calls", headers={"Authorization": "Bearer fd_guess"}) for _ in range(32)]
    assert [one.status_code for one in guesses] == [401] * 30 + [429] * 2


def test_content_and_health_are_read(web: TestClient, crm: dict[str, str]) -> None:
    assert [one["id"] for one in web.get("content", headers=crm).json()] == ["clinic"]
    content = web.get("content/clinic", headers=crm).json()
    assert {"intent": "book", "examples": 2} in content["intents"]
    assert content["answers"]["faq/parking"].startswith("There is a car park")
    assert web.get("health", headers=crm).json()["ready"] is True


def test_the_report_page_shows_what_the_interface_tells(web: TestClient, app: FastAPI, centre: ApiCentre) -> None:
    centre.shelves.tickets.add(packet(business="clinic", call_id="seen", caller=""), NOON)
    web.cookies.update(session_cookie(app, Role.SUPERVISOR, "Sue"))
    asked = "by=business&from=2026-03-02&to=2026-03-02"
    report = web.get(f"http://testserver/board/reports/figures?{asked}").json()
    assert report["total"]["calls"] >= 1
    assert report["rows"][0]["label"] == "Test Clinic"
    assert set(report["definitions"]) == set(report["total"])
    assert web.get(f"http://testserver/board/reports/export?format=png&{asked}").content.startswith(b"\x89PNG")
    wrong = web.get("http://testserver/board/reports/figures?from=2026-03-02&to=2026-03-01")
    assert wrong.status_code == 422
    assert "before" in wrong.json()["error"]
    web.cookies.clear()
