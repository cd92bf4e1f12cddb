"""The tables. Every row carries its `business`: one database, many tenants, and no query without it (but for
people and queues, which answer for all of them).

**A double booking cannot be stored.** `cells` has one row for each five minutes of a person's time that is occupied,
under the primary key (business, staff, cell). An appointment or a hold puts its cells in within the transaction
that stores it; whoever comes second is refused by the key, on SQLite and PostgreSQL alike. (An exclusion constraint
over ranges would need PostgreSQL; check-then-insert loses races on both.)

Changes go through a new file in `migrations/versions` and `HEAD` below.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from handoff.reports import SUMS

HEAD = "0008"
"""The newest migration. A test keeps it equal to what Alembic finds, and the tables equal to what it makes."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(sa.TypeDecorator[dt.datetime]):
    """An aware datetime, kept in UTC; SQLite has no time zones and would hand back a naive one."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=True)


def _business() -> sa.Column[str]:
    return sa.Column("business", sa.String(64), nullable=False)


def _text(name: str, length: int, default: str | None = "", **more: Any) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, server_default=default, **more)


customers = sa.Table(
    "customers",
    metadata,
    _id(),
    _business(),
    _text("name", 200, None),
    _text("phone", 32, None),
    sa.Column("birth_date", sa.Date),
    _text("postcode", 16),
    _text("email", 254),
    _text("timezone", 64),
    sa.Index(None, "business", "phone"),
)

appointments = sa.Table(
    "appointments",
    metadata,
    _id(),
    _business(),
    sa.Column("reference", sa.String(5)),  # given up long after the appointment, so that five figures last for ever
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False),
    _text("service", 64, None),
    _text("staff", 64, None),
    _text("branch", 64, None),
    sa.Column("start_at", Moment, nullable=False),
    sa.Column("end_at", Moment, nullable=False),
    _text("status", 16, None),
    _text("note", 2000),
    sa.Column("uid", sa.String(255)),  # of an imported calendar entry: importing twice changes nothing
    sa.UniqueConstraint("business", "reference"),
    sa.UniqueConstraint("business", "uid"),
    sa.Index(None, "business", "start_at"),
    sa.Index(None, "customer_id"),
)

holds = sa.Table(
    "holds",
    metadata,
    _id(),
    _business(),
    _text("held_by", 128, None),
    sa.Column("expires_at", Moment, nullable=False),
    sa.UniqueConstraint("business", "held_by"),
    sa.Index(None, "business", "expires_at"),
)

cells = sa.Table(
    "cells",
    metadata,
    sa.Column("business", sa.String(64), primary_key=True),
    sa.Column("staff", sa.String(64), primary_key=True),
    sa.Column("cell", sa.Integer, primary_key=True, autoincrement=False),  # five-minute cells since 1970, UTC
    sa.Column("appointment_id", sa.ForeignKey("appointments.id"), index=True),
    sa.Column("hold_id", sa.ForeignKey("holds.id"), index=True),
)

waiting_list = sa.Table(
    "waiting_list",
    metadata,
    _id(),
    _business(),
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False),
    sa.Column("wish", sa.JSON, nullable=False),
    sa.Column("since", Moment, nullable=False),
    _text("status", 16, None),
    sa.Index(None, "business", "status", "since"),
)

reminders = sa.Table(
    "reminders",
    metadata,
    _id(),
    _business(),
    _text("kind", 16, None),  # reminder, or offer (of a freed slot to somebody waiting)
    sa.Column("appointment_id", sa.ForeignKey("appointments.id"), index=True),
    sa.Column("waiting_id", sa.ForeignKey("waiting_list.id")),
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False),
    sa.Column("slot", sa.JSON),  # what is offered
    sa.Column("due_at", Moment, nullable=False),
    _text("status", 16, None),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("claimed_at", Moment),
    sa.Index(None, "status", "due_at"),
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("reminder_id", sa.ForeignKey("reminders.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),  # the key lets nobody ring the same try
    _business(),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("finished_at", Moment),
    _text("outcome", 32),
)

history = sa.Table(
    "history",
    metadata,
    _id(),
    _business(),
    sa.Column("appointment_id", sa.ForeignKey("appointments.id"), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    _text("changed_by", 128, None),
    _text("what", 32, None),
    sa.Column("details", sa.JSON, nullable=False),
)

tickets = sa.Table(
    "tickets",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    _business(),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    _text("queue", 64, None),
    _text("status", 16, None),
    sa.Column("packet", sa.JSON, nullable=False),
    _text("caller", 64),  # of the packet: who calls again is found by it
    _text("medium", 16, "call"),
    sa.Column("placed_at", Moment),
    sa.Column("due_at", Moment),
    _text("number", 32),
    _text("recording", 255),
    sa.Column("left_at", Moment),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Index(None, "business", "created_at"),
    sa.Index(None, "status", "priority", "created_at"),
    sa.Index(None, "business", "caller"),
)

queues = sa.Table(
    "queues",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
)
"""As people are: a call centre's queues serve all of its businesses."""

happenings = sa.Table(
    "happenings",
    metadata,
    _id(),
    sa.Column("ticket_id", sa.ForeignKey("tickets.id"), nullable=False, index=True),
    _text("what", 16, None),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("agent", sa.Integer),
    sa.Column("details", sa.JSON, nullable=False),
)
"""What happened to tickets in the hands of people; business and queue are the ticket's."""

people = sa.Table(
    "people",
    metadata,
    _id(),
    _text("login", 64, None, unique=True),
    _text("name", 80, None),
    _text("role", 16, None),
    _text("password_hash", 255, None),
    _text("session_key", 64, None),
    sa.Column("queues", sa.JSON, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)
"""The one table without a business: a call centre's people answer for all of its businesses."""

calls = sa.Table(
    "calls",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    _business(),
    sa.Column("started_at", Moment, nullable=False),
    _text("outcome", 32),
    sa.Column("report", sa.JSON, nullable=False),
    sa.Index(None, "business", "started_at"),
)

unfinished = sa.Table(
    "unfinished",
    metadata,
    sa.Column("business", sa.String(64), primary_key=True),
    sa.Column("caller", sa.String(64), primary_key=True),
    sa.Column("state", sa.JSON, nullable=False),
    sa.Column("kept_at", Moment, nullable=False),
)

# Programs that ask (REST) and are told (webhooks) -----------------------------------------------

tokens = sa.Table(
    "tokens",
    metadata,
    _id(),
    _text("name", 80, None),
    _text("role", 16, None),
    _text("start", 16, None),  # how it begins, so that people know it again; the whole of it is kept nowhere
    _text("digest", 64, None, unique=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
    sa.Column("revoked_at", Moment),
)

webhooks = sa.Table(
    "webhooks",
    metadata,
    _id(),
    _text("url", 2000, None),
    _text("secret", 128, None),
    sa.Column("events", sa.JSON, nullable=False),
    _text("business", 64),  # "": of all businesses
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    _id(),
    sa.Column("webhook_id", sa.ForeignKey("webhooks.id"), nullable=False),
    _text("message_id", 40, None),
    _text("event", 40, None),
    sa.Column("body", sa.Text, nullable=False),  # the very bytes that are signed
    _text("status", 16, None),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("answered", sa.Integer),  # the last HTTP status
    _text("problem", 200),
    sa.Index(None, "status", "due_at"),
    sa.Index(None, "webhook_id"),
)

# One book over bot, queue and people, for the reports -------------------------------------------

contacts = sa.Table(
    "contacts",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),  # the call's, or the ticket's where there is no call
    _business(),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("day", sa.Date, nullable=False),  # both local to the business
    sa.Column("hour", sa.Integer, nullable=False),
    _text("caller", 32),  # a digest: only good for telling that it is the same one
    _text("intent", 64),
    _text("queue", 64),
    _text("agent", 16),
    sa.Column("by_bot", sa.Boolean, nullable=False),
    sa.Column("contained", sa.Boolean, nullable=False),
    sa.Column("answered", sa.Boolean, nullable=False),
    sa.Column("abandoned", sa.Boolean, nullable=False),
    sa.Column("transferred", sa.Boolean, nullable=False),
    sa.Column("resolved", sa.Boolean, nullable=False),
    sa.Column("wait_ms", sa.Integer, nullable=False),
    sa.Column("handled_ms", sa.Integer, nullable=False),
    sa.Column("score", sa.Integer, nullable=False),  # 1 to 5; 0: not asked
    sa.Column("came_again", sa.Boolean, nullable=False),
    sa.Column("same_again", sa.Boolean, nullable=False),
    sa.Index(None, "business", "day"),
    sa.Index(None, "business", "caller", "started_at"),
)

stale_contacts = sa.Table("stale_contacts", metadata, _id(), _text("source", 80, None))
"""What the book has yet to look at: `call:ID` or `ticket:ID`. Rows are only added, then taken away by id: whoever adds
one while the book is being brought up to date is not overlooked."""

stale_days = sa.Table(
    "stale_days",
    metadata,
    sa.Column("business", sa.String(64), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
)

daily_sums = sa.Table(
    "daily_sums",
    metadata,
    sa.Column("business", sa.String(64), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("dimension", sa.String(8), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    *(sa.Column(name, sa.BigInteger, nullable=False) for name in SUMS),
)
"""A day of a business, once in all (`dimension` all, key ""), and by queue, agent, intent and hour."""

content_draft = sa.Table(
    "content_draft",
    metadata,
    sa.Column("path", sa.String(200), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    _text("base", 16, None),
    _text("by", 80, None),
    sa.Column("at", Moment, nullable=False),
)
"""Files of the content folder as they are being edited. Like the versions it is of all businesses: they share files."""

content_versions = sa.Table(
    "content_versions",
    metadata,
    _id(),
    _text("name", 120, None),
    sa.Column("at", Moment, nullable=False),
    _text("by", 80, None),
    _text("reason", 500),
    sa.Column("figures", sa.JSON, nullable=False),
    sa.Column("files", sa.JSON, nullable=False),
)

misses = sa.Table(
    "misses",
    metadata,
    _id(),
    _business(),
    _text("call_id", 64, None),
    sa.Column("at", Moment, nullable=False),
    _text("text", 1000, None),
    _text("why", 32, None),
    _text("guess", 120),
    sa.Column("confidence", sa.Float, nullable=False),
    _text("asked", 1000),
    _text("answered", 1000),
    sa.Column("start_ms", sa.Integer, nullable=False),
    sa.Column("end_ms", sa.Integer, nullable=False),
    _text("status", 16, None),
    _text("label", 120),
    _text("by", 80),
    sa.Index(None, "business", "status", "at"),
)
"""Phrases of calls that were not understood, personal data masked."""

skill_results = sa.Table(
    "skill_results",
    metadata,
    _id(),
    _business(),
    _text("reference", 8, None),
    _text("call_id", 64, None),
    _text("skill", 64, None),
    _text("outcome", 64, None),
    _text("caller", 64, None),
    sa.Column("customer_id", sa.Integer),
    sa.Column("values", sa.JSON, nullable=False),
    sa.Column("written", sa.JSON, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("mail", sa.JSON(none_as_null=True)),
    _text("mail_status", 8, None),
    sa.Column("mail_tries", sa.Integer, nullable=False),
    sa.Column("mail_due_at", Moment),
    sa.UniqueConstraint("business", "reference"),
    sa.Index(None, "business", "at"),
    sa.Index(None, "mail_status", "mail_due_at"),
)
"""What skills from files have taken down, each with the letter that goes out because of it."""

# Recordings, quality, cases ---------------------------------------------------------------------

listens = sa.Table(
    "listens",
    metadata,
    _id(),
    _text("call_id", 64, None, index=True),
    sa.Column("person", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
)
"""Who opened which recording."""

score_cards = sa.Table(
    "score_cards",
    metadata,
    _id(),
    sa.Column("questions", sa.JSON, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by", sa.Integer, nullable=False),
)
"""The newest holds; older ones stay for the scores given with them."""

scores = sa.Table(
    "scores",
    metadata,
    _id(),
    _text("call_id", 64, None),
    sa.Column("agent", sa.Integer, nullable=False),
    sa.Column("card_id", sa.ForeignKey("score_cards.id"), nullable=False),
    sa.Column("answers", sa.JSON, nullable=False),
    _text("comment", 2000),
    sa.Column("score", sa.Float, nullable=False),  # 0 to 100
    sa.Column("by", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.UniqueConstraint("call_id", "by"),
    sa.Index(None, "agent", "at"),
)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    _business(),
    _text("caller", 64),
    _text("customer", 200),
    _text("wants", 500),
    _text("status", 16, None),
    sa.Column("owner", sa.Integer),
    sa.Column("due_at", Moment),
    _text("follow_up", 16),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("closed_at", Moment),
    sa.Index(None, "business", "caller"),
    sa.Index(None, "status", "due_at"),
)

case_steps = sa.Table(
    "case_steps",
    metadata,
    _id(),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    _text("what", 16, None),
    sa.Column("at", Moment, nullable=False),
    sa.Column("agent", sa.Integer),
    _text("ticket_id", 16, "", index=True),
    _text("note", 2000),
)
"""A case's history; the tickets it came with are in it."""
