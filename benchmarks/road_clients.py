"""Clients on loopback: keep-alive connections that take units of work from a list until it is empty."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from queue import Empty, SimpleQueue
from threading import Barrier, Thread
from typing import Any
from urllib.parse import urlsplit

from road_portal import cpu_seconds, middle

Unit = Callable[["Client"], None]


class Client:
    """One keep-alive connection."""

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self._connection = http.client.HTTPConnection(place.hostname or "127.0.0.1", place.port, timeout=30)

    def ask(self, path: str, *, cookie: str = "", body: bytes | None = None, expected: int = 200) -> tuple[str, bytes]:
        """Send a request and read its answer to the end; returns where it points to, and the page."""
        headers = {"Cookie": cookie} if cookie else {}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request("GET" if body is None else "POST", path, body, headers)
        answer = self._connection.getresponse()
        page = answer.read()
        if answer.status != expected:
            raise RuntimeError(f"{path} answered {answer.status}, not {expected}: {page[:400]!r}")
        return answer.headers.get("Location") or "", page

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@dataclass
class Figures:
    """What repeats of one workload gave: a value for each repeat, and every latency (milliseconds)."""

    per_second: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    statements: float | None = None

    def percentile(self, share: float) -> float:
        """The latency that this share of the units stayed within."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    def ratio(self, other: Figures) -> float:
        """How many times faster than `other`: the middle of the ratios of the same repeat."""
        return middle([mine / theirs for mine, theirs in zip(self.per_second, other.per_second, strict=True)])


def measure(figures: Figures, url: str, pid: int, units: Iterable[Unit], *, clients: int) -> None:
    """Let so many clients do the units at once, and add a repeat to the figures."""
    queue: SimpleQueue[Unit] = SimpleQueue()
    for unit in units:
        queue.put(unit)
    count, start = queue.qsize(), Barrier(clients + 1)
    latencies: list[float] = []
    failures: list[Exception] = []

    def work() -> None:
        client = Client(url)
        start.wait()
        try:
            while True:
                unit = queue.get_nowait()
                began = time.perf_counter()
                unit(client)
                latencies.append((time.perf_counter() - began) * 1000)
        except Empty:
            pass
        except Exception as failed:
            failures.append(failed)
        finally:
            client.close()

    threads = [Thread(target=work, daemon=True) for _ in range(clients)]
    for thread in threads:
        thread.start()
    used, began = cpu_seconds(pid), time.perf_counter()
    start.wait()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if failures:
        raise failures[0]
    figures.cpu.append((cpu_seconds(pid) - used) * 1000 / count)
    figures.per_second.append(count / took)
    figures.latencies += latencies


def alone(url: str, units: Iterable[Unit]) -> int:
    """Let one client do the units; returns how many they were."""
    client, done = Client(url), 0
    for unit in units:
        unit(client)
        done += 1
    client.close()
    return done


def take(source: Any, count: int) -> list[Any]:
    """The next so many."""
    return list(islice(source, count))
