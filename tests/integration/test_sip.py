"""Debian's baresip and sipp, programs we have not written, call our telephone and are called by it."""

import asyncio
import contextlib
import socket

import numpy as np
import pytest

from bot.channels.door import PhoneDoor
from bot.errors import ChannelError
from bot.events import Answered
from bot.phone_settings import SipSettings
from tests.fakes_phone import EchoCentre
from tests.sip_peer import (
    BARESIP,
    SCENARIOS,
    SIPP,
    Registrar,
    Telephone,
    free_port,
    needs_sipp,
    sipp_that_is_called,
    start_sipp,
)

pytest.importorskip("baresip", reason="calls by SIP need the extra `sip`")
from bot.channels.sip import SipPhone

AUTO = "answermode=auto;audio_codecs=PCMU/8000/1"

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not BARESIP, reason="needs Debian's baresip-core as the other telephone"),
]


@contextlib.asynccontextmanager
async def our_phone(centre, desks=None, **settings):
    door = PhoneDoor(centre)
    phone = SipPhone(door, SipSettings(port=free_port(), **settings), desks)
    await phone.start()
    phone.address = f"sip:100@127.0.0.1:{phone._settings.port}"
    phone.door = door
    try:
        yield phone
    finally:
        await door.close()
        await phone.close()


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the other side is another process
            await asyncio.sleep(0.01)


async def stands_still(count):
    """What is counted, once nothing comes to it any more: ten times as long as between two frames of a call."""
    async with asyncio.timeout(10):
        before = None
        while before != (now := count()):
            before = now
            await asyncio.sleep(0.2)
    return now


def tone_hz(pcm, rate):
    samples = np.frombuffer(pcm, "<i2").astype(float)
    return np.argmax(np.abs(np.fft.rfft(samples * np.hanning(len(samples))))) * rate / len(samples)


def loud(pcm, rate=8_000):
    """The part with sound in it, and its length in ms."""
    samples = np.frombuffer(pcm, "<i2")
    at = np.flatnonzero(np.abs(samples.astype(int)) > 1_000)
    return samples[at[0] : at[-1] + 1].tobytes(), 1000 * (at[-1] + 1 - at[0]) / rate


async def test_a_telephone_calls_talks_presses_digits_and_is_let_go(tmp_path):
    centre = EchoCentre(play_ms=1_000)
    async with our_phone(centre) as ours, Telephone(tmp_path) as telephone:
        telephone.say("dial", ours.address)
        await telephone.until("CALL_ESTABLISHED")
        await until(lambda: centre.heard_ms >= 1_500)
        await telephone.press("4#2")
        await telephone.until("CALL_CLOSED")
        await until(lambda: ours.door.calls == 0)
    assert centre.digits == "4#2"
    assert (centre.answered[0].caller, centre.answered[0].called) == ("phone", "100")
    sound, length_ms = loud(telephone.heard())
    assert 960 <= length_ms <= 1_040
    assert abs(tone_hz(sound, 8_000) - 1_000) < 10
    assert abs(tone_hz(b"".join(centre.heard[40:60]), 16_000) - 500) < 15


@pytest.mark.parametrize(
    "account", ["audio_codecs=G722/16000/1", "audio_codecs=PCMA/8000/1", "audio_codecs=PCMU/8000/1;mediaenc=srtp"]
)
async def test_wideband_a_law_and_encrypted_calls_sound_right(tmp_path, account):
    centre = EchoCentre(play_ms=400)
    settings = {"srtp": "srtp"} if "srtp" in account else {}
    rate = 16_000 if "G722" in account else 8_000
    async with our_phone(centre, **settings) as ours, Telephone(tmp_path, account, rate=rate) as telephone:
        telephone.say("dial", ours.address)
        await until(lambda: centre.heard_ms >= 1_000)
        telephone.say("hangup")
        await until(lambda: ours.door.calls == 0)
    assert abs(tone_hz(b"".join(centre.heard[30:50]), 16_000) - rate / 16) < 15
    log = (tmp_path / "baresip.log").read_text(errors="replace")
    assert ("SRTP" if "srtp" in account else account[13:17]) in log.partition("stream: update")[2]


async def test_digits_that_come_as_tones_in_the_sound_are_heard_where_the_line_needs_it(tmp_path):
    times = np.arange(640) / 8_000
    key = 8_000 * (np.sin(2 * np.pi * 770 * times) + np.sin(2 * np.pi * 1_336 * times))
    sound = np.concatenate([np.zeros(8_000), *[key, np.zeros(800)] * 3, np.zeros(80_000)]).astype("<i2").tobytes()
    centre = EchoCentre()
    async with our_phone(centre, inband_digits=True) as ours, Telephone(tmp_path, source=sound) as telephone:
        telephone.say("dial", ours.address)
        await until(lambda: centre.digits == "555")
        telephone.say("hangup")
        await until(lambda: ours.door.calls == 0)


async def test_the_bot_is_silent_soon_after_the_caller_cuts_in(tmp_path):
    centre = EchoCentre(play_ms=30_000)
    async with our_phone(centre) as ours, Telephone(tmp_path) as telephone:
        telephone.say("dial", ours.address)
        await until(lambda: centre.heard_ms >= 1_000)
        await telephone.press("3")
        await until(lambda: centre.digits == "3")
        cut_in = centre.heard_ms
        await until(lambda: centre.heard_ms >= cut_in + 1_500)
        telephone.say("hangup")
        await until(lambda: ours.door.calls == 0)
    heard = telephone.heard()
    silent_ms = len(heard) / 16 - loud(heard)[1]
    assert silent_ms >= 1_000, "of the last 1500 ms, as long as the sound itself tells; some is on its way at any time"


async def test_above_capacity_a_caller_hears_busy(tmp_path):
    async with our_phone(EchoCentre(lines=0)) as ours, Telephone(tmp_path) as telephone:
        telephone.say("dial", ours.address)
        await telephone.until("CALL_CLOSED")
        assert "486" in next(event["param"] for event in telephone.events if event["type"] == "CALL_CLOSED")


@needs_sipp
async def test_above_capacity_an_exchange_is_told_when_to_try_again_however_many_come(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.channels.sip_floods.CALLS", 1_000)
    async with our_phone(EchoCentre(lines=0), retry_after_s=45) as ours:
        options = ("-sf", SCENARIOS / "busy.xml", "-m", "300", "-r", "100")  # more than the stack has room for at once
        exchange = await start_sipp(tmp_path, *options, port=ours._settings.port)
        assert await asyncio.wait_for(exchange.wait(), 30) == 0


async def test_a_caller_is_sent_to_the_desk_by_refer(tmp_path):
    folders = [tmp_path / "caller", tmp_path / "desk"]
    for folder in folders:
        folder.mkdir()
    async with Telephone(folders[1], AUTO) as desk:
        desks = {"billing": f"sip:phone@127.0.0.1:{desk.sip}"}
        async with our_phone(EchoCentre(), desks) as ours, Telephone(folders[0]) as caller:
            caller.say("dial", ours.address)
            await caller.until("CALL_ESTABLISHED")
            await caller.press("1")
            await desk.until("CALL_ESTABLISHED")
            await until(lambda: ours.door.calls == 0)
            assert "CALL_CLOSED" not in desk.types()


@needs_sipp
async def test_where_refer_is_refused_we_call_the_desk_and_join_the_two(tmp_path):
    async with Telephone(tmp_path, AUTO) as desk:
        desks = {"billing": f"sip:phone@127.0.0.1:{desk.sip}"}
        async with our_phone(EchoCentre(at_once="1"), desks) as ours:
            sipp = await start_sipp(
                tmp_path, "-sf", SCENARIOS / "refuses_refer.xml", "-m", "1", port=ours._settings.port
            )
            await desk.until("CALL_ESTABLISHED")
            desk.say("hangup")
            assert await asyncio.wait_for(sipp.wait(), 20) == 0
            await until(lambda: ours.door.calls == 0)


@needs_sipp
async def test_digits_that_come_by_info_are_heard(tmp_path):
    centre = EchoCentre(play_ms=200)
    async with our_phone(centre) as ours:
        sipp = await start_sipp(tmp_path, "-sf", SCENARIOS / "info_digits.xml", "-m", "1", port=ours._settings.port)
        assert await asyncio.wait_for(sipp.wait(), 20) == 0
        await until(lambda: ours.door.calls == 0)
    assert centre.digits == "4#2"


@needs_sipp
@pytest.mark.parametrize(
    ("trusts", "number", "name"),
    [(False, "+441632960001", 'Zoë "Z" Bérard'), (True, "+441632960002", "Z. Bérard")],
)
async def test_the_callers_name_comes_with_the_call_and_in_no_log(tmp_path, capfd, trusts, number, name):
    centre = EchoCentre(at_once="2")
    async with our_phone(centre, trusts_identity=trusts) as ours:
        sipp = await start_sipp(tmp_path, "-sf", SCENARIOS / "tells_who_calls.xml", "-m", "1", port=ours._settings.port)
        assert await asyncio.wait_for(sipp.wait(), 20) == 0
        await until(lambda: ours.door.calls == 0)
    assert centre.answered == [Answered(number, "100", name)]
    assert "rard" not in "".join(capfd.readouterr())


@needs_sipp
async def test_an_extension_registers_with_its_password(tmp_path):
    account = {"user": "200", "password": "secret"}
    async with (
        sipp_that_is_called(tmp_path, "registrar.xml") as port,
        our_phone(EchoCentre(), domain=f"127.0.0.1:{port}", **account) as ours,
    ):
        await until(lambda: ours.is_registered)
        ours.is_registered = False  # the registrar is gone: nobody would confirm that we leave


async def test_a_trunk_that_goes_away_and_comes_back_has_us_registered_again(monkeypatch):
    monkeypatch.setattr("bot.channels.sip.RETRY_S", (0.2,))
    port = free_port()
    async with our_phone(EchoCentre(), domain=f"127.0.0.1:{port}", transport="tcp") as ours:
        for _ in range(2):
            await until(lambda: not ours.is_registered)
            async with Registrar(port):
                await until(lambda: ours.is_registered)
        await until(lambda: not ours.is_registered)


async def test_a_call_by_tls_with_encrypted_sound(tmp_path):
    certificate = tmp_path / "certificate.pem"
    making = await asyncio.create_subprocess_exec(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
        "-keyout", str(tmp_path / "key.pem"), "-out", str(certificate), stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert await making.wait() == 0
    certificate.write_text(certificate.read_text() + (tmp_path / "key.pem").read_text())
    centre = EchoCentre()
    account = "audio_codecs=PCMU/8000/1;mediaenc=srtp-mand"
    settings = {"certificate": str(certificate), "srtp": "srtp-mand"}
    async with our_phone(centre, **settings) as ours, Telephone(tmp_path, account) as telephone:
        telephone.say("dial", f"sip:100@127.0.0.1:{ours._settings.port + 1};transport=tls")
        await until(lambda: centre.heard_ms >= 400)
        await telephone.press("5")
        await until(lambda: centre.digits == "5")
        telephone.say("hangup")
        await until(lambda: ours.door.calls == 0)


async def test_a_caller_on_hold_is_still_there_afterwards(tmp_path):
    centre = EchoCentre(play_ms=200)
    async with our_phone(centre) as ours, Telephone(tmp_path) as telephone:
        telephone.say("dial", ours.address)
        await until(lambda: centre.heard_ms >= 600)
        telephone.say("hold")
        held = await stands_still(lambda: centre.heard_ms)
        telephone.say("resume")
        await until(lambda: centre.heard_ms >= held + 600)
        await telephone.press("2")
        await telephone.until("CALL_CLOSED")


async def test_an_exchange_that_asks_whether_we_are_alive_is_answered():
    async with our_phone(EchoCentre()) as ours:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as exchange:
            exchange.bind(("127.0.0.1", 0))
            exchange.setblocking(False)
            at = f"127.0.0.1:{exchange.getsockname()[1]}"
            lines = [f"OPTIONS {ours.address} SIP/2.0", f"Via: SIP/2.0/UDP {at};branch=z9hG4bK1;rport",
                     "Max-Forwards: 70", f"From: <sip:pbx@{at}>;tag=1", f"To: <{ours.address}>", "Call-ID: alive-1",
                     "CSeq: 1 OPTIONS",
                     "Content-Length: 0", "", ""]  # fmt: skip
            exchange.sendto("\r\n".join(lines).encode(), ("127.0.0.1", ours._settings.port))
            answer = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(exchange, 4_096), 5)
    assert answer.startswith(b"SIP/2.0 200")


async def test_junk_on_the_port_disturbs_no_call(tmp_path):
    centre = EchoCentre(play_ms=10_000)
    async with our_phone(centre) as ours, Telephone(tmp_path) as telephone:
        telephone.say("dial", ours.address)
        await until(lambda: centre.calls == 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as scanner:
            for junk in (
                b"\r\n\r\n",
                b"\x00" * 400,
                b"OPTIONS sip:x SIP/2.0\r\n\r\n",
                b"INVITE sip:\xff SIP/2.0\r\nVia: x\r\n\r\n",
            ):
                for _ in range(20):
                    scanner.sendto(junk, ("127.0.0.1", ours._settings.port))
        heard = centre.heard_ms
        await until(lambda: centre.heard_ms > heard + 400)
        assert ours.door.calls == 1


@needs_sipp
async def test_a_flood_from_one_address_shuts_out_that_address_only(tmp_path):
    centre = EchoCentre(play_ms=10_000, lines=1_000)
    async with our_phone(centre) as ours, Telephone(tmp_path) as telephone:
        scanner = await asyncio.create_subprocess_exec(
            SIPP, f"127.0.0.1:{ours._settings.port}", "-i", "127.0.0.2", "-sn", "uac", "-r", "200", "-m", "200",
            "-nostdin", "-trace_stat", "-stf", str(tmp_path / "flood.csv"), cwd=tmp_path,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            await until(lambda: ours._floods._shut_out)
            before = centre.calls
            telephone.say("dial", ours.address)
            await telephone.until("CALL_ESTABLISHED")
            assert list(ours._floods._shut_out) == ["127.0.0.2"]
            assert before <= 20
        finally:
            scanner.kill()
            await scanner.wait()


@pytest.mark.parametrize("after_s", [0.0, 0.02, 0.1, 0.4])
async def test_whenever_the_caller_hangs_up_no_task_is_left_over(tmp_path, after_s):
    centre = EchoCentre(play_ms=30_000)
    async with our_phone(centre) as ours, Telephone(tmp_path) as telephone:
        await asyncio.sleep(0.1)
        before = asyncio.all_tasks()
        telephone.say("dial", ours.address)
        await asyncio.sleep(after_s)
        async with asyncio.timeout(20):
            while "CALL_CLOSED" not in telephone.types():
                telephone.say("hangup")  # heard by nobody while the telephone has not begun to dial
                await asyncio.sleep(0.3)
        await until(lambda: ours.door.calls == 0 and centre.calls == 0)
        await until(lambda: asyncio.all_tasks() <= before)


async def progress_of(phone, address, **options):
    return [progress async for progress in phone.place_call(address, **options)]


async def test_a_call_that_we_place_is_answered_and_runs_like_any_other(tmp_path):
    centre = EchoCentre(play_ms=300, at_once="2")
    async with our_phone(centre) as ours, Telephone(tmp_path, AUTO) as telephone:
        told = await progress_of(ours, f"sip:phone@127.0.0.1:{telephone.sip}", reminder="r-1")
    assert told == ["dialling", "ringing", "answered", "ended"]
    assert centre.reminders == ["r-1"]
    assert centre.answered[0].caller == "phone"


async def test_busy_no_answer_and_nobody_there_are_told_apart(tmp_path):
    async with our_phone(EchoCentre()) as ours, Telephone(tmp_path) as telephone:
        address = f"sip:phone@127.0.0.1:{telephone.sip}"
        ringing = asyncio.create_task(progress_of(ours, address))
        await telephone.until("CALL_INCOMING")
        telephone.say("hangup")
        assert await ringing == ["dialling", "ringing", "busy"]
        assert (await progress_of(ours, address, ring_s=1))[-1] == "no_answer"
        assert (await progress_of(ours, "sip:nobody@127.0.0.1:1", ring_s=2))[-1] in ("failed", "no_answer")
        with pytest.raises(ChannelError) as refused:
            await progress_of(ours, "+44 1632 960001")
        assert refused.value.code == "channel.number"


@needs_sipp
async def test_a_call_declined_after_early_media_is_declined_and_nobody_spoke_into_it(tmp_path):
    centre = EchoCentre()
    async with sipp_that_is_called(tmp_path, "declines.xml") as port, our_phone(centre) as ours:
        assert await progress_of(ours, f"sip:anna@127.0.0.1:{port}") == ["dialling", "ringing", "declined"]
    assert (centre.answered, centre.heard_ms) == ([], 0)


async def test_a_second_telephone_in_one_process_is_a_clear_error():
    async with our_phone(EchoCentre()):
        with pytest.raises(ChannelError) as refused:
            await SipPhone(PhoneDoor(EchoCentre()), SipSettings(port=free_port())).start()
        assert refused.value.code == "channel.sip"
