"""How long and how wide the pages of a running demonstration are, as each of its parts, in Chromium."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as BrowserError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

WIDTHS = (390, 1280)
EACH, EACH_FOR_A_PART = 4, 2
"""How many pages of one route are measured in all, and as one part: the others look alike."""

_LINKS = "[...document.querySelectorAll('a[href]')].map(link => link.href)"
_SIZE = "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
_STARTS = ("/opportunities", "/frameworks", "/contracts", "/help", "/account", "/demonstration")


@dataclass(frozen=True)
class Measured:
    """A page as one part sees it: `sizes` is a height and a width in pixels for each of `WIDTHS`."""

    endpoint: str
    address: str
    part: str
    sizes: tuple[tuple[int, int], ...]

    @property
    def height(self) -> int:
        """Its height on a phone."""
        return self.sizes[0][0]

    def __str__(self) -> str:
        heights = ", ".join(f"{height:,} px at {width}" for width, (height, _) in zip(WIDTHS, self.sizes, strict=True))
        return f"{heights}: {self.endpoint} {self.address} ({self.part})"


def measure(browser: Browser, url: str, routes: MapAdapter) -> list[Measured]:
    """Every kind of page, as whoever of the demonstration comes upon it; the longest first."""
    opened: Counter[str] = Counter()
    found = [each for part in ("", *_parts(browser, url)) for each in _walk(browser, url, routes, part, opened)]
    return sorted(found, key=lambda each: -each.height)


def _parts(browser: Browser, url: str) -> list[str]:
    page = browser.new_page()
    page.goto(f"{url}/demonstration")
    emails: list[str] = page.eval_on_selector_all(
        "#people ~ * [name=email], section:has(#people) [name=email]", "boxes => boxes.map(box => box.value)"
    )
    page.close()
    return list(dict.fromkeys(emails))


def _walk(browser: Browser, url: str, routes: MapAdapter, part: str, opened: Counter[str]) -> Iterator[Measured]:
    context = browser.new_context(viewport={"width": WIDTHS[0], "height": 844})
    page = context.new_page()
    ahead, seen, mine = deque(_STARTS), set(_STARTS), Counter[str]()
    if part:
        page.goto(f"{url}/demonstration")
        with page.expect_navigation():
            page.eval_on_selector(f"section:has(#people) form:has([value='{part}'])", "form => form.requestSubmit()")
        ahead.appendleft(urlsplit(page.url).path)
    while ahead:
        address = ahead.popleft()
        endpoint = _endpoint(routes, address)
        if endpoint is None or opened[endpoint] >= EACH or mine[endpoint] >= EACH_FOR_A_PART:
            continue
        mine[endpoint] += 1
        with suppress(BrowserError):  # A file to download is no page.
            answer = page.goto(url + address)
            if answer is None or not answer.ok or "html" not in answer.headers.get("content-type", ""):
                continue
            here = _within(url, page.url)
            endpoint = _endpoint(routes, here) or endpoint
            opened[endpoint] += 1
            links = [_within(url, link) for link in page.evaluate(_LINKS)]
            ahead.extend(new for new in dict.fromkeys(links) if new and new not in seen)
            seen.update(link for link in links if link)
            yield Measured(endpoint, here, part or "a visitor", tuple(_size(page, width) for width in WIDTHS))
    context.close()


def _endpoint(routes: MapAdapter, address: str) -> str | None:
    try:
        return str(routes.match(urlsplit(address).path, "GET")[0])
    except HTTPException:
        return None


def _within(url: str, link: str) -> str:
    target = urlsplit(link)
    here = target.netloc == urlsplit(url).netloc
    return target._replace(scheme="", netloc="", fragment="").geturl() if here else ""


def _size(page: Page, width: int) -> tuple[int, int]:
    page.set_viewport_size({"width": width, "height": 844})
    height, wide = page.evaluate(_SIZE)
    return int(height), int(wide)
