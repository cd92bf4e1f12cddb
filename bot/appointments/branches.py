"""The nearest branch to a spoken place or a postcode, from what the business lists as nearby."""

from __future__ import annotations

import re

from rapidfuzz import fuzz, process

from bot.appointments.model import Branch, Business

SURE = 82
"""Of 100 (`rapidfuzz` WRatio): below it a place was not understood, and we ask rather than send people elsewhere."""

UK_POSTCODE = re.compile(r"^([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][A-Z]{2})$")
"""Outward and inward part, spaces removed (Royal Mail, Programmers' Guide to PAF, "postcode format")."""

DISTRICT = re.compile(r"^([A-Z]+)([0-9]+)")
"""Area letters and district number."""


def nearest(business: Business, place_or_postcode: str) -> Branch | None:
    """By postcode when it reads like one, else by the best match among places and names of branches; None: unknown."""
    text = place_or_postcode.strip()
    return _by_postcode(business, text) or _by_place(business, text)


def _by_postcode(business: Business, text: str) -> Branch | None:
    """The longest listed prefix; else the same letters and the nearest district number."""
    compact = re.sub(r"[^A-Z0-9]", "", text.upper())
    if not re.search(r"[0-9]", compact):
        return None
    listed = [
        (" ".join(prefix.upper().split()), branch)
        for branch in business.branches.values()
        for prefix in branch.postcodes
    ]
    full = UK_POSTCODE.match(compact)
    written = f"{full[1]} {full[2]}" if full else compact
    hits = [(prefix, branch) for prefix, branch in listed if _covers(prefix, written)]
    if hits:
        return max(hits, key=lambda hit: len(hit[0]))[1]
    return _same_area(listed, written)


def _covers(prefix: str, written: str) -> bool:
    """BN1 covers "BN1 4XY" but not "BN11 2AB", although the letters begin alike; figures only are plain prefixes."""
    if " " in prefix or written.isdigit():
        return written.startswith(prefix)
    district = written.partition(" ")[0]
    return prefix == district or (prefix.isalpha() and prefix == district.rstrip("0123456789"))


def _same_area(listed: list[tuple[str, Branch]], written: str) -> Branch | None:
    wanted = DISTRICT.match(written)
    if wanted is None:
        return None
    near = [
        (abs(int(found[2]) - int(wanted[2])), index)
        for index, (prefix, _) in enumerate(listed)
        if (found := DISTRICT.match(prefix)) and found[1] == wanted[1]
    ]
    return listed[min(near)[1]][1] if near else None


def _by_place(business: Business, text: str) -> Branch | None:
    names = {
        name.casefold(): branch
        for branch in business.branches.values()
        for name in (*branch.places, *branch.spoken, branch.name)
    }
    wanted = text.casefold()
    if wanted in names:
        return names[wanted]
    if len(wanted) < 3:
        return None
    best = process.extractOne(wanted, names.keys(), scorer=fuzz.WRatio, score_cutoff=SURE)
    return names[best[0]] if best else None
