"""Drafts and versions of the content, and phrases that were missed. The files themselves are below `nlu_data/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.editing.model import Edited, Files, Miss, Version, token
from bot.store.database import Again, Database
from bot.store.schema import content_draft, content_versions, misses


class ContentRows:
    """Implements `DraftRows`, `VersionRows` and `MissRows` of `bot/editing/model.py`. Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # The draft

    def edited(self) -> Sequence[Edited]:
        query = sa.select(content_draft).order_by(content_draft.c.path)
        return self._database.read(lambda connection: [Edited(*row) for row in connection.execute(query)])

    def put(self, edited: Edited, seen: str) -> bool:
        which = content_draft.c.path == edited.path
        changed = {"text": edited.text, "by": edited.by, "at": edited.at}

        def write(connection: sa.Connection) -> bool:
            now = connection.scalar(sa.select(content_draft.c.text).where(which).with_for_update())
            if token(now) != seen:
                return False
            if now is not None:
                connection.execute(sa.update(content_draft).where(which).values(changed))
                return True
            try:
                connection.execute(sa.insert(content_draft).values(path=edited.path, base=edited.base, **changed))
            except IntegrityError as error:
                raise Again from error
            return True

        return self._database.write(write)

    def drop(self, tokens: Mapping[str, str]) -> None:
        def remove(connection: sa.Connection) -> None:
            for path, meant in tokens.items():
                which = content_draft.c.path == path
                if token(connection.scalar(sa.select(content_draft.c.text).where(which).with_for_update())) == meant:
                    connection.execute(sa.delete(content_draft).where(which))

        self._database.write(remove)

    # Versions

    def versions(self) -> Sequence[Version]:
        columns = [content_versions.c[name] for name in ("id", "name", "at", "by", "reason", "figures")]
        query = sa.select(*columns).order_by(content_versions.c.id.desc())
        return self._database.read(lambda connection: [Version(*row) for row in connection.execute(query)])

    def files_of(self, version: int) -> Files | None:
        query = sa.select(content_versions.c.files).where(content_versions.c.id == version)
        return self._database.read(lambda connection: connection.scalar(query))

    def add_version(self, version: Version, files: Files) -> Version:
        row = {"name": version.name, "at": version.at, "by": version.by, "reason": version.reason}
        insert = sa.insert(content_versions).values(**row, figures=dict(version.figures), files=dict(files))

        def add(connection: sa.Connection) -> Version:
            key = connection.execute(insert).inserted_primary_key
            assert key
            return replace(version, id=int(key[0]))

        return self._database.write(add)

    # What was missed

    def add_misses(self, misses_of_call: Sequence[Miss]) -> None:
        rows = [{name: getattr(miss, name) for name in _MISS if name != "id"} for miss in misses_of_call]
        if rows:
            self._database.write(lambda connection: connection.execute(sa.insert(misses), rows))

    def misses(self, business: str | None = None, status: str | None = "open", limit: int = 500) -> Sequence[Miss]:
        query = sa.select(misses).order_by(misses.c.at.desc(), misses.c.id.desc()).limit(limit)
        if business is not None:
            query = query.where(misses.c.business == business)
        if status is not None:
            query = query.where(misses.c.status == status)
        return self._database.read(
            lambda connection: [
                Miss(**{name: row[name] for name in _MISS}) for row in connection.execute(query).mappings()
            ]
        )

    def miss(self, miss_id: int) -> Miss | None:
        query = sa.select(misses).where(misses.c.id == miss_id)
        row = self._database.read(lambda connection: connection.execute(query).mappings().first())
        return Miss(**{name: row[name] for name in _MISS}) if row else None

    def label_misses(self, ids: Sequence[int], status: str, label: str, by: str) -> None:
        change = sa.update(misses).where(misses.c.id.in_(ids)).values(status=status, label=label, by=by)
        self._database.write(lambda connection: connection.execute(change))


_MISS = tuple(misses.c.keys())
