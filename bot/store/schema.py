"""The database: all tables, and how far its migrations have come.

Every row carries its `business`: one database, many tenants, and no query without it (but for people, queues and
content, which are of all of them).

Changes go through a table in `tables`, a new file in `migrations/versions`, and `HEAD` below.
"""

from __future__ import annotations

from bot.store.tables.book import contacts, daily_sums, stale_contacts, stale_days
from bot.store.tables.columns import metadata
from bot.store.tables.content import content_draft, content_versions, misses, skill_results
from bot.store.tables.diary import appointments, attempts, cells, customers, history, holds, reminders, waiting_list
from bot.store.tables.programs import deliveries, tokens, webhooks
from bot.store.tables.quality import case_steps, cases, listens, score_cards, scores
from bot.store.tables.talks import calls, happenings, people, queues, tickets, unfinished

HEAD = "0011"
"""The newest migration. A test keeps it equal to what Alembic finds, and the tables equal to what it makes."""

__all__ = [
    "HEAD",
    "appointments",
    "attempts",
    "calls",
    "case_steps",
    "cases",
    "cells",
    "contacts",
    "content_draft",
    "content_versions",
    "customers",
    "daily_sums",
    "deliveries",
    "happenings",
    "history",
    "holds",
    "listens",
    "metadata",
    "misses",
    "people",
    "queues",
    "reminders",
    "score_cards",
    "scores",
    "skill_results",
    "stale_contacts",
    "stale_days",
    "tickets",
    "tokens",
    "unfinished",
    "waiting_list",
    "webhooks",
]
