"""Text that came over a line, as files, databases and screens take it."""

from __future__ import annotations


def plain(text: str, longest: int) -> str:
    """Without control characters (PostgreSQL takes no NUL) and halves of surrogate pairs, which JSON can write."""
    return "".join(filter(str.isprintable, text[:longest]))
