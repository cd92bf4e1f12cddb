"""Score cards and the scores given with them; the newest card holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot.store.database import Database
from bot.store.schema import calls, contacts, score_cards, scores, stale_contacts
from handoff.scoring import FIRST_CARD, Candidate, Question, Scored, card_as_plain, card_from


@dataclass(frozen=True, slots=True)
class Card:
    id: int
    """0: the one that teams begin with, not stored yet."""
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """A score of one call, by one person."""

    by: int
    answers: Mapping[str, int | None]
    comment: str
    score: float
    at: dt.datetime


class Quality:
    """Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def card(self) -> Card:
        return self._database.read(_newest_card)

    def set_card(self, questions: Sequence[Question], by: int, now: dt.datetime) -> Card:
        """From now on; scores that were given keep the card they were given with."""
        return self._database.write(lambda connection: _put_card(connection, questions, by, now))

    def give(
        self,
        call_id: str,
        agent: int,
        card: Card,
        answers: Mapping[str, int | None],
        comment: str,
        score: float,
        by: int,
        now: dt.datetime,
    ) -> None:
        """In place of what the same person gave that call before."""

        def put(connection: sa.Connection) -> None:
            card_id = card.id or _put_card(connection, card.questions, by, now).id
            connection.execute(sa.delete(scores).where(scores.c.call_id == call_id, scores.c.by == by))
            row = {"call_id": call_id, "agent": agent, "card_id": card_id, "answers": dict(answers)}
            row |= {"comment": comment, "score": score, "by": by, "at": now}
            connection.execute(sa.insert(scores).values(row))
            connection.execute(sa.insert(stale_contacts).values(source=f"call:{call_id}"))

        self._database.write(put)

    def of_call(self, call_id: str) -> list[Given]:
        """Oldest first."""
        columns = scores.c.by, scores.c.answers, scores.c.comment, scores.c.score, scores.c.at
        query = sa.select(*columns).where(scores.c.call_id == call_id).order_by(scores.c.at, scores.c.id)
        return self._database.read(lambda connection: [Given(*row) for row in connection.execute(query)])

    def given(self, since: dt.datetime) -> list[Scored]:
        """Oldest first."""
        return self._database.read(lambda connection: _scored(connection, scores.c.at >= since))

    def candidates(self, since: dt.datetime) -> list[Candidate]:
        """Calls that a colleague answered since then, by the book of contacts; oldest first."""
        query = (
            sa.select(calls.c.id, contacts.c.agent, calls.c.started_at, calls.c.report)
            .join(contacts, contacts.c.id == calls.c.id)
            .where(calls.c.started_at >= since, contacts.c.agent != "")
            .order_by(calls.c.started_at, calls.c.id)
        )
        return self._database.read(
            lambda connection: [
                Candidate(row.id, int(row.agent), row.started_at, _length_ms(row.report))
                for row in connection.execute(query)
            ]
        )


def scores_of(connection: sa.Connection, call_id: str) -> list[Scored]:
    """Oldest first."""
    return _scored(connection, scores.c.call_id == call_id)


def _scored(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Scored]:
    query = sa.select(scores.c.call_id, scores.c.agent, scores.c.score, scores.c.at).where(which)
    return [Scored(*row) for row in connection.execute(query.order_by(scores.c.at, scores.c.id))]


def _newest_card(connection: sa.Connection) -> Card:
    query = sa.select(score_cards.c.id, score_cards.c.questions).order_by(score_cards.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    return Card(row.id, card_from(row.questions)) if row else Card(0, FIRST_CARD)


def _put_card(connection: sa.Connection, questions: Sequence[Question], by: int, now: dt.datetime) -> Card:
    insert = sa.insert(score_cards).values(questions=card_as_plain(questions), at=now, by=by)
    made = connection.execute(insert.returning(score_cards.c.id)).scalar_one()
    return Card(int(made), tuple(questions))


def _length_ms(report: Mapping[str, object]) -> int:
    turns = report.get("turns", ())
    return max((int(turn["end_ms"]) for turn in turns), default=0) if isinstance(turns, list) else 0
