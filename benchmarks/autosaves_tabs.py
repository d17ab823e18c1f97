"""Pages that are open in browsers and save by themselves, with the requests that portal/static/keeping.js sends."""

from __future__ import annotations

import dataclasses
import http.client
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from bs4 import BeautifulSoup, Tag

HEADERS = {"Fairlot-Autosave": "1", "Accept": "application/json"}
PATIENCE = 30
"""Seconds for one answer; a page's own `fetch` has more."""
SENTENCE = "{number}: “{words}” & <b>£{number}</b>, naïve – 100 %?"
WORDS = ("we", "listen first", "agree the plan", "with the family", "and look at it again", "every six weeks")


LOST_ANSWERS = 0.05
"""The share of answers that are lost on their way, as in a train: what was sent has arrived, no page can know it."""


class Gone(Exception):
    """No answer came: the portal was away, it was killed before it had answered, or the answer was lost."""


@dataclass
class Counts:
    """What became of what was sent, of one kind of form."""

    acknowledged: int = 0
    unanswered: int = 0
    refused: int = 0
    """Answers that the draft was not saved, as if somebody else had changed the same text."""
    read_back: int = 0
    lost: list[str] = dataclasses.field(default_factory=list)
    appeared: list[str] = dataclasses.field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """A whole answer."""

    status: int
    text: str
    location: str


@dataclass
class Browser:
    """Somebody's cookie, and the address of the portal."""

    url: str
    cookie: str

    def ask(self, path: str, typed: dict[str, Any] | None = None, **headers: str) -> Answer:
        """Send one request and read its answer; raises `Gone`."""
        place = urlsplit(self.url)
        connection = http.client.HTTPConnection(place.hostname or "127.0.0.1", place.port, timeout=PATIENCE)
        body = None if typed is None else urlencode(typed, doseq=True)
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded", **headers}
        try:
            connection.request("GET" if body is None else "POST", path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode(), answer.headers.get("Location") or "")
        except (OSError, http.client.HTTPException) as failed:
            raise Gone(str(failed)) from failed
        finally:
            connection.close()

    def form(self, page: str, pressed: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """What the page's form holds, as a browser has it once the page is there; None when it leads elsewhere.

        Raises `Gone`.
        """
        answer = self.ask(page, pressed)
        if answer.status >= 500:
            raise Gone(f"{page} answered {answer.status}")
        if answer.location:
            return None
        whole = BeautifulSoup(answer.text, "html.parser")
        forms = [one for one in whole.select("main form") if one.get("action") == page and not _offers(one)]
        if not forms:
            raise RuntimeError(f"{page} answered {answer.status} without its form")
        return _held(forms[0])


@dataclass
class Page:
    """An open page with one field that somebody types into, sentence after sentence."""

    browser: Browser
    address: str
    field: str
    counts: Counts
    is_draft: bool
    between: str = "\n"
    """What stands between two sentences: a line has no line breaks."""
    held: dict[str, Any] = dataclasses.field(default_factory=dict)
    sentences: int = 0
    acknowledged: str = ""
    """The last text that the server has called saved."""
    unanswered: dict[str, Any] | None = None
    """What was sent since and not answered: it may have arrived."""
    saved: int = 0

    def open(self) -> None:
        """Load the page."""
        self.held = self.browser.form(self.address) or {}
        self.acknowledged = self.held[self.field]

    def type(self) -> None:
        """Type another sentence."""
        self.sentences += 1
        words = " ".join(random.choices(WORDS, k=random.randint(1, 8)))
        sentence = SENTENCE.format(number=self.sentences, words=words)
        before = self.held[self.field]
        self.held[self.field] = f"{before}{self.between}{sentence}" if before else sentence

    def send(self) -> bool:
        """Send the form as the page does by itself; whether all that was typed is saved.

        What was not answered goes again as it was, before anything newer.
        """
        body = self.unanswered = self.unanswered or {**self.held}
        try:
            answer = self.browser.ask(self.address, body, **HEADERS)
            told = json.loads(answer.text)
        except (Gone, ValueError):
            answer, told = Answer(503, "", ""), {}
        if answer.status > 500 or random.random() < LOST_ANSWERS:
            self.counts.unanswered += 1
            return False
        self.unanswered = None
        if "fields" not in told:
            raise RuntimeError(f"{self.address} answered {answer.status}: {told}")
        self.held |= told["fields"]
        if told["state"] != ("saved" if self.is_draft else "kept"):
            self.counts.refused += 1
            return False
        self.counts.acknowledged += 1
        self.saved += 1
        self.acknowledged = body[self.field]
        return bool(self.acknowledged == self.held[self.field])

    def check(self) -> None:
        """Open the page anew, as another tab, and compare what is stored with what was called saved; raises `Gone`."""
        stored = self.stored()
        self.counts.read_back += 1
        if stored == self.acknowledged or (self.unanswered and stored == self.unanswered[self.field]):
            return
        told = f"{self.address} has {stored!r:.300}, and was told {self.acknowledged!r:.300}"
        (self.counts.appeared if stored.startswith(self.acknowledged) else self.counts.lost).append(told)

    def stored(self) -> str:
        """What a person finds in the field: of a form that is no draft once they have pressed "Use it"."""
        found = self.browser.form(self.address)
        if found and not self.is_draft:
            pressed = {name: found[name] for name in ("csrf_token", "form_page")} | {"form_use": "1"}
            found = self.browser.form(self.address, pressed)
        return str(found[self.field]) if found else ""

    def write(self, is_enough: Callable[[], bool], pace: float, retry: float) -> None:
        """Type and save until it is enough, and then until all that was typed is saved."""
        after_failure = False
        while not is_enough():
            time.sleep(random.uniform(0, 2 * pace))
            self.type()
            while not self._sent_and_checked(after_failure):
                after_failure = self.unanswered is not None
                if after_failure:
                    time.sleep(retry)
                    self.type()
            after_failure = False

    def _sent_and_checked(self, after_failure: bool) -> bool:
        try:
            if after_failure or random.random() < 0.2:
                self.check()
            return self.send()
        except Gone:
            return False


def _offers(form: Tag) -> bool:
    return form.find_parent(class_="fl-kept") is not None


def _held(form: Tag) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for control in form.find_all(["input", "textarea", "select"]):
        name, kind = str(control.get("name") or ""), str(control.get("type") or control.name)
        boxed = kind in {"radio", "checkbox"}
        if not name or kind in {"submit", "file"} or (boxed and not control.has_attr("checked")):
            continue
        if kind == "textarea":
            held[name] = control.get_text().removeprefix("\r").removeprefix("\n")
        elif kind == "select":
            held[name] = [str(one.get("value", "")) for one in control.find_all("option", selected=True)]
        else:
            held[name] = str(control.get("value") or ("on" if boxed else ""))
    return held
