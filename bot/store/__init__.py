"""The database: schema, migrations, queries. `open_store(url)` is the door."""

from bot.store.store import Store, open_store

__all__ = ["Store", "open_store"]
