import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audio import g711

EVERY_CODE = bytes(range(256))


def pcm(*samples: int) -> bytes:
    return np.array(samples, dtype="<i2").tobytes()


def numbers(data: bytes) -> list[int]:
    return [int(sample) for sample in np.frombuffer(data, dtype="<i2")]


def test_ulaw_decodes_the_values_of_the_recommendation() -> None:
    # G.711, table 2a: first and last value of some segments, scaled to 16 bits
    assert numbers(g711.ulaw_decode(bytes([0x80, 0x8F, 0x90, 0xFF, 0x00, 0x7F]))) == [
        32_124,
        16_764,
        15_996,
        0,
        -32_124,
        0,
    ]


def test_alaw_decodes_the_values_of_the_recommendation() -> None:
    assert numbers(g711.alaw_decode(bytes([0xD5, 0x55, 0xAA, 0x2A, 0x80]))) == [8, -8, 32_256, -32_256, 5_504]


def test_silence_is_all_ones_in_ulaw_and_0xd5_in_alaw() -> None:
    assert g711.ulaw_encode(pcm(0, 0)) == b"\xff\xff"
    assert g711.alaw_encode(pcm(0, 0)) == b"\xd5\xd5"


def test_full_scale_is_clipped_not_wrapped() -> None:
    assert g711.ulaw_encode(pcm(32_767, -32_768)) == b"\x80\x00"
    assert g711.alaw_encode(pcm(32_767, -32_768)) == b"\xaa\x2a"


def test_every_alaw_code_comes_back_unchanged() -> None:
    assert g711.alaw_encode(g711.alaw_decode(EVERY_CODE)) == EVERY_CODE


def test_every_ulaw_code_comes_back_unchanged_but_for_the_second_zero() -> None:
    back = g711.ulaw_encode(g711.ulaw_decode(EVERY_CODE))
    assert [code for code in range(256) if back[code] != code] == [0x7F]
    assert back[0x7F] == 0xFF


@pytest.mark.parametrize("law", ["ulaw", "alaw"])
@given(sample=st.integers(-32_000, 32_000))
def test_a_sample_moves_by_at_most_half_a_step_of_its_segment(law: str, sample: int) -> None:
    encode, decode = getattr(g711, f"{law}_encode"), getattr(g711, f"{law}_decode")
    heard = numbers(decode(encode(pcm(sample))))[0]
    assert abs(heard - sample) <= max(16, abs(sample) / 32 + 8)


@pytest.mark.parametrize("law", ["ulaw", "alaw"])
def test_louder_is_never_decoded_as_quieter(law: str) -> None:
    encode, decode = getattr(g711, f"{law}_encode"), getattr(g711, f"{law}_decode")
    heard = np.array(numbers(decode(encode(np.arange(-32_768, 32_768, dtype="<i2").tobytes()))))
    assert (np.diff(heard) >= 0).all()


def test_half_a_sample_at_the_end_is_left_out() -> None:
    assert len(g711.ulaw_encode(b"\0\0\0")) == 1
