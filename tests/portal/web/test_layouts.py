"""The frame around every page: who is shown what, and what the pages for failures do without."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template
from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader, StrictUndefined

from portal.core.words import FILTERS
from portal.notifications.inbox import Letterbox
from portal.paths import TEMPLATES
from portal.web.titles import page_caption
from tests.pages import check_page

VISITOR = SimpleNamespace(is_authenticated=False, display_name="", organisation_name=None)
PERSON = SimpleNamespace(
    is_authenticated=True,
    display_name="<b>Demo</b> Commissioner",
    organisation_name="A & B Council",
    awaits_factor=False,
    awaits_confirmation=False,
)
LAYOUTS = ("public", "provider", "commissioner", "panel", "account", "young")
ADDRESSES = {
    "start.index": "/start",
    "sitting.help": "/help-lines",
    "sitting.easier": "/easier",
    "accounts.sign_in": "/sign-in",
    "accounts.sign_out": "/sign-out",
    "accounts.time_left": "/time-left",
    "accounts.still_here": "/still-here",
    "public_pages.how_we_protect_your_bid": "/how-we-protect-your-bid",
    "public_pages.accessibility": "/accessibility",
    "help.index": "/help",
    "help.contact": "/contact",
    "privacy_pages.notice": "/privacy",
    "privacy_pages.young": "/privacy/young-people",
    "privacy_pages.cookies": "/cookies",
    "privacy_pages.terms": "/terms",
}
PAGE = """{% extends "layouts/LAYOUT.html" %}{% block title %}Title{% endblock %}
{% block before_content %}<a href="/b">Back</a>{% endblock %}
{% block content %}<h1>Heading</h1>{% endblock %}"""


@pytest.fixture
def app() -> Flask:
    """An application with the addresses that the layouts link to and nothing else."""
    app = Flask("layouts", template_folder=str(TEMPLATES))
    app.secret_key = "for the flashed messages of this test"
    pages = {f"{layout}.html": PAGE.replace("LAYOUT", layout) for layout in LAYOUTS}
    pages["aside.html"] = PAGE.replace("LAYOUT", "public") + "{% block aside %}Beside{% endblock %}"
    app.jinja_loader = ChoiceLoader([FileSystemLoader(str(TEMPLATES)), DictLoader(pages)])
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        static_url=lambda name: f"/static/{name}", page_caption=page_caption, seconds_left=lambda: 3600
    )
    app.jinja_env.filters.update({function.__name__: function for function in FILTERS})
    return app


def furnish(app: Flask, *, demonstration: bool = False) -> None:
    """Give the application what base.html needs beyond the shell."""
    for endpoint, address in ADDRESSES.items():
        app.add_url_rule(address, endpoint, lambda: "", methods=["GET", "POST"])
    links = [
        SimpleNamespace(text="Opportunities", endpoint="opportunities.index", href="/opportunities", current=False),
        SimpleNamespace(text="Procurements", endpoint="commissioning_desk.index", href="/commissioning", current=True),
    ]
    app.jinja_env.globals.update(
        letterbox=Letterbox, csrf_token=lambda: "token", demonstration=lambda: demonstration, navigation=lambda: links
    )


def page(app: Flask, template: str, **values: Any) -> BeautifulSoup:
    """Render a whole page, check it as every page is checked, and parse it."""
    with app.test_request_context("/"):
        html = render_template(template, **values)
    check_page(html, template)
    return BeautifulSoup(html, "html.parser")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("person", [VISITOR, PERSON])
def test_each_layout_is_a_whole_page(app: Flask, layout: str, person: SimpleNamespace) -> None:
    """Every layout has title, skip link, main, one heading, and names nobody but the person who looks."""
    furnish(app)
    drawn = page(app, f"{layout}.html", current_user=person)
    assert drawn.title is not None
    assert drawn.title.get_text() == "Title – Fairlot"
    assert [link["href"] for link in drawn.select(".govuk-skip-link")] == ["#main-content"]
    assert [main["id"] for main in drawn.select("main")] == ["main-content"]
    shown = "<b>Demo</b> Commissioner" in drawn.get_text()
    assert shown == person.is_authenticated


def test_signing_out_is_a_post_with_a_token(app: Flask) -> None:
    """Leaving changes something, so it is a form; a visitor gets the link to sign in instead."""
    furnish(app)
    form = page(app, "commissioner.html", current_user=PERSON).select_one("header form")
    assert form is not None
    assert (form["method"], form["action"]) == ("post", "/sign-out")
    assert [item["value"] for item in form.select("input[name=csrf_token]")] == ["token"]
    visitor = page(app, "commissioner.html", current_user=VISITOR)
    assert visitor.select("header form") == []
    assert [link["href"] for link in visitor.select("header a.fl-header__button")] == ["/sign-in"]


def test_the_current_entry_of_the_navigation_is_marked(app: Flask) -> None:
    """Exactly the entry that the page belongs to is announced as current."""
    furnish(app)
    drawn = page(app, "commissioner.html", current_user=PERSON)
    assert [link.get_text() for link in drawn.select("nav [aria-current=page]")] == ["Procurements"]


def test_a_young_person_sees_no_organisation_and_no_navigation(app: Flask) -> None:
    """A sitting shows the alias and the way out; nothing to wander off to."""
    furnish(app)
    drawn = page(app, "young.html", current_user=PERSON)
    assert drawn.select(".fl-nav") == []
    assert "A & B Council" not in drawn.get_text()
    assert [button.get_text() for button in drawn.select("header button")] == ["Leave"]


@pytest.mark.parametrize("demonstration", [True, False])
def test_the_ribbon_is_there_in_a_demonstration_only(app: Flask, demonstration: bool) -> None:
    """Every page of a demonstration says that nothing is real."""
    furnish(app, demonstration=demonstration)
    ribbons = [
        " ".join(ribbon.get_text().split())
        for ribbon in page(app, "public.html", current_user=VISITOR).select(".fl-ribbon")
    ]
    assert ribbons == (["Demonstration: nothing here is real. Play another part"] if demonstration else [])


def test_the_aside_is_a_column_of_its_own_only_when_it_is_filled(app: Flask) -> None:
    """An empty aside leaves no landmark behind."""
    furnish(app)
    assert [item.get_text() for item in page(app, "aside.html", current_user=VISITOR).select("aside")] == ["Beside"]
    assert page(app, "public.html", current_user=VISITOR).select("aside") == []


def test_a_failed_form_is_announced_in_the_title(app: Flask) -> None:
    """The title of a page whose form has errors starts with the word."""
    furnish(app)
    drawn = page(app, "public.html", current_user=VISITOR, form=SimpleNamespace(errors={"title": ["x"]}))
    assert drawn.title is not None
    assert drawn.title.get_text() == "Error: Title – Fairlot"


@pytest.mark.parametrize("code", [400, 403, 404, 409, 413, 429, 500, 503])
def test_the_pages_for_failures_need_nothing_that_may_have_failed(app: Flask, code: int) -> None:
    """They are drawn without a user, the database, navigation or any other address of the portal."""
    drawn = page(app, f"errors/{code}.html", message="", reference="REF-<b>1</b>")
    assert ("REF-<b>1</b>" in drawn.get_text()) == (code in {500, 503})


@pytest.mark.parametrize("code", [403, 404, 409])
def test_the_pages_for_refusals_say_why_and_what_next(app: Flask, code: int) -> None:
    """A refusal has the reason given, or one of its own, and always a link onwards."""
    furnish(app)
    for message in ("", "Only an opener may open the bids."):
        drawn = page(app, f"errors/{code}.html", message=message, reference="REF-1", current_user=PERSON)
        assert drawn.select("main a[href]") != []
        assert (message in drawn.get_text()) is (code != 404 or not message)
