"""Walking through the portal as somebody with a browser would: along links, redirects and the forms of each page."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter
from werkzeug.test import TestResponse

from tests.client import CheckedClient
from tests.filling import held_by
from tests.pages import read

HOST = "localhost"
FAILED = frozenset({500, 502, 504})
"""Not 503, by which /readyz says that no worker runs."""


@dataclass
class Form:
    """A form of a page: what a browser would send, and the names of all its controls."""

    held: dict[str, Any] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)


Forms = dict[str, dict[str, Form]]
"""For each route that can be posted to, the addresses that pages gave, each with its form."""


def walk(app: Flask, client: CheckedClient, *, each: int, audiences: Collection[str]) -> Forms:
    """Open whatever leads on from the pages that have one address, at most `each` of a route, and keep the forms.

    Only pages for the audiences are opened (`portal.web.access`). Raises `AssertionError` for one that fails.
    """
    routes = app.url_map.bind(HOST)
    access = {name: getattr(view, "access", None) for name, view in app.view_functions.items()}
    found: Forms = defaultdict(dict)
    opened: Counter[str] = Counter()
    seen: set[str] = set()

    def keep(address: str, form: Form) -> None:
        endpoint = endpoint_at(routes, address, "POST")
        kept = found[endpoint] if endpoint else {}
        if form.names if address in kept else len(kept) < each:
            kept[address] = form

    ahead = deque(rule.rule for rule in app.url_map.iter_rules() if not rule.arguments)
    while ahead:
        address = ahead.popleft()
        if address in seen:
            continue
        seen.add(address)
        keep(address, Form())
        page = endpoint_at(routes, address, "GET")
        if page is None or access[page] is None or access[page].audience not in audiences or opened[page] >= each:
            continue
        opened[page] += 1
        answer = client.get(address)
        assert answer.status_code not in FAILED, f"{address} answered {answer.status_code}"
        for action, form in forms_of(address, answer):
            keep(action, form)
        ahead.extend(onward_from(address, answer))
    return found


def endpoint_at(routes: MapAdapter, address: str, method: str) -> str | None:
    """The endpoint that answers the method at the address, or None."""
    try:
        return str(routes.match(urlsplit(address).path, method)[0])
    except HTTPException:
        return None


def onward_from(address: str, answer: TestResponse) -> list[str]:
    """Where the answer leads within the portal."""
    links = [answer.location] if answer.location else []
    if answer.mimetype == "text/html":
        links += [str(link["href"]) for link in read(answer.text).select("a[href]")]
    return [here for link in links if (here := _here(address, link))]


def forms_of(address: str, answer: TestResponse) -> Iterator[tuple[str, Form]]:
    """The forms of the page that are posted, each with where to."""
    if answer.mimetype != "text/html":
        return
    for form in read(answer.text).select("form[action]"):
        if str(form.get("method", "get")).lower() == "post" and (action := _here(address, str(form["action"]))):
            controls = form.find_all(["input", "select", "textarea", "button"])
            names = dict.fromkeys(str(control["name"]) for control in controls if control.get("name"))
            yield action, Form(held_by(form), [name for name in names if name != "csrf_token"])


def _here(address: str, link: str) -> str | None:
    target = urlsplit(urljoin(f"http://{HOST}{address}", link))
    return target._replace(scheme="", netloc="", fragment="").geturl() if target.netloc == HOST else None
