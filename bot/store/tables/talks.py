"""Calls, and what people make of them: tickets, their queues, and who works at them."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables.columns import Moment, business, metadata, row_id, text

calls = sa.Table(
    "calls",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    business(),
    sa.Column("started_at", Moment, nullable=False),
    text("outcome", 32),
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

LISTED = ("queue", "medium", "caller", "placed_at", "due_at", "number", "changed_at")
"""What lists tell, beside what they are sorted by: read from the index alone, for packets are long."""

tickets = sa.Table(
    "tickets",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    business(),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    text("queue", 64, None),
    text("status", 16, None),
    sa.Column("packet", sa.JSON, nullable=False),
    text("caller", 64),  # of the packet: who calls again is found by it
    text("medium", 16, "call"),
    sa.Column("placed_at", Moment),
    sa.Column("due_at", Moment),
    text("number", 32),
    text("recording", 255),
    sa.Column("left_at", Moment),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Index(None, "created_at"),
    sa.Index(None, "business", "created_at"),
    sa.Index("ix_tickets_listed", "status", "priority", "created_at", "id", *LISTED),
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
    row_id(),
    sa.Column("ticket_id", sa.ForeignKey("tickets.id"), nullable=False, index=True),
    text("what", 16, None),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("agent", sa.Integer),
    sa.Column("details", sa.JSON, nullable=False),
)
"""What happened to tickets in the hands of people; business and queue are the ticket's."""

people = sa.Table(
    "people",
    metadata,
    row_id(),
    text("login", 64, None, unique=True),
    text("name", 80, None),
    text("role", 16, None),
    text("password_hash", 255, None),
    text("session_key", 64, None),
    sa.Column("queues", sa.JSON, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)
"""Without a business: a call centre's people answer for all of its businesses."""
