"""The command lines of the three processes, for `portal up` and for production alike."""

from __future__ import annotations

from collections.abc import Mapping

APP = "portal.app:create_app()"
CELERY = ("-m", "portal.running.celery", "-A", "worker.app:celery")


def web(python: str, *, bind: str, workers: int | None = None, threads: int | None = None) -> list[str]:
    """The web server; `bind` is HOST:PORT, unix:PATH or fd://NUMBER."""
    command = [python, "-m", "gunicorn", "--config", "python:portal.running.gunicorn", "--bind", bind]
    if workers is not None:
        command += ["--workers", str(workers)]
    if threads is not None:
        command += ["--threads", str(threads)]
    return [*command, APP]


def worker(python: str, *, name: str, concurrency: int = 2) -> list[str]:
    """The Celery worker; `name` is its node name."""
    command = [python, *CELERY, "worker", "--hostname", name, "--loglevel", "INFO"]
    # Workers need not know of each other: what is to be done stands in the database.
    return [*command, "--concurrency", str(concurrency), "--without-gossip", "--without-mingle"]


def beat(python: str) -> list[str]:
    """The timer; two of them do nothing twice, because what is due is claimed in the database."""
    return [python, "-m", "worker.timer"]


def mailbox(python: str, *, ports: tuple[int, int], folder: str) -> list[str]:
    """The demonstration's mailbox, on its SMTP port and its pages' port."""
    smtp, pages = map(str, ports)
    module = "portal.running.mailbox"
    return [python, "-m", module, "--smtp-port", smtp, "--http-port", pages, "--folder", folder]


def environment(
    environ: Mapping[str, str], *, settings: Mapping[str, str], code: Mapping[str, str], home: str
) -> dict[str, str]:
    """A child's environment: this process's, the settings, where the code is, and a home that it may enter.

    The owner's address is left out: only the migrations get it.
    """
    kept = {name: value for name, value in environ.items() if name != "DATABASE_OWNER_URL"}
    fixed = {"HOME": home, "PYTHONUNBUFFERED": "1", "PYTHONSAFEPATH": "1"}
    return kept | fixed | dict(code) | dict(settings)
