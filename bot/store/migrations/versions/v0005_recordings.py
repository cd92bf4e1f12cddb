"""Who heard recordings; score cards and scores; cases."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "listens",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listens")),
    )
    op.create_index(op.f("ix_listens_call_id"), "listens", ["call_id"], unique=False)
    op.create_table(
        "score_cards",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_cards")),
    )
    op.create_table(
        "scores",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("comment", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["score_cards.id"], name=op.f("fk_scores_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scores")),
        sa.UniqueConstraint("call_id", "by", name=op.f("uq_scores_call_id_by")),
    )
    op.create_index(op.f("ix_scores_agent_at"), "scores", ["agent", "at"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("business", sa.String(length=64), nullable=False),
        sa.Column("caller", sa.String(length=64), server_default="", nullable=False),
        sa.Column("customer", sa.String(length=200), server_default="", nullable=False),
        sa.Column("wants", sa.String(length=500), server_default="", nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.Integer()),
        sa.Column("due_at", MOMENT),
        sa.Column("follow_up", sa.String(length=16), server_default="", nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index(op.f("ix_cases_business_caller"), "cases", ["business", "caller"], unique=False)
    op.create_index(op.f("ix_cases_status_due_at"), "cases", ["status", "due_at"], unique=False)
    op.create_table(
        "case_steps",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("agent", sa.Integer()),
        sa.Column("ticket_id", sa.String(length=16), server_default="", nullable=False),
        sa.Column("note", sa.String(length=2000), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_steps_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_steps")),
    )
    op.create_index(op.f("ix_case_steps_case_id"), "case_steps", ["case_id"], unique=False)
    op.create_index(op.f("ix_case_steps_ticket_id"), "case_steps", ["ticket_id"], unique=False)
