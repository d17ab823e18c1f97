"""A gunicorn worker that gives a thread to a request only once the whole of it has arrived.

gunicorn starts, replaces and stops the processes; in each of them waitress's loop receives requests and sends answers,
so that a client that is slow, or silent on purpose, costs a connection and nothing else
(docs/decisions/0010-web-server.md).
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import RequestEntityTooLarge

SILENCE_SECONDS = 20
"""A connection on which nothing moves for so long, while nothing is being answered, is closed."""
GRACE_SECONDS = 20
LEAST_RATE = 500
"""Bytes a second that a request has to arrive with once its grace is over. There is no limit on its whole time."""
LINGER_SECONDS = 30
CONNECTIONS = 1000


class Arriving(HTTPRequestParser):  # type: ignore[misc]
    """A request while it arrives, with the time at which its first byte came."""

    adj: Any

    def __init__(self, adjustments: Any, largest: Callable[[str, str], int]) -> None:
        super().__init__(adjustments)
        self.largest, self.began = largest, time.monotonic()

    def parse_header(self, header_plus: bytes) -> None:
        """Read the header. How much may follow it depends on the address: what is more is refused before it is read."""
        super().parse_header(header_plus)
        self.adj = copy(self.adj)
        self.adj.max_request_body_size = self.largest(self.command, self.path) + 1

    def is_too_slow(self, now: float) -> bool:
        """Whether it has come with less than the least rate since its grace ended."""
        received = self.header_bytes_received + self.body_bytes_received
        return bool(now - self.began > GRACE_SECONDS + received / LEAST_RATE)


class TooLargeTask(WSGITask):  # type: ignore[misc]
    """The application answers a request that is too large itself, with its own page, and the connection ends."""

    def execute(self) -> None:
        """Answer without the body, which was not read."""
        self.set_close_on_finish()
        super().execute()


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection; closed with what the client still sends unread, it would lose the answer on its way."""

    parser_class: Any
    """Makes an `Arriving` that knows how much the application takes."""
    lingers = False
    lingers_until: float | None = None

    def error_task_class(self, channel: HTTPChannel, request: HTTPRequestParser) -> WSGITask | ErrorTask:
        """How a request is answered that cannot be read."""
        if isinstance(request.error, RequestEntityTooLarge):
            self.lingers = True
            return TooLargeTask(channel, request)
        return ErrorTask(channel, request)

    def readable(self) -> bool:
        """Whether anything more is wanted from the client."""
        return self.lingers_until is not None or bool(super().readable())

    def handle_read(self) -> None:
        """Take what came; after the last answer, throw it away."""
        if self.lingers_until is None:
            super().handle_read()
            return
        try:
            self.recv(self.adj.recv_bytes)
        except OSError:
            self.handle_close()

    def handle_close(self) -> None:
        """Close; the first time, where the client is still sending, only our own side."""
        if not self.lingers or self.lingers_until is not None or not self.connected:
            super().handle_close()
            return
        self.lingers_until = time.monotonic() + LINGER_SECONDS
        self.will_close = False
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            super().handle_close()

    def end_if_slow(self, now: float) -> None:
        """Close it when its request comes too slowly, or when it lingers for too long."""
        is_too_slow = self.request is not None and self.request.is_too_slow(now)
        if is_too_slow or (self.lingers_until is not None and now > self.lingers_until):
            self.will_close = True

    def is_in_use(self) -> bool:
        """Whether a stopping process waits for it: something is being answered, sent, or arriving just now."""
        arriving = self.request is not None and time.time() - self.last_activity < 2
        return bool(self.requests or self.total_outbufs_len or arriving)


class BufferingWorker(Worker):  # type: ignore[misc]
    """One process of the web server."""

    swept_at = 0.0

    def run(self) -> None:
        """Receive, answer and send until gunicorn asks to stop; then finish what is in progress."""
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        listening = self._listen()
        while self.alive:
            self._turn()
        for server in listening:
            server.del_channel()
            server.socket.close()
        deadline = time.monotonic() + self.cfg.graceful_timeout
        while any(channel.is_in_use() for channel in self._channels()) and time.monotonic() < deadline:
            self._turn()
        listening[0].task_dispatcher.shutdown(timeout=0)

    def _listen(self) -> list[BaseWSGIServer]:
        config = self.wsgi.config
        self.map: dict[int, Any] = {}
        create_server(
            self.wsgi,
            map=self.map,
            sockets=[listener.sock for listener in self.sockets],
            threads=self.cfg.threads,
            backlog=self.cfg.backlog,
            connection_limit=CONNECTIONS,
            channel_timeout=SILENCE_SECONDS,
            cleanup_interval=5,
            max_request_header_size=64 * 1024,
            url_scheme=urlsplit(config["SETTINGS"].public_url).scheme,
            # Whom to believe about the client's address is the application's to say.
            clear_untrusted_proxy_headers=False,
            asyncore_use_poll=True,
            log_socket_errors=False,
            ident=None,
        )
        listening = [found for found in self.map.values() if isinstance(found, BaseWSGIServer)]
        for server in listening:
            server.channel_class = Channel
        Channel.parser_class = partial(Arriving, largest=self.wsgi.extensions["largest_request"])
        return listening

    def _turn(self) -> None:
        """Look after every connection once, for a second at most."""
        wasyncore.loop(timeout=1, use_poll=True, map=self.map, count=1)
        now = time.monotonic()
        if now > self.swept_at + 1:
            self.swept_at = now
            self.notify()
            for channel in self._channels():
                channel.end_if_slow(now)

    def _channels(self) -> list[Channel]:
        return [found for found in self.map.values() if isinstance(found, Channel)]
