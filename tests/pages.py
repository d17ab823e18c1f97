"""What every page must be, whichever test fetched it."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from bs4 import BeautifulSoup, Tag

UNLABELLED_KINDS = {"hidden", "submit", "button", "reset", "image"}


class PageFault(AssertionError):
    """A page breaks one of the rules for every page."""


@lru_cache(maxsize=8)
def read(html: str) -> BeautifulSoup:
    """The page, to look at and not to change: the client that checked it and the test that reads it share it."""
    return BeautifulSoup(html, "html.parser")


def check_page(html: str, address: str) -> None:
    """Raise `PageFault` listing everything that is wrong with a whole HTML page."""
    page = read(html)
    faults = [*_head_faults(page), *_control_faults(page), *_inline_faults(page), *_identifier_faults(page)]
    if faults:
        raise PageFault(f"{address}: " + "; ".join(faults))


def _head_faults(page: BeautifulSoup) -> list[str]:
    faults = []
    titles = [title for title in page.find_all("title") if not title.find_parent("svg")]
    if len(titles) != 1 or not titles[0].get_text(strip=True):
        faults.append(f"{len(titles)} titles, or an empty one")
    headings = page.find_all("h1")
    if len(headings) != 1 or not headings[0].get_text(strip=True):
        faults.append(f"{len(headings)} h1 headings, or an empty one")
    root = page.find("html")
    if not isinstance(root, Tag) or not root.get("lang"):
        faults.append("the html element has no lang")
    return faults


def _control_faults(page: BeautifulSoup) -> list[str]:
    faults = []
    labelled = {label.get("for") for label in page.find_all("label") if label.get_text(strip=True)}
    controls = page.find_all(["input", "select", "textarea"])
    alike = Counter((control.get("name"), control.get("type")) for control in controls)
    for control in controls:
        if control.name == "input" and control.get("type", "text") in UNLABELLED_KINDS:
            continue
        if control.get("id") not in labelled and control.find_parent("label") is None:
            faults.append(f"no label for {control.name} {control.get('name')!r}")
        if control.get("type") in {"radio", "checkbox"} and alike[control.get("name"), control.get("type")] > 1:
            group = control.find_parent("fieldset")
            if group is None or group.find("legend") is None:
                faults.append(f"no fieldset with a legend around {control.get('name')!r}")
    for button in page.find_all("button"):
        if not button.get_text(strip=True) and not button.get("aria-label"):
            faults.append("a button without words")
    faults += [
        f"form {form.get('id') or ''} without an action" for form in page.find_all("form") if not form.get("action")
    ]
    return faults


def _inline_faults(page: BeautifulSoup) -> list[str]:
    faults = [
        "an inline script"
        for script in page.find_all("script")
        if not script.get("src") and script.get("type") not in {"application/ld+json", "application/json"}
    ]
    faults += ["a style element" for _ in page.find_all("style")]
    for element in page.find_all(True):
        if element.has_attr("style"):
            faults.append(f"a style attribute on {element.name}")
        faults += [f"{name} on {element.name}" for name in element.attrs if name.startswith("on")]
    return faults


def _identifier_faults(page: BeautifulSoup) -> list[str]:
    seen = Counter(str(element["id"]) for element in page.find_all(id=True))
    return [f"the id {identifier!r} {times} times" for identifier, times in sorted(seen.items()) if times > 1]
