"""Lines that bring nothing for long: a telephone whose owner only listens, or one that is gone."""

import socket

from bot.channels import audiosocket, web_socket
from bot.channels.audiosocket_server import keep_alive

IN_A_QUEUE_S = 5 * 60
"""With music, and nothing to say."""


def test_who_listens_to_music_without_a_word_is_not_taken_for_gone():
    assert min(audiosocket.SILENT_LINE_S, web_socket.SILENT_LINE_S) > IN_A_QUEUE_S


def test_an_exchange_that_is_gone_without_a_word_is_found_by_tcp():
    with socket.socket() as line:
        keep_alive(line)
        assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) <= 30
