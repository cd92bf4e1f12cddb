"""The first tables; what each is for is said in `bot/store/tables/`."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("business", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=32), server_default="", nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index(op.f("ix_calls_business_started_at"), "calls", ["business", "started_at"], unique=False)
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("business", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("postcode", sa.String(length=16), server_default="", nullable=False),
        sa.Column("email", sa.String(length=254), server_default="", nullable=False),
        sa.Column("timezone", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )
    op.create_index(op.f("ix_customers_business_phone"), "customers", ["business", "phone"], unique=False)
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("business", sa.String(length=64), nullable=False),
        sa.Column("held_by", sa.String(length=128), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("business", "held_by", name=op.f("uq_holds_business_held_by")),
    )
    op.create_index(op.f("ix_holds_business_expires_at"), "holds", ["business", "expires_at"], unique=False)
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("business", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("packet", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
    )
    op.create_index(op.f("ix_tickets_business_created_at"), "tickets", ["business", "created_at"], unique=False)
    op.create_index(
        op.f("ix_tickets_status_priority_created_at"), "tickets", ["status", "priority", "created_at"], unique=False
    )
    op.create_table(
        "unfinished",
        sa.Column("business", sa.String(length=64), nullable=False),
        sa.Column("caller", sa.String(length=64), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("business", "caller", name=op.f("pk_unfinished")),
    )
    op.create_table(
        "appointments",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("business", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=5), nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("staff", sa.String(length=64), nullable=False),
        sa.Column("branch", sa.String(length=64), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("uid", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_appointments_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("business", "reference", name=op.f("uq_appointments_business_reference")),
        sa.UniqueConstraint("business", "uid", name=op.f("uq_appointments_business_uid")),
    )
    op.create_index(op.f("ix_appointments_business_start_at"), "appointments", ["business", "start_at"], unique=False)
    op.create_index(op.f("ix_appointments_customer_id"), "appointments", ["customer_id"], unique=False)
    op.create_table(
        "waiting_list",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("business", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_waiting_list_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_list")),
    )
    op.create_index(
        op.f("ix_waiting_list_business_status_since"), "waiting_list", ["business", "status", "since"], unique=False
    )
    op.create_table(
        "cells",
        sa.Column("business", sa.String(length=64), nullable=False),
        sa.Column("staff", sa.String(length=64), nullable=False),
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_cells_appointment_id")),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name=op.f("fk_cells_hold_id")),
        sa.PrimaryKeyConstraint("business", "staff", "cell", name=op.f("pk_cells")),
    )
    op.create_index(op.f("ix_cells_appointment_id"), "cells", ["appointment_id"], unique=False)
    op.create_index(op.f("ix_cells_hold_id"), "cells", ["hold_id"], unique=False)
    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("business", sa.String(length=64), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=128), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_history_appointment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    op.create_index(op.f("ix_history_appointment_id"), "history", ["appointment_id"], unique=False)
    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("business", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("waiting_id", sa.Integer(), nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.JSON(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_reminders_appointment_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_reminders_customer_id")),
        sa.ForeignKeyConstraint(["waiting_id"], ["waiting_list.id"], name=op.f("fk_reminders_waiting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
    )
    op.create_index(op.f("ix_reminders_appointment_id"), "reminders", ["appointment_id"], unique=False)
    op.create_index(op.f("ix_reminders_status_due_at"), "reminders", ["status", "due_at"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("reminder_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("business", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=32), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["reminder_id"], ["reminders.id"], name=op.f("fk_attempts_reminder_id")),
        sa.PrimaryKeyConstraint("reminder_id", "number", name=op.f("pk_attempts")),
    )


def downgrade() -> None:
    op.drop_table("attempts")
    op.drop_index(op.f("ix_reminders_status_due_at"), table_name="reminders")
    op.drop_index(op.f("ix_reminders_appointment_id"), table_name="reminders")
    op.drop_table("reminders")
    op.drop_index(op.f("ix_history_appointment_id"), table_name="history")
    op.drop_table("history")
    op.drop_index(op.f("ix_cells_hold_id"), table_name="cells")
    op.drop_index(op.f("ix_cells_appointment_id"), table_name="cells")
    op.drop_table("cells")
    op.drop_index(op.f("ix_waiting_list_business_status_since"), table_name="waiting_list")
    op.drop_table("waiting_list")
    op.drop_index(op.f("ix_appointments_customer_id"), table_name="appointments")
    op.drop_index(op.f("ix_appointments_business_start_at"), table_name="appointments")
    op.drop_table("appointments")
    op.drop_table("unfinished")
    op.drop_index(op.f("ix_tickets_status_priority_created_at"), table_name="tickets")
    op.drop_index(op.f("ix_tickets_business_created_at"), table_name="tickets")
    op.drop_table("tickets")
    op.drop_index(op.f("ix_holds_business_expires_at"), table_name="holds")
    op.drop_table("holds")
    op.drop_index(op.f("ix_customers_business_phone"), table_name="customers")
    op.drop_table("customers")
    op.drop_index(op.f("ix_calls_business_started_at"), table_name="calls")
    op.drop_table("calls")
