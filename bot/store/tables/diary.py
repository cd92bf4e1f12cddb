"""The diary: who comes when to whom, who waits, and who is reminded.

**A double booking cannot be stored.** `cells` has one row for each five minutes of a person's time that is occupied,
under the primary key (business, staff, cell). An appointment or a hold puts its cells in within the transaction
that stores it; whoever comes second is refused by the key, on SQLite and PostgreSQL alike. (An exclusion constraint
over ranges would need PostgreSQL; check-then-insert loses races on both.)
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables.columns import Moment, business, metadata, row_id, text

customers = sa.Table(
    "customers",
    metadata,
    row_id(),
    business(),
    text("name", 200, None),
    text("phone", 32, None),
    sa.Column("birth_date", sa.Date),
    text("postcode", 16),
    text("email", 254),
    text("timezone", 64),
    sa.Index(None, "business", "phone"),
)

appointments = sa.Table(
    "appointments",
    metadata,
    row_id(),
    business(),
    sa.Column("reference", sa.String(5)),  # given up long after the appointment, so that five figures last for ever
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False),
    text("service", 64, None),
    text("staff", 64, None),
    text("branch", 64, None),
    sa.Column("start_at", Moment, nullable=False),
    sa.Column("end_at", Moment, nullable=False),
    text("status", 16, None),
    text("note", 2000),
    sa.Column("uid", sa.String(255)),  # of an imported calendar entry: importing twice changes nothing
    sa.UniqueConstraint("business", "reference"),
    sa.UniqueConstraint("business", "uid"),
    sa.Index(None, "business", "start_at"),
    sa.Index(None, "customer_id"),
)

holds = sa.Table(
    "holds",
    metadata,
    row_id(),
    business(),
    text("held_by", 128, None),
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
    row_id(),
    business(),
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False),
    sa.Column("wish", sa.JSON, nullable=False),
    sa.Column("since", Moment, nullable=False),
    text("status", 16, None),
    sa.Index(None, "business", "status", "since"),
)

reminders = sa.Table(
    "reminders",
    metadata,
    row_id(),
    business(),
    text("kind", 16, None),  # reminder, or offer (of a freed slot to somebody waiting)
    sa.Column("appointment_id", sa.ForeignKey("appointments.id"), index=True),
    sa.Column("waiting_id", sa.ForeignKey("waiting_list.id")),
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False),
    sa.Column("slot", sa.JSON),  # what is offered
    sa.Column("due_at", Moment, nullable=False),
    text("status", 16, None),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("claimed_at", Moment),
    sa.Index(None, "status", "due_at"),
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("reminder_id", sa.ForeignKey("reminders.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),  # the key lets nobody ring the same try
    business(),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("finished_at", Moment),
    text("outcome", 32),
)

history = sa.Table(
    "history",
    metadata,
    row_id(),
    business(),
    sa.Column("appointment_id", sa.ForeignKey("appointments.id"), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    text("changed_by", 128, None),
    text("what", 32, None),
    sa.Column("details", sa.JSON, nullable=False),
)
