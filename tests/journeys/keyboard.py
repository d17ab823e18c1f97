"""Somebody at a Chromium without a mouse; every page is checked with axe."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, Page

from tests.journeys.accessibility import check_accessibility

MOST_STOPS = 80
FOCUSED = """() => {
    const here = document.activeElement;
    const label = here.labels && here.labels.length ? here.labels[0] : here;
    return (label.innerText || here.getAttribute("aria-label") || "").trim().replace(/\\s+/g, " ");
}"""


class KeyboardPerson:
    """Tab, type, Enter, and nothing else."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._url = url
        self.page: Page = browser.new_page()

    def visit(self, path: str) -> None:
        """Type an address, or open a link in a mail."""
        self.page.goto(urljoin(self._url, path))
        self._arrived()

    def enter(self, label: str, text: str) -> None:
        """Tab to the box with this label and type into it."""
        self._reach(label)
        self.page.keyboard.type(text)

    def press(self, text: str) -> None:
        """Tab to the link or button with this text and press Enter, which leads to another page."""
        self._reach(text)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self._arrived()

    def has(self, text: str) -> bool:
        """Whether the page shows this text."""
        return text in " ".join(self.page.inner_text("body").split())

    @property
    def path(self) -> str:
        """The page's path."""
        return urlsplit(self.page.url).path

    def leave(self) -> None:
        """Close the browser's window."""
        self.page.close()

    def _reach(self, text: str) -> None:
        met = []
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            met.append(self.page.evaluate(FOCUSED))
            if text in met[-1]:
                return
        raise AssertionError(f"{self.path}: Tab never comes to {text!r}, but to {met}")

    def _arrived(self) -> None:
        self.page.wait_for_load_state("load")
        check_accessibility(self.page)
