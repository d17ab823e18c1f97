"""What every page must be, whichever test fetched it."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from functools import lru_cache

from bs4 import BeautifulSoup, Tag

from portal.core.reading_age import ADULTS, YOUNG, reading_age, sentences_in

UNLABELLED_KINDS = {"hidden", "submit", "button", "reset", "image"}


class PageFault(AssertionError):
    """A page breaks one of the rules for every page."""


@lru_cache(maxsize=8)
def read(html: str) -> BeautifulSoup:
    """The page, to look at and not to change: the client that checked it and the test that reads it share it."""
    return BeautifulSoup(html, "html.parser")


TOKEN = re.compile(r'(?<=name="csrf_token")[^>]*')
"""What differs between two answers that are the same page."""

_faultless: set[bytes] = set()


def check_page(html: str, address: str) -> None:
    """Raise `PageFault` listing everything that is wrong with a whole HTML page.

    Refusals and empty lists come by the thousand, each the same page: it is looked at once.
    """
    content = hashlib.blake2b(TOKEN.sub("", html).encode(errors="surrogatepass"), digest_size=16).digest()
    if content in _faultless:
        return
    page = Page(read(html))
    kinds = (
        _head_faults,
        _control_faults,
        _inline_faults,
        _identifier_faults,
        _error_faults,
        _name_faults,
        _reading_faults,
    )
    if faults := [fault for find in kinds for fault in find(page)]:
        raise PageFault(f"{address}: " + "; ".join(faults))
    _faultless.add(content)


class Page:
    """A page and its elements in their order, gone through once for all that is asked of them."""

    def __init__(self, root: BeautifulSoup) -> None:
        self.root = root
        self.elements = [element for element in root.descendants if isinstance(element, Tag)]
        self._by_name: dict[str, list[Tag]] = {}
        for element in self.elements:
            self._by_name.setdefault(element.name, []).append(element)

    def named(self, *names: str) -> list[Tag]:
        """The elements with these names."""
        return [element for name in names for element in self._by_name.get(name, ())]

    def of_class(self, name: str) -> list[Tag]:
        """The elements of the class."""
        return [element for element in self.elements if name in element.attrs.get("class", ())]

    def holding(self, attribute: str) -> list[str]:
        """The values of an attribute, of all elements that have it."""
        return [str(element.attrs[attribute]) for element in self.elements if attribute in element.attrs]


def _head_faults(page: Page) -> list[str]:
    faults = []
    titles = [title for title in page.named("title") if not title.find_parent("svg")]
    if len(titles) != 1 or not titles[0].get_text(strip=True):
        faults.append(f"{len(titles)} titles, or an empty one")
    headings = page.named("h1")
    if len(headings) != 1 or not headings[0].get_text(strip=True):
        faults.append(f"{len(headings)} h1 headings, or an empty one")
    if not any(root.get("lang") for root in page.named("html")[:1]):
        faults.append("the html element has no lang")
    return faults


def _control_faults(page: Page) -> list[str]:
    faults = []
    labelled = {label.get("for") for label in page.named("label") if label.get_text(strip=True)}
    controls = page.named("input", "select", "textarea")
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
    for button in page.named("button"):
        if not button.get_text(strip=True) and not button.get("aria-label"):
            faults.append("a button without words")
    faults += [
        f"form {form.get('id') or ''} without an action" for form in page.named("form") if not form.get("action")
    ]
    return faults


def _inline_faults(page: Page) -> list[str]:
    faults = [
        "an inline script"
        for script in page.named("script")
        if not script.get("src") and script.get("type") not in {"application/ld+json", "application/json"}
    ]
    faults += ["a style element" for _ in page.named("style")]
    for element in page.elements:
        if "style" in element.attrs:
            faults.append(f"a style attribute on {element.name}")
        faults += [f"{name} on {element.name}" for name in element.attrs if name.startswith("on")]
    return faults


def _identifier_faults(page: Page) -> list[str]:
    seen = Counter(page.holding("id"))
    return [f"the id {identifier!r} {times} times" for identifier, times in sorted(seen.items()) if times > 1]


def _error_faults(page: Page) -> list[str]:
    """Each error leads to its control, where the page has it, and the control is described by its error."""
    faults = []
    links = [
        str(link["href"])
        for listed in page.of_class("govuk-error-summary__list")
        for link in listed.select("a[href^='#']")
    ]
    if links:
        known = set(page.holding("id"))
        seen = [
            control
            for control in page.named("input", "select", "textarea")
            if control.get("name") is not None and not (control.name == "input" and control.get("type") == "hidden")
        ]
        named = {link[1:] for link in links} & {str(control["name"]) for control in seen}
        faults += [f"an error leads nowhere: {name}" for name in sorted(named - known)]
    if messages := page.of_class("govuk-error-message"):
        described = {name for value in page.holding("aria-describedby") for name in value.split()}
        faults += [f"no control is described by {one.get('id')}" for one in messages if one.get("id") not in described]
    return faults


def _name_faults(page: Page) -> list[str]:
    """The title names what the heading is about, and links that say what they are about do so apart from each other."""
    faults = []
    caption = next(iter(page.of_class("fl-heading__caption")), None)
    title = next(iter(page.named("title")), None)
    said = _words(title) if title else ""
    if caption is not None and _words(caption).removesuffix(":").strip() not in said:
        faults.append(f"the title {said!r} does not say that it is about {_words(caption)!r}")
    if caption is not None and not _words(caption).removesuffix(":").strip():
        faults.append("the heading has room for a caption and does not say it")
    named: dict[str, set[str]] = {}
    for hidden in page.of_class("govuk-visually-hidden"):
        for link in hidden.find_parents("a"):
            if "href" in link.attrs and link.find_parent("main") is not None:
                named.setdefault(_words(link), set()).add(str(link["href"]))
    faults += [f"{len(to)} links are named {name!r}" for name, to in named.items() if len(to) > 1]
    return faults


OTHERS_WORDS = frozenset({"dd", "textarea", "label", "legend", "caption", "table", "code"})
OTHERS_CLASSES = frozenset({"fl-prose", "fl-opportunity", "fl-bubble", "fl-scale", "fl-faces"})
"""The elements in which a page shows what people typed, or names that they gave."""
BLOCKS = frozenset({"p", "li", "div"})


def _reading_faults(page: Page) -> list[str]:
    """What the page says itself reads easily: of eight sentences or more, for fewer tell little."""
    main = next(iter(page.named("main")), None)
    if main is None:
        return []
    own: dict[int, list[str]] = {}
    _keep_own_words(main, main.find_parent(list(BLOCKS)), own)
    said = sentences_in(["".join(texts) for texts in own.values()])
    young = any(body.name == "body" for body in page.of_class("fl-body--young"))
    age = reading_age(said) if len(said) >= 8 else 0
    return [f"a reading age of {age:.1f}"] if age > (YOUNG if young else ADULTS) else []


def _keep_own_words(element: Tag, block: Tag | None, own: dict[int, list[str]]) -> None:
    """Keep the texts of each block but what others typed."""
    for child in element.children:
        if not isinstance(child, Tag):
            if block is not None:
                own.setdefault(id(block), []).append(str(child))
        elif child.name not in OTHERS_WORDS and OTHERS_CLASSES.isdisjoint(child.get_attribute_list("class")):
            _keep_own_words(child, child if child.name in BLOCKS else block, own)


def _words(element: Tag) -> str:
    return " ".join(element.get_text(" ").split())
