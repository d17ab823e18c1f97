"""Asking whether things are ready: the port, a page, the worker."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from collections.abc import Callable

from portal.running.failures import StartFailed

# Without the proxies of the environment: what was started here is asked here.
DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def listen(host: str, port: int) -> socket.socket:
    """The web server's socket, bound here: a busy port is known first, and a restart drops nobody."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as refused:
        listener.close()
        raise StartFailed(
            f"Port {port} on {host} cannot be used ({(refused.strerror or str(refused)).lower()}): "
            "give another one with --port."
        ) from refused
    listener.listen(4096)
    return listener


def connectable(listener: socket.socket) -> str:
    """HOST:PORT at which this machine reaches a listening socket, whichever addresses it listens on."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def answers(address: str) -> bool:
    """Whether a page answers with success, for the name that it is known by."""
    try:
        with DIRECTLY.open(address, timeout=5) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError as refused:
        raise StartFailed(f"{address} answered {refused.code}.") from refused
    except (OSError, urllib.error.URLError):
        return False


def worker_asker(redis_url: str, node: str) -> Callable[[], bool]:
    """A question that is true once the Celery worker of that name takes part."""
    from celery.app import Celery

    celery = Celery(broker=redis_url, set_as_current=False)
    return lambda: bool(celery.control.ping(destination=[node], timeout=0.5))
