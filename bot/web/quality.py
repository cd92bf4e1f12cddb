"""Quality of calls: automatic checks and score cards of a call, what to listen to, and the trend of each colleague."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import FileResponse, JSONResponse, Response

from bot.clock import utc_now
from bot.store.store import Store
from bot.web.api.fields import Words
from bot.web.call_pages import names_of
from bot.web.call_views import name_of, timed
from bot.web.centre import Centre
from bot.web.guard import STATIC, Denied, Overseeing, OverseeingChange
from bot.web.house import house_of
from handoff.quality import check, spoken_of
from handoff.scoring import CardRefused, card_as_plain, card_from, monday, sample, score, trend

TREND: Final = dt.timedelta(weeks=12)

router = APIRouter(prefix="/quality", include_in_schema=False)


class QuestionIn(BaseModel, extra="forbid"):
    id: str = Field(max_length=40, min_length=1, pattern=r"^[a-z0-9_]+$")
    text: Words
    kind: Literal["yes_no", "scale"]
    weight: int = Field(ge=1, le=10)


class CardIn(BaseModel, extra="forbid"):
    questions: list[QuestionIn] = Field(max_length=30)


class ScoreIn(BaseModel, extra="forbid"):
    answers: dict[str, int | None] = Field(max_length=30)
    comment: str = Field(default="", max_length=2_000)


@router.get("")
def quality_page(person: Overseeing) -> Response:
    return FileResponse(STATIC / "quality.html")


@router.get("/figures")
def figures(
    request: Request,
    person: Overseeing,
    per_week: Annotated[int, Query(ge=1, le=20)] = 3,
    seed: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> Response:
    """The card, each colleague's weeks, and the calls of the last whole week and this one to listen to."""
    centre = house_of(request).centre
    store, names, now = _with_book(centre), names_of(centre), utc_now()
    first = dt.datetime.combine(monday(now.date()) - dt.timedelta(weeks=1), dt.time(), dt.UTC)
    given = store.quality.given(now - TREND)
    scored = {one.call_id for one in given}
    drawn = sample(store.quality.candidates(first), per_week, seed)
    weeks = trend(given)
    return JSONResponse(
        {
            "questions": card_as_plain(store.quality.card().questions),
            "agents": [
                {
                    "name": name_of(agent, names),
                    "weeks": [asdict(week) | {"monday": week.monday.isoformat()} for week in of],
                }
                for agent, of in weeks.items()
            ],
            "listen_to": [
                {
                    "id": one.call_id,
                    "agent": name_of(one.agent, names),
                    "started_at": one.started_at.isoformat(),
                    "length_ms": one.length_ms,
                    "is_scored": one.call_id in scored,
                }
                for one in drawn
            ],
        }
    )


@router.post("/card")
def set_card(request: Request, asked: CardIn, person: OverseeingChange) -> Response:
    """Holds for scores to come."""
    try:
        questions = card_from(one.model_dump() for one in asked.questions)
    except CardRefused as error:
        raise Denied(422, str(error)) from error
    card = house_of(request).centre.shelves.quality.set_card(questions, person.id, utc_now())
    return JSONResponse({"questions": card_as_plain(card.questions)})


@router.get("/calls/{call_id}")
def of_call(request: Request, call_id: str, person: Overseeing) -> Response:
    centre = house_of(request).centre
    store, names = centre.shelves, names_of(centre)
    call = store.call_log.whole(call_id[:64])
    if call is None:
        raise Denied(404, "There is no such call any more.")
    checks = check(spoken_of(timed(call.report.get("turns", ()))))
    given = [asdict(one) | {"at": one.at.isoformat(), "who": name_of(one.by, names), "mine": one.by == person.id}
             for one in store.quality.of_call(call_id)]  # fmt: skip
    card: dict[str, Any] = {"questions": card_as_plain(store.quality.card().questions), "can_score": bool(call.agents)}
    return JSONResponse(card | {"checks": asdict(checks), "scores": given})


@router.post("/calls/{call_id}")
def give(request: Request, call_id: str, asked: ScoreIn, person: OverseeingChange) -> Response:
    """Counts for the colleague who handled the call last."""
    store = house_of(request).centre.shelves
    call = store.call_log.whole(call_id[:64])
    if call is None or not call.agents:
        raise Denied(404, "No colleague was in that call, so there is nobody to score.")
    card = store.quality.card()
    try:
        result = score(card.questions, asked.answers)
    except CardRefused as error:
        raise Denied(422, str(error)) from error
    store.quality.give(call_id, call.agents[-1], card, asked.answers, asked.comment, result, person.id, utc_now())
    return JSONResponse({"score": result})


def _with_book(centre: Centre) -> Store:
    """Who handled which call is in the book of contacts."""
    businesses = {key: office.content.business for key, office in centre.offices.all().items()}
    centre.shelves.book.refresh(lambda key: businesses[key].timezone if key in businesses else dt.UTC)
    return centre.shelves
