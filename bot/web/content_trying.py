"""Trying on the content page: a sentence typed or spoken, a whole call with the draft, how a sentence will sound."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from bot.audio.pcm import chunks
from bot.clock import utc_now
from bot.editing.editing import Tried
from bot.events import FREE, SAMPLE_RATE, SAMPLE_WIDTH, Hypothesis, Utterance
from bot.nlu.understanding import Understanding
from bot.rehearsal.conversation import Conversation, Line
from bot.rehearsal.run import run_conversations
from bot.web.content_room import as_wav, refusals_said, room_of
from bot.web.guard import Denied, EditingChange
from bot.web.house import house_of

router = APIRouter()

RANKED = 5
LONGEST_S = 15
"""Of a spoken sentence; the page stops after ten."""
VARIABLE = re.compile(r"{([a-z0-9_]+)}")
"""Of a call when nobody calls, its name is said."""


class Sentence(BaseModel):
    business: str = Field(max_length=64)
    text: str = Field(max_length=1_000)


class Talk(BaseModel):
    """All that the caller has said so far: the server keeps nothing of it."""

    business: str = Field(max_length=64)
    said: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(min_length=1, max_length=60)


@router.post("/try")
def try_sentence(request: Request, given: Sentence, person: EditingChange) -> Response:
    """What is understood of a sentence, by what serves and by the draft, and why."""
    with refusals_said():
        return JSONResponse(_tried(room_of(request).try_sentence(given.business, given.text, utc_now())))


@router.post("/heard")
async def try_speaking(
    request: Request, person: EditingChange, business: Annotated[str, Query(max_length=64)]
) -> Response:
    """The same of a spoken one: the body is 16-bit mono PCM at 16 kHz. Heard by the ears that hear callers."""
    pcm = await _sound(request)
    return JSONResponse(await run_in_threadpool(_heard, request, business, pcm))


@router.post("/talk")
def talk(request: Request, given: Talk, person: EditingChange) -> Response:
    """A call with the draft, in a world of its own: nothing is booked, nobody is told. Answers with all of it."""
    room = room_of(request)
    lines = tuple(Line(caller=text) for text in given.said)
    with refusals_said():
        contents, problems = room.contents()
        if given.business not in contents:
            raise problems.get(given.business) or Denied(404, "There is no such business.")
        content = contents[given.business]
        call = Conversation(title="on the content page", now=_here(content), talk=lines)
        [result] = run_conversations(content, room.interpreter_of(content), [call])
    return JSONResponse({"story": list(result.story), "why": result.why})


@router.post("/hear")
def hear(request: Request, given: Sentence, person: EditingChange) -> Response:
    """The sentence as callers will hear it, as WAV."""
    contents, _ = room_of(request).contents()
    text = given.text
    with refusals_said():
        if content := contents.get(given.business):
            facts = {**content.business.facts, "business": content.business.name}
            text = VARIABLE.sub(lambda found: facts.get(found[1], found[1].replace("_", " ")), text)
        return as_wav(b"".join(house_of(request).centre.voice.synthesize(text)))


def _here(content: Any) -> Any:
    """Now, as the clock on the business's wall shows it."""
    return utc_now().astimezone(content.business.timezone).replace(tzinfo=None)


async def _sound(request: Request) -> bytes:
    pcm = bytearray()
    async for piece in request.stream():
        pcm += piece
        if len(pcm) > LONGEST_S * SAMPLE_RATE * SAMPLE_WIDTH:
            raise Denied(413, f"Please say one sentence, of up to {LONGEST_S} seconds.")
    return bytes(pcm)


def _heard(request: Request, business: str, pcm: bytes) -> dict[str, Any]:
    recognizer = house_of(request).centre.ear.listen(FREE)
    for chunk in chunks(pcm):
        recognizer.accept(chunk)
    heard = tuple(one for one in recognizer.finish() if one.text.strip())
    if not heard:
        return {"heard": [], "why": "Nothing was heard; is the microphone on?", "published": None, "draft": None}
    with refusals_said():
        tried = room_of(request).try_heard(business, Utterance(heard), utc_now())
    return {"heard": [_hypothesis(one) for one in heard[:RANKED]], **_tried(tried)}


def _hypothesis(one: Hypothesis) -> dict[str, Any]:
    return {"text": one.text, "confidence": round(one.confidence, 3)}


def _tried(tried: Tried) -> dict[str, Any]:
    found = {"published": tried.published, "draft": tried.draft}
    return {"why": tried.why, **{key: one and _understanding(one) for key, one in found.items()}}


def _understanding(found: Understanding) -> dict[str, Any]:
    return {
        "intent": found.intent,
        "confidence": round(found.confidence, 3),
        "accepted": found.accepted,
        "ranking": [{"intent": name, "confidence": round(share, 3)} for name, share in found.ranking[:RANKED]],
        "values": [{"kind": one.kind, "text": one.text} for one in found.entities],
    }
