"""The book knows the case that a call is about, and the score that it was given; it is written anew."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contacts", sa.Column("case_id", sa.String(length=16), nullable=False, server_default=""))
    op.add_column("contacts", sa.Column("quality", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_contacts_case_id"), "contacts", ["case_id"], unique=False)
    for name in ("scored", "quality"):
        op.add_column("daily_sums", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("INSERT INTO stale_contacts (source) SELECT 'ticket:' || id FROM tickets")
