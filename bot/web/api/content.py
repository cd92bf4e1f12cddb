"""What the call centre knows and how it is: businesses with their services and answers, and health."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from bot.content.content import Content
from bot.web.api.access import Anyone, door_of
from bot.web.api.appointments import contents_of
from bot.web.api.problems import missing

router = APIRouter(tags=["content"])


class Named(BaseModel):
    id: str
    name: str


class BusinessOut(Named):
    timezone: str
    numbers: list[str]
    services: list[Named]
    staff: list[Named]
    branches: list[Named]


class IntentOut(BaseModel):
    intent: str
    examples: int = Field(description="Phrases it is learnt from.")


class ContentOut(BaseModel):
    business: BusinessOut
    intents: list[IntentOut]
    answers: dict[str, str] = Field(description="Question answered, as `faq/…` intents name it, and its answer.")


class Health(BaseModel):
    ready: bool
    calls: int = Field(description="Running now.")
    facts: dict[str, Any] = Field(description="In words: ears, voice, businesses, problems.")


@router.get("/health", tags=["health"])
def health(request: Request, token: Anyone) -> Health:
    house = door_of(request).house
    facts: Mapping[str, Any] = house.centre.health()
    rest = {key: value for key, value in facts.items() if key not in ("ready", "calls")}
    return Health(ready=house.is_ready(), calls=facts.get("calls", 0), facts=rest)


@router.get("/content")
def list_businesses(request: Request, token: Anyone) -> list[BusinessOut]:
    return [_business(content) for content in contents_of(request).values()]


@router.get("/content/{business}")
def show_content(request: Request, token: Anyone, business: Annotated[str, Path(max_length=64)]) -> ContentOut:
    """Intents and answers as they serve calls now."""
    content = contents_of(request).get(business)
    if content is None:
        raise missing("business")
    intents = [IntentOut(intent=name, examples=len(said)) for name, said in sorted(content.examples.items())]
    answers = {key: entry.answer for key, entry in sorted(content.faq.items())}
    return ContentOut(business=_business(content), intents=intents, answers=answers)


def _business(content: Content) -> BusinessOut:
    of = content.business
    return BusinessOut(
        id=of.id,
        name=of.name,
        timezone=str(of.timezone),
        numbers=list(of.numbers),
        services=[Named(id=one.id, name=one.name) for one in of.services.values()],
        staff=[Named(id=one.id, name=one.name) for one in of.staff.values()],
        branches=[Named(id=one.id, name=one.name) for one in of.branches.values()],
    )
