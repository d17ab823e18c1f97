"""Filling in a form as a browser does: open the page, keep what it holds, change some fields, send it."""

from __future__ import annotations

from typing import Any

from bs4 import Tag
from werkzeug.test import TestResponse

from tests.factories.accounts import PIN
from tests.pages import read


def fields_of(response: TestResponse, *, action: str | None = None) -> dict[str, Any]:
    """What a browser would send for the page's form (the one in `main`, or the one with that action).

    The buttons for what was typed before and not sent (`.fl-kept`) are not the page's form.
    """
    page = read(response.get_data(as_text=True))
    forms = [
        form for form in page.select("form" if action else "main form") if form.find_parent(class_="fl-kept") is None
    ]
    form = next(item for item in forms if action is None or item.get("action") == action)
    return held_by(form)


def held_by(form: Tag) -> dict[str, Any]:
    """What a browser would send for the form as it is."""
    held: dict[str, Any] = {}
    for control in form.find_all(["input", "select", "textarea"]):
        _hold(held, control)
    return held


def fill(client: Any, address: str, typed: dict[str, Any] | None = None, **options: Any) -> TestResponse:
    """Open the page at `address`, change the fields that `typed` names, and post its form to the same address."""
    response = client.get(address)
    assert response.status_code == 200, f"{address} answered {response.status_code}"
    return client.post(address, data=fields_of(response) | (typed or {}), **options)


def sit_down(client: Any, code: str, address: str = "/sitting", *, page: TestResponse | None = None) -> TestResponse:
    """Type the code of a card and then the PIN, as a young person does the first time and later."""
    asked = client.post(address, data=fields_of(page or client.get(address), action=address) | {"code": code})
    assert asked.status_code == 200, errors_of(asked)
    return client.post(address, data=fields_of(asked, action=address) | {"pin": PIN, "again": PIN})


def press(client: Any, page: str, action: str, typed: dict[str, Any] | None = None) -> TestResponse:
    """Open `page` and send the form in it that posts to `action`."""
    return client.post(action, data=fields_of(client.get(page), action=action) | (typed or {}))


def errors_of(response: TestResponse) -> list[str]:
    """The messages of the page's error summary, in order."""
    page = read(response.get_data(as_text=True))
    return [item.get_text(strip=True) for item in page.select(".govuk-error-summary__list li")]


def text_of(response: TestResponse) -> str:
    """The words of the page's main part, with single spaces."""
    page = read(response.get_data(as_text=True))
    return " ".join((page.find("main") or page).get_text(" ").split())


def link_in(response: TestResponse, words: str) -> str | None:
    """Where the first link of the page with these words leads."""
    page = read(response.get_data(as_text=True))
    return next((str(link["href"]) for link in page.select("a[href]") if words in link.get_text()), None)


def _hold(held: dict[str, Any], control: Tag) -> None:
    name, kind = str(control.get("name") or ""), control.get("type", "text")
    if not name or kind in {"submit", "button", "file"}:
        return
    if kind in {"checkbox", "radio"}:
        if control.has_attr("checked"):
            value = str(control.get("value", "on"))
            held[name] = [*held.get(name, []), value] if kind == "checkbox" else value
    elif control.name == "textarea":
        held[name] = control.get_text().removeprefix("\r").removeprefix("\n")
    elif control.name == "select":
        held[name] = [str(option.get("value", "")) for option in control.find_all("option", selected=True)]
    else:
        held[name] = str(control.get("value", ""))
