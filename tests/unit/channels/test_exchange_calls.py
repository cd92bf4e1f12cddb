from uuid import uuid4

from bot.channels.exchange_calls import KEEP_S, MAX_CALLS, ExchangeCalls


def test_an_announced_call_is_known_by_its_uuid():
    calls = ExchangeCalls()
    uuid = calls.announce("+441632960001", "100", now=0)
    call = calls.connect(uuid)
    assert call
    assert (call.caller, call.called) == ("+441632960001", "100")


def test_a_uuid_opens_one_line_only_and_a_stranger_none():
    calls = ExchangeCalls()
    uuid = calls.announce("", "", now=0)
    assert calls.connect(uuid)
    assert calls.connect(uuid) is None
    assert calls.connect(str(uuid4())) is None


def test_where_the_bot_sent_the_caller_can_be_asked_afterwards():
    calls = ExchangeCalls()
    uuid = calls.announce("", "", now=0)
    calls.connect(uuid).queue = "reception"
    assert calls.find(uuid).queue == "reception"


def test_calls_of_yesterday_and_a_flood_of_announcements_are_forgotten():
    calls = ExchangeCalls()
    old = calls.announce("", "", now=0)
    calls.announce("", "", now=KEEP_S + 1)
    assert calls.find(old) is None
    first = calls.announce("", "", now=KEEP_S + 2)
    for _ in range(MAX_CALLS):
        calls.announce("", "", now=KEEP_S + 3)
    assert calls.find(first) is None
