"""People who use the portal in a journey, over plain HTTP or in Chromium: the same few things that a person can do."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Protocol
from urllib.parse import urljoin, urlsplit

import httpx
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import BrowserContext, Locator, Page

from tests.journeys.accessibility import check_accessibility
from tests.journeys.keyboard import Keyboard
from tests.pages import check_page

Values = dict[str, "str | Path | list[str]"]


class Person(Protocol):
    """What a person does with a page."""

    def visit(self, path: str) -> None:
        """Go to an address of the portal."""

    def follow(self, text: str) -> None:
        """Follow the first link with this text."""

    def press(self, button: str, **values: str | Path | list[str]) -> None:
        """Fill in the form that the button with this text belongs to, by field names, and press it."""

    def take(self, text: str) -> bytes:
        """Follow the first link with this text, which leads to a file, and keep that."""

    def use_a_phone(self) -> None:
        """Go on with a narrow screen."""

    def has(self, text: str) -> bool:
        """Whether the page shows this text."""

    def leave(self) -> None:
        """Close the browser."""

    @property
    def path(self) -> str:
        """The page's path."""

    @property
    def text(self) -> str:
        """Everything the page shows."""

    @property
    def html(self) -> str:
        """The page's source."""


def sees(person: Person, *texts: str) -> None:
    """Assert that the page shows each of the texts, and say what it shows instead."""
    for text in texts:
        assert person.has(text), f"{person.path} does not show {text!r} but:\n{person.text[:3000]}"


class HttpPerson:
    """A person whose browser has no JavaScript, style sheets or pictures."""

    def __init__(self, url: str, session: str = "") -> None:
        """`session`: the cookie of somebody who has signed in elsewhere."""
        self._client = httpx.Client(base_url=url, follow_redirects=True, timeout=30)
        if session:
            self._client.cookies.set("fairlot", session, domain=str(urlsplit(url).hostname))
        self._response: httpx.Response | None = None
        self._read: BeautifulSoup | None = None

    def leave(self) -> None:
        self._client.close()

    def visit(self, path: str) -> None:
        self._take(self._client.get(path))

    def follow(self, text: str) -> None:
        self.visit(self._linked(text))

    def take(self, text: str) -> bytes:
        taken = self._client.get(self._linked(text))
        assert "attachment" in taken.headers["content-disposition"]
        return taken.content

    def use_a_phone(self) -> None:
        """Without style sheets no screen is narrow."""

    def _linked(self, text: str) -> str:
        link = next((a for a in self._soup.find_all("a") if text in _words(a)), None)
        assert link is not None, f"{self.path} has no link {text!r}:\n{self.text[:2000]}"
        return urljoin(str(self._page.url), str(link["href"]))

    def press(self, button: str, **values: str | Path | list[str]) -> None:
        found = next((b for b in self._soup.find_all("button") if button in _words(b)), None)
        assert found is not None, f"{self.path} has no button {button!r}:\n{self.text[:3000]}"
        form = found.find_parent("form")
        assert form is not None
        data, files = _filled(form, found, values)
        address = urljoin(str(self._page.url), str(form.get("action") or self._page.url))
        if form.get("method", "get") == "get":
            self._take(self._client.get(address, params=data))
        elif form.get("enctype") == "multipart/form-data":
            self._take(self._client.post(address, data=data, files=files or None))
        else:
            self._take(self._client.post(address, data=data))

    def has(self, text: str) -> bool:
        return text in self.text

    @property
    def path(self) -> str:
        return urlsplit(str(self._page.url)).path

    @property
    def status(self) -> int:
        """The last answer's status."""
        return self._page.status_code

    @property
    def text(self) -> str:
        return _words(self._soup)

    @property
    def html(self) -> str:
        return self._page.text

    @property
    def _page(self) -> httpx.Response:
        assert self._response is not None, "visit a page first"
        return self._response

    @property
    def _soup(self) -> BeautifulSoup:
        if self._read is None:
            self._read = BeautifulSoup(self._page.text, "html.parser")
        return self._read

    def _take(self, response: httpx.Response) -> None:
        self._response, self._read = response, None
        assert response.status_code < 500, f"{response.url}: {response.status_code}\n{response.text[:2000]}"
        if response.headers.get("content-type", "").startswith("text/html"):
            check_page(response.text, self.path)


class ChromiumPerson:
    """A person at a Chromium; every page is checked with axe."""

    keyboard = False
    """Whether everything is reached with the tab key, typed and pressed, and no mouse is there."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self._url = url
        self._context = context
        self.tab: Page = context.new_page()

    def leave(self) -> None:
        self._context.close()

    def visit(self, path: str) -> None:
        self.tab.goto(urljoin(self._url, path))
        self._arrived()

    def follow(self, text: str) -> None:
        self._activate(self.tab.get_by_role("link", name=text).first)
        self._arrived()

    def press(self, button: str, **values: str | Path | list[str]) -> None:
        pressed = self.tab.get_by_role("button", name=button).first
        form = pressed.locator("xpath=ancestor::form")
        folded = form.locator("details:not([open]) > summary")
        while folded.count():
            self._unfold(folded.first)
        for name, value in values.items():
            if self.keyboard:
                Keyboard(self.tab).enter(form, name, value)
            else:
                _fill(form, name, value)
        # Files go up in parts, and the page comes afresh once they are there.
        in_parts = form.locator("xpath=ancestor::*[@data-fl-parts]").count() > 0
        self._activate(pressed, leads_on_later=in_parts)
        self._arrived()

    def take(self, text: str) -> bytes:
        link = self.tab.get_by_role("link", name=text).first
        with self.tab.expect_download() as taken:
            if self.keyboard:
                Keyboard(self.tab).reach(link)
                self.tab.keyboard.press("Enter")
            else:
                link.click()
        return taken.value.path().read_bytes()

    def use_a_phone(self) -> None:
        self.tab.set_viewport_size({"width": 390, "height": 844})

    def _unfold(self, summary: Locator) -> None:
        if self.keyboard:
            Keyboard(self.tab).reach(summary)
            self.tab.keyboard.press("Enter")
        else:
            summary.click()

    def _activate(self, target: Locator, *, leads_on_later: bool = False) -> None:
        if not self.keyboard:
            with self.tab.expect_navigation() if leads_on_later else nullcontext():
                target.click()
            return
        Keyboard(self.tab).reach(target)
        with self.tab.expect_navigation():
            self.tab.keyboard.press("Enter")

    def has(self, text: str) -> bool:
        return " ".join(text.split()) in self.text

    @property
    def path(self) -> str:
        return urlsplit(self.tab.url).path

    @property
    def text(self) -> str:
        return _words(BeautifulSoup(self.tab.content(), "html.parser"))

    @property
    def html(self) -> str:
        return self.tab.content()

    def _arrived(self) -> None:
        self.tab.wait_for_load_state("load")
        check_accessibility(self.tab)


def _words(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def _filled(
    form: Tag, button: Tag, values: Values
) -> tuple[dict[str, str | list[str]], list[tuple[str, tuple[str, bytes]]]]:
    """What a browser would send: the form's own values, with those the person filled in."""
    data: dict[str, str | list[str]] = {}
    files: list[tuple[str, tuple[str, bytes]]] = []
    names = set()
    for control in form.find_all(["input", "textarea", "select"]):
        name = str(control.get("name") or "")
        if not name or control.has_attr("disabled"):
            continue
        names.add(name)
        kind = str(control.get("type") or control.name)
        if kind == "file":
            chosen = values.get(name)
            for path in chosen if isinstance(chosen, list) else [chosen] if chosen else []:
                files.append((name, (Path(path).name, Path(path).read_bytes())))
        elif name not in values:
            _keep(data, control, kind, name)
    for name, value in values.items():
        assert name in names, f"the form has no field {name!r}, only {sorted(names)}"
        if not isinstance(value, Path) and name not in {given for given, _ in files}:
            data[name] = value
    if button.get("name"):
        data[str(button["name"])] = str(button.get("value") or "")
    return data, files


def _keep(data: dict[str, str | list[str]], control: Tag, kind: str, name: str) -> None:
    if kind in {"radio", "checkbox"}:
        if control.has_attr("checked"):
            held = data.setdefault(name, [])
            assert isinstance(held, list)
            held.append(str(control.get("value", "on")))
    elif kind == "select":
        options = control.find_all("option")
        selected = [option for option in options if option.has_attr("selected")] or options[:1]
        data[name] = [str(option.get("value") or "") for option in selected]
    elif kind == "textarea":
        data[name] = control.get_text().removeprefix("\n")
    elif kind not in {"submit", "button"}:
        data[name] = str(control.get("value") or "")


def _fill(form: Locator, name: str, value: str | Path | list[str]) -> None:
    controls = form.locator(f'[name="{name}"]')
    first = controls.first
    kind = first.get_attribute("type") or first.evaluate("element => element.localName")
    if kind in {"radio", "checkbox"}:
        for one in value if isinstance(value, list) else [value]:
            chosen = form.locator(f'[name="{name}"][value="{one}"]')
            # The drawn box covers the real one, as in GOV.UK Frontend: a person presses its label.
            if not chosen.is_checked():
                form.locator(f'label[for="{chosen.get_attribute("id")}"]').first.click()
    elif kind == "select":
        first.select_option(value if isinstance(value, list) else str(value))
    elif kind == "file":
        first.set_input_files(value if isinstance(value, list) else str(value))
    else:
        first.fill(str(value))
