"""The web server takes a thread only for a request that has arrived; its limits are on silence and rate."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import httpx
import pytest
from waitress.adjustments import Adjustments

from portal.config import Settings
from portal.running import processes
from portal.running.redis import free_port
from portal.running.web_worker import GRACE_SECONDS, LEAST_RATE, SILENCE_SECONDS, Arriving
from tests.portal_process import RunningPortal
from tests.worker_process import ROOT, worker_variables

THREADS = 2
HEAD = "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@dataclass
class Server:
    """A web server of one process with two threads."""

    process: subprocess.Popen[bytes]
    port: int

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def page(self) -> int:
        return httpx.get(f"http://127.0.0.1:{self.port}/sign-in", timeout=30).status_code


@contextmanager
def started(settings: Settings) -> Iterator[Server]:
    """Run `portal web` on a free port while the block lasts."""
    port = free_port()
    command = processes.web(sys.executable, bind=f"127.0.0.1:{port}", workers=1, threads=THREADS)
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | worker_variables(settings))
    server = Server(process, port)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                server.connect().close()
                break
            except ConnectionRefusedError:
                assert process.poll() is None, "the web server ended"
                assert time.monotonic() < deadline, "the web server did not come up"
                time.sleep(0.05)
        yield server
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def server(worker_environment: Settings) -> Iterator[Server]:
    with started(worker_environment) as running:
        yield running


def silent(port: int, *, many: int, stack: ExitStack) -> list[socket.socket]:
    """Connections that announce a thousand bytes, send three, and say no more."""
    sockets = []
    for _ in range(many):
        made = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
        made.sendall(f"{HEAD}Content-Length: 1000\r\n\r\nabc".encode())
        sockets.append(made)
    return sockets


def answer(connection: socket.socket) -> str:
    """Everything that comes until the other side ends."""
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    return received.decode()


def test_silent_clients_take_no_thread(server: Server) -> None:
    """Ten times as many silent requests as threads, with and without a whole header, keep no page from anybody."""
    with ExitStack() as stack:
        silent(server.port, many=10 * THREADS, stack=stack)
        for _ in range(5):
            stack.enter_context(server.connect()).sendall(b"GET /sign-in HT")
        assert [server.page() for _ in range(5)] == [200] * 5


def test_a_request_that_is_too_large_gets_the_page_that_explains_it(server: Server) -> None:
    """It is refused before its body is read, and the page arrives although the client is still sending."""
    with server.connect() as connection:
        connection.sendall(f"{HEAD}Content-Length: 70000000\r\n\r\n".encode() + b"a" * 3_000_000)
        told = answer(connection)
    assert told.startswith("HTTP/1.1 413 ")
    assert "That is too large to send" in told


def test_several_of_the_largest_files_are_taken_where_a_page_takes_several(server: Server) -> None:
    """There the application reads them, and says that nobody is signed in."""
    head = HEAD.replace("/sign-in", "/commissioning/itts/ITT-1/draft/documents")
    with server.connect() as connection:
        connection.sendall(f"{head}Connection: close\r\nContent-Length: 70000000\r\n\r\n".encode() + b"a" * 70_000_000)
        told = answer(connection)
    assert told.startswith("HTTP/1.1 ")
    assert "413" not in told.splitlines()[0]
    assert "sign in" in told.lower()


def test_there_is_no_limit_on_the_whole_time_of_an_upload() -> None:
    """What keeps to the least rate may take an hour; what trickles below it is ended once its grace is over."""
    arriving = Arriving(Adjustments(), lambda _method, _path: 500_000_000)
    arriving.received(f"{HEAD}Content-Length: 400000000\r\n\r\n".encode())
    start = arriving.began
    assert not arriving.is_too_slow(start + GRACE_SECONDS)
    assert arriving.is_too_slow(start + GRACE_SECONDS + 1)
    arriving.body_bytes_received = 3600 * 44_000
    assert not arriving.is_too_slow(start + 3600)
    arriving.body_bytes_received = 3600 * LEAST_RATE // 2
    assert arriving.is_too_slow(start + 3600)


def test_what_is_arriving_when_the_server_stops_is_answered(worker_environment: Settings) -> None:
    """A stop takes no further connection and still answers the request whose second half is on its way."""
    with started(worker_environment) as stopping, stopping.connect() as connection:
        connection.sendall(f"{HEAD}Content-Length: 10\r\nConnection: close\r\n\r\nabcde".encode())
        time.sleep(0.3)
        stopping.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        connection.sendall(b"fghij")
        assert answer(connection).startswith("HTTP/1.1 400 ")
        assert stopping.process.wait(30) == 0


@pytest.mark.long
def test_two_hundred_silent_clients_stop_nobody_and_are_ended(running_portal: RunningPortal) -> None:
    """The whole portal goes on answering beside them; those that stay silent are closed by the server."""
    port = int(running_portal.url.rpartition(":")[2])
    with ExitStack() as stack:
        sockets = silent(port, many=200, stack=stack)
        for _ in range(20):
            assert httpx.get(f"{running_portal.url}/sign-in", timeout=30).status_code == 200
        for one in sockets:
            one.settimeout(2 * SILENCE_SECONDS)
            assert one.recv(10) == b""


@pytest.mark.long
def test_a_slow_upload_of_a_minute_and_a_half_is_read_whole(running_portal: RunningPortal) -> None:
    """4 MB at 44 kB a second: a village's line on closing day."""
    port = int(running_portal.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(f"{HEAD}Content-Length: {91 * 44_000}\r\nConnection: close\r\n\r\n".encode())
        for _ in range(910):
            connection.sendall(b"a" * 4400)
            time.sleep(0.1)
        # Read to its end and judged by the application: the form has no token.
        assert answer(connection).startswith("HTTP/1.1 400 ")
