"""Long lists in pages: newest first, each page tells where the next one begins. New entries move nothing."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

import sqlalchemy as sa
from fastapi import Query
from pydantic import BaseModel, Field

from bot.store.database import Database
from bot.web.api.problems import Refusal

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: str | None = Field(description="Ask again with `after` set to this for the next page; null: that was all.")


Limit = Annotated[int, Query(ge=1, le=200, description="Entries in a page.")]
After = Annotated[str | None, Query(max_length=300, description="`next` of the page before.")]
Business = Annotated[str | None, Query(max_length=64, description="Id of a business; left out: all of them.")]


def newest_rows(
    database: Database, query: sa.Select[Any], at: sa.Column[Any], key: sa.Column[Any], after: str | None, limit: int
) -> tuple[Sequence[sa.RowMapping], str | None]:
    """A page of the query's rows by `at`, then `key`, newest first, and where the next begins."""
    if after is not None:
        moment, last = _read(after)
        query = query.where(sa.or_(at < moment, sa.and_(at == moment, key < last)))
    query = query.order_by(at.desc(), key.desc()).limit(limit + 1)
    rows = database.read(lambda connection: connection.execute(query).mappings().all())
    more = len(rows) > limit
    return rows[:limit], _cursor(rows[limit - 1][at.name], rows[limit - 1][key.name]) if more else None


def _cursor(moment: dt.datetime, key: object) -> str:
    return base64.urlsafe_b64encode(f"{moment.isoformat()}|{key}".encode()).decode()


def _read(cursor: str) -> tuple[dt.datetime, str]:
    try:
        moment, _, key = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        return dt.datetime.fromisoformat(moment).astimezone(dt.UTC), key
    except (ValueError, OverflowError) as error:
        raise Refusal(422, "api.wrong", "Please correct after: it is the `next` of the page before.") from error
