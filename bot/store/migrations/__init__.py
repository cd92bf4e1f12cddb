"""Alembic's files: `env.py` and one file a change in `versions`. Run by `bot/store/migrate.py` when a store opens."""
