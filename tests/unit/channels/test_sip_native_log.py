"""The stack's own words: errors are logged, addresses of callers never."""

import logging

from structlog.testing import capture_logs

from bot.channels.sip_native_log import listen


def said(caplog, level, message):
    listen()
    listen()
    with capture_logs() as ours:
        logging.getLogger("baresip.native").log(level, message)
    return [entry["event"] for entry in ours], caplog.messages


def test_a_call_that_the_stack_answers_500_is_noted_once_without_its_address(caplog):
    assert said(caplog, logging.WARNING, "ua: call_alloc: Invalid argument [22]") == (["sip.answered_500"], [])


def test_warnings_with_addresses_are_not_logged(caplog):
    assert said(caplog, logging.WARNING, "ua: no laddr for 192.0.2.77") == ([], [])


def test_errors_are_logged(caplog):
    assert said(caplog, logging.ERROR, "the stack is out of memory") == ([], ["the stack is out of memory"])
