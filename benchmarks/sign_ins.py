"""Two hundred people sign in at the same moment from one address, as an office does on closing day.

    python benchmarks/sign_ins.py [--people 200]

Starts a PostgreSQL that syncs every commit to disk and the portal with `portal up`, makes the people through their
own hashes, and lets each send the right password over a connection of their own, all at once: first each their own
account, then all of them one and the same account. Prints when the first, the middle and the last were in; ends with
1 when somebody was not, or when the last took longer than 60 seconds.
"""

from __future__ import annotations

import argparse
import http.client
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Barrier, Thread
from urllib.parse import urlencode, urlsplit

from road_portal import middle, running_database, running_portal
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

import portal.tables  # noqa: F401
from portal.accounts.models import User
from portal.accounts.passwords import hash_password

PASSWORD = "three plain words here"
GOAL = 60.0


@dataclass(frozen=True)
class SignIn:
    """How long one person waited, and what the portal answered."""

    seconds: float
    status: int


def main() -> int:
    """Measure, print, and say whether everybody was in."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=200)
    count = parser.parse_args().people
    missed = False
    with running_database() as road, running_portal(road, workers=2):
        emails = _people(road.owner_engine_url(), count)
        for what, who in (("each their own account", emails), ("all the same account", emails[:1] * count)):
            done = _at_once(road.url, who)
            inside = sorted(each.seconds for each in done if each.status == 302)
            first, half, last = inside[0], middle(inside), inside[-1]
            print(f"{what}: {len(inside)} of {count} in; first {first:.2f} s, middle {half:.2f} s, last {last:.2f} s")
            missed = missed or len(inside) < count or last > GOAL
    return int(missed)


def _people(url: str, count: int) -> list[str]:
    """People with accounts of their own, one hash for all: it is verified as often all the same."""
    emails, hashed = [f"person{number}@people.example" for number in range(count)], hash_password(PASSWORD)
    engine = create_engine(url)
    with Session(engine) as session, session.begin():
        session.add_all(User(display_name="Demo Person", email=email, password_hash=hashed) for email in emails)
    engine.dispose()
    return emails


def _at_once(url: str, emails: Sequence[str]) -> list[SignIn]:
    """Open every sign-in page first, then send all the passwords in one moment."""
    done: list[SignIn] = []
    start = Barrier(len(emails))

    def one(email: str) -> None:
        with _connection(url) as connection:
            cookie, token = _page(connection)
            body = urlencode({"csrf_token": token, "email": email, "password": PASSWORD})
            start.wait(GOAL)
            began = time.perf_counter()
            headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", "/sign-in", body, headers)
            answer = connection.getresponse()
            answer.read()
            done.append(SignIn(time.perf_counter() - began, answer.status))

    threads = [Thread(target=one, args=(email,), daemon=True) for email in emails]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


@contextmanager
def _connection(url: str) -> Iterator[http.client.HTTPConnection]:
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "127.0.0.1", place.port, timeout=2 * GOAL)
    try:
        yield connection
    finally:
        connection.close()


def _page(connection: http.client.HTTPConnection) -> tuple[str, str]:
    """The cookie and the token of a sign-in page."""
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode())
    if found is None:
        raise RuntimeError("the sign-in page has no token")
    return (answer.headers["Set-Cookie"] or "").partition(";")[0], found[1]


if __name__ == "__main__":
    raise SystemExit(main())
