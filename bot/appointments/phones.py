"""Telephone numbers as the diary keeps them: E.164, whatever way they were written or dictated."""

from __future__ import annotations

import phonenumbers

from bot.appointments.model import Business


def e164(business: Business, phone: str) -> str:
    """ "020 7123 4567" → "+442071234567", read as in the country of the business; what is no number stays as it is."""
    try:
        number = phonenumbers.parse(phone, country_of(business))
    except phonenumbers.NumberParseException:
        return phone.strip()
    if not phonenumbers.is_possible_number(number):
        return phone.strip()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def country_of(business: Business) -> str:
    """Two letters, from the first number of the business that has a country code; GB when none has."""
    for phone in (*business.numbers, *(branch.phone for branch in business.branches.values())):
        if phone.startswith("+"):
            try:
                return phonenumbers.region_code_for_number(phonenumbers.parse(phone)) or "GB"
            except phonenumbers.NumberParseException:
                continue
    return "GB"
