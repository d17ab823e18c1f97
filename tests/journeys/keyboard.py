"""Somebody at a Chromium without a mouse: Tab, typing, Space, the arrows and Enter, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page

MOST_STOPS = 120
HAS_FOCUS = "all => all.includes(document.activeElement)"


class Keyboard:
    """The keyboard of one page."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def reach(self, target: Locator) -> None:
        """Press Tab until the element, or one of the elements, has the focus."""
        target.first.wait_for(state="attached")
        wanted = target.element_handles()  # looked up once: a look-up by role reads the whole page
        for _ in range(MOST_STOPS):
            if self._page.evaluate(HAS_FOCUS, wanted):
                return
            self._page.keyboard.press("Tab")
        raise AssertionError(f"{self._page.url}: the tab key does not reach {target}")

    def enter(self, form: Locator, name: str, value: str | Path | list[str]) -> None:
        """Put the value into the field with this name, whatever kind of field it is."""
        controls = form.locator(f'[name="{name}"]')
        kind = controls.first.get_attribute("type") or controls.first.evaluate("element => element.localName")
        if kind in {"radio", "checkbox"}:
            for one in value if isinstance(value, list) else [str(value)]:
                self._choose(controls, form.locator(f'[name="{name}"][value="{one}"]'), kind)
            return
        self.reach(controls)
        if kind == "select":
            self._press_until("Home", "ArrowDown", lambda: controls.first.input_value() == value)
        elif kind == "file":
            # The window in which a file is chosen is the machine's own.
            controls.first.set_input_files(value if isinstance(value, list) else str(value))
        else:
            self._page.keyboard.press("Control+A")
            self._page.keyboard.press("Delete")
            self._page.keyboard.type(str(value))

    def _choose(self, controls: Locator, chosen: Locator, kind: str) -> None:
        if chosen.is_checked():
            return
        self.reach(controls if kind == "radio" else chosen)
        if kind == "radio":
            self._press_until("Space", "ArrowDown", chosen.is_checked)
        else:
            self._page.keyboard.press("Space")

    def _press_until(self, first: str, then: str, is_there: Callable[[], bool]) -> None:
        self._page.keyboard.press(first)
        for _ in range(MOST_STOPS):
            if is_there():
                return
            self._page.keyboard.press(then)
        raise AssertionError(f"{self._page.url}: {then} does not lead to what is to be chosen")
