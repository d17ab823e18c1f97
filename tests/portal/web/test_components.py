"""Every macro, drawn with values as they come and with hostile ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from jinja2 import StrictUndefined
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from portal.core.words import FILTERS
from portal.paths import TEMPLATES
from portal.web.error_summary import error_list
from portal.web.titles import page_caption

HOSTILE = "<script>alert('x')</script>\"' onfocus=alert(1) {{ 7*7 }}"
NOW = datetime(2026, 11, 22, 9, 30, 15, 123456, tzinfo=UTC)
CLOSES = datetime(2026, 12, 4, 12, 0, tzinfo=UTC)
SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
BANDS = [{"score": Decimal(score), "label": f"Band {score}", "descriptor": "Met."} for score in range(6)]
PARTS = [
    {"label": "Local", "value": Decimal("60"), "tone": 0},
    {"label": "Young", "value": Decimal("40"), "tone": 1},
]


class Starts(Form):
    """Two parts of a date."""

    day = IntegerField("Day", [InputRequired("Enter the day")])
    month = IntegerField("Month", [InputRequired("Enter the month")])


class Everything(Form):
    """One field of each kind."""

    version = HiddenField(default="3")
    title = StringField("Title", [InputRequired("Enter a title")], description="In plain words")
    about = TextAreaField("About", [InputRequired("Describe it")])
    kind = RadioField("Kind", [InputRequired("Choose")], choices=[SelectChoice("a", "A"), SelectChoice("b", "B")])
    lot = SelectField("Lot", choices=[SelectChoice("1", "Lot 1"), SelectChoice("2", HOSTILE)])
    agree = BooleanField("I agree", [InputRequired("Tick to agree")])
    files = MultipleFileField("Documents")
    starts = FormField(Starts, "Starts")
    codes = FieldList(StringField("CPV code", [InputRequired("Enter 8 digits")]), min_entries=2)


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """The template environment as the portal configures it, without the portal's routes."""
    app = Flask("components", template_folder=str(TEMPLATES))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        csrf_token=lambda: "token",
        static_url=lambda name: f"/static/{name}",
        page_caption=page_caption,
        error_list=error_list,
    )
    app.jinja_env.globals.update(frame_of=lambda address, body: None, turned_away=lambda: {"carried": ""})
    app.jinja_env.filters.update({function.__name__: function for function in FILTERS})
    for endpoint in (
        "accounts.time_left",
        "accounts.still_here",
        "privacy_pages.young",
        "address.confirm_again",
        "address.change",
    ):
        app.add_url_rule(f"/{endpoint}", endpoint, lambda: "")
    with app.test_request_context("/some/page?lot=2"):
        yield app


def draw(app: Flask, source: str, **values: Any) -> BeautifulSoup:
    """Render a page's fragment and parse it."""
    given = {"hostile": HOSTILE, "now": NOW, "closes": CLOSES, "sha": SHA, "bands": BANDS, "D": Decimal}
    values = {**given, **values}
    return BeautifulSoup(app.jinja_env.from_string(source).render(**values), "html.parser")


def words(page: BeautifulSoup, selector: str) -> list[str]:
    """The texts of the elements that the selector finds, spaces folded."""
    return [" ".join(found.get_text().split()) for found in page.select(selector)]


SAMPLES = Path(__file__).with_name("component_samples.html").read_text(encoding="utf-8")
MACROS = dict(part.split("\n", 1) for part in SAMPLES.split("=== ")[1:])


@pytest.mark.parametrize("name", MACROS)
def test_a_hostile_text_stays_text(app: Flask, name: str) -> None:
    """No macro lets a text become markup, break out of an attribute or become an inline script or style."""
    page = draw(app, MACROS[name])
    assert page.find_all("script") == []
    names = {attribute for tag in page.find_all(True) for attribute in tag.attrs}
    assert {attribute for attribute in names if attribute.startswith("on") or attribute == "style"} == set()
    values = [str(value) for tag in page.find_all(True) for value in tag.attrs.values()]
    assert HOSTILE in page.get_text() or HOSTILE in values


FORM = """{% from "components/forms.html" import form_for, error_summary, field, textarea %}
{{ error_summary(form, others) }}
{% call form_for(form, multipart=true) %}
{{ field(form.title, width=20, prefix="£") }}{{ textarea(form.about, limit=50) }}
{{ field(form.kind, hints={"a": "First"}) }}{{ field(form.lot) }}
{{ field(form.agree) }}{{ field(form.files) }}
{{ field(form.starts) }}{{ field(form.codes) }}{% endcall %}"""


def test_every_macro_is_drawn_here() -> None:
    """A new macro without a sample is found, unless another macro draws it."""
    sources = {path.name: path.read_text(encoding="utf-8") for path in Path(TEMPLATES, "components").glob("*.html")}
    named = {name for source in sources.values() for name in re.findall(r"{% macro ([a-z]\w*)", source)}
    everything = "".join([SAMPLES, FORM, *sources.values()])
    called = set(re.findall(r"(?<!macro )\b([a-z]\w*)\(", everything))
    assert named - called == set()
    assert len(named) > 50


def failed_form() -> Everything:
    """A form sent with a title only."""
    form = Everything(data={"title": HOSTILE, "lot": "1"})
    form.title.errors = [HOSTILE]
    for field in (form.about, form.kind, form.agree):
        field.errors = [field.validators[0].message]
    form.starts.form.day.errors = ["Enter the day"]
    form.codes.entries[1].errors = ["Enter 8 digits"]
    form.codes.errors = [[], ["Enter 8 digits"]]
    form.form_errors = ["Shares total 90, not 100"]
    return form


def test_each_problem_is_listed_and_leads_to_its_control(app: Flask) -> None:
    """The error summary links to the first control of every field with an error, nested ones too."""
    page = draw(app, FORM, form=failed_form(), others=[{"text": "Later", "href": "#x"}])
    summary = page.select_one(".govuk-error-summary")
    assert summary is not None
    assert [link["href"] for link in summary.select("a")] == [
        "#title", "#about", "#kind", "#agree", "#starts-day", "#codes-1", "#x",
    ]  # fmt: skip
    assert words(page, ".govuk-error-summary li")[-2:] == ["Shares total 90, not 100", "Later"]
    targets = [page.find(id=link["href"][1:]) for link in summary.select("a")[:-1]]
    assert [target.name for target in targets if target is not None] == ["input", "textarea", *["input"] * 4]


def test_each_control_has_a_label_and_its_error_beside_it(app: Flask) -> None:
    """Every visible control has a label; errors, hints and limits are tied to it; values are kept."""
    page = draw(app, FORM, form=failed_form(), others=[])
    controls = [item for item in page.select("input, select, textarea") if item.get("type") != "hidden"]
    labels = [label["for"] for label in page.select("label")]
    assert sorted(str(item["id"]) for item in controls) == sorted(labels)
    assert len(set(labels)) == len(labels)
    title = page.find(id="title")
    assert title is not None
    assert title["value"] == HOSTILE
    assert title["aria-describedby"] == "title-hint title-error"
    assert words(page, "#title-error") == [f"Error: {HOSTILE}"]
    assert words(page, "#about-limit") == ["You can write up to 50 words."]
    assert words(page, "#kind-item-hint") == ["First"]
    assert [item["value"] for item in page.select("select option[selected]")] == ["1"]


def test_a_form_carries_its_token_and_posts_to_its_own_page(app: Flask) -> None:
    """Hidden fields have no id, so that two forms on one page do not clash; the action is never empty."""
    page = draw(app, FORM, form=Everything(), others=[])
    form = page.select_one("form")
    assert form is not None
    assert form["action"] == "/some/page?lot=2"
    assert form.has_attr("novalidate")
    assert {item["name"]: item["value"] for item in form.select("input[type=hidden]")} == {
        "version": "3",
        "csrf_token": "token",
    }
    assert [item for item in form.select("input[type=hidden]") if item.has_attr("id")] == []
    assert page.select(".govuk-error-summary") == []


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (timedelta(days=1222, hours=5), "more than 3 years left"),
        (timedelta(days=60, hours=5), "60 days left"),
        (timedelta(days=12, hours=2, minutes=29), "12 days and 2 hours left"),
        (timedelta(days=1), "1 day left"),
        (timedelta(hours=1, minutes=1), "1 hour and 1 minute left"),
        (timedelta(minutes=59, seconds=59), "59 minutes left"),
        (timedelta(seconds=1), "less than a minute left"),
    ],
)
def test_the_time_left_is_told_in_words(app: Flask, left: timedelta, text: str) -> None:
    """A deadline says date, time, zone and how long there is, in whole units."""
    source = '{% from "components/status.html" import deadline %}{{ deadline(closes, now) }}'
    page = draw(app, source, now=CLOSES - left)
    assert words(page, ".fl-deadline__when") == ["Closes at noon on Friday 4 December 2026 GMT"]
    assert words(page, ".fl-deadline__left") == [text]


def test_a_deadline_that_is_reached_is_closed(app: Flask) -> None:
    """At the very instant the deadline has passed, and nothing counts down."""
    page = draw(app, '{% from "components/status.html" import deadline %}{{ deadline(closes, closes) }}')
    assert words(page, ".fl-deadline__when") == ["Closed at noon on Friday 4 December 2026 GMT"]
    assert page.select("[data-fl-countdown]") == []


def test_a_digest_is_whole_although_it_may_wrap(app: Flask) -> None:
    """Break opportunities add no character to a SHA-256 that somebody copies."""
    page = draw(app, '{% from "components/summary.html" import hash %}{{ hash(sha) }}')
    assert page.get_text() == SHA
    assert len(page.select("wbr")) == 8


def test_a_receipt_shows_the_time_to_the_microsecond(app: Flask) -> None:
    """The receipt carries time, reference, and name, size and digest of every file."""
    source = (
        '{% from "components/summary.html" import receipt %}'
        '{{ receipt("BID-1", now, [{"name": "a.pdf", "size": 2345678, "sha256": sha}], sha) }}'
    )
    page = draw(app, source)
    assert words(page, "time") == ["9:30:15am on Sunday 22 November 2026 GMT", "2026-11-22 09:30:15.123456 UTC"]
    assert words(page, ".fl-receipt__number") == ["BID-1"]
    assert words(page, ".fl-receipt__name, .fl-receipt__size") == ["a.pdf", "2.3 MB"]
    assert words(page, ".fl-hash") == [SHA, SHA]


def test_the_bars_lie_end_to_end_and_the_table_repeats_them(app: Flask) -> None:
    """Segments start where the last one ended, on the scale given; the figures stand in a table as well."""
    panel = {"label": "Panel", "value": Decimal("20"), "tone": 0}
    price = {"label": "Price", "value": Decimal("10.5"), "tone": 1}
    source = """{% from "components/charts.html" import stacked_bars %}
        {{ stacked_bars("Marks", "By part.", rows, "c", scale=50) }}"""
    page = draw(app, source, rows=[{"label": "Willow", "total": Decimal("30.5"), "segments": [panel, price]}])
    bars = [(bar["x"], bar["width"]) for bar in page.select(".fl-chart__picture > .fl-bar")]
    assert bars == [("0.0000%", "40.0000%"), ("40.0000%", "21.0000%")]
    assert words(page, "svg title") == ["Willow: 30.5 marks out of 50"]
    assert words(page, "desc") == ["Panel 20, Price 10.5"]
    assert words(page, "tbody th, tbody td") == ["Willow", "20", "10.5", "30.5"]


@pytest.mark.parametrize(
    "name", [name for name in MACROS if "charts.html" in MACROS[name] or "columns.html" in MACROS[name]]
)
def test_every_chart_has_its_figures_in_a_table(app: Flask, name: str) -> None:
    """Whoever cannot see a picture, or wants to copy a figure, reads it in a table beside it (WCAG 2.2, 1.1.1)."""
    charts = draw(app, MACROS[name]).select(".fl-chart")
    assert charts
    assert [chart for chart in charts if not chart.select("table caption") or not chart.select("tbody tr")] == []


def test_a_weight_bar_says_every_share(app: Flask) -> None:
    """The key names each panel with its share, and the picture has the same in words."""
    source = '{% from "components/charts.html" import weight_bar %}{{ weight_bar("Who", parts, "w") }}'
    page = draw(app, source, parts=PARTS)
    assert [words(page, f".fl-chart__shares tbody {cell}") for cell in ("th", "td")] == [
        ["Local", "Young"],
        ["60%", "40%"],
    ]
    assert words(page, "desc") == ["Local: 60 per cent. Young: 40 per cent."]


def test_the_road_marks_where_it_stands(app: Flask) -> None:
    """One stage is the current step; each says in words whether it is done, now or to come."""
    states = {"Published": "done", "Open": "current", "Award": "next"}
    stages = [{"text": text, "state": state} for text, state in states.items()]
    page = draw(app, '{% from "components/timeline.html" import road %}{{ road(stages) }}', stages=stages)
    assert words(page, ".fl-road__text") == ["Done: Published", "Now: Open", "To come: Award"]
    assert words(page, "[aria-current=step] .fl-road__text") == ["Now: Open"]


@pytest.mark.parametrize("macro", ["score_scale", "young_scale"])
@pytest.mark.parametrize("selected", [3, "3", Decimal(3), None])
def test_a_scale_offers_each_score_once_and_keeps_the_choice(app: Flask, macro: str, selected: Any) -> None:
    """Children and adults choose among the same numbers; the saved one is checked whatever its type."""
    source = '{% from "components/scale.html" import MACRO %}{{ MACRO("score", bands, "Score", selected) }}'
    page = draw(app, source.replace("MACRO", macro), selected=selected)
    assert [item["value"] for item in page.select("input")] == ["0", "1", "2", "3", "4", "5"]
    assert [item["value"] for item in page.select("input[checked]")] == ([] if selected is None else ["3"])
    assert len(page.select("label")) == 6


def test_a_face_fits_its_score_on_any_scale(app: Flask) -> None:
    """The lowest score has the first face and the highest the last, on 0 to 3 as on 1 to 10."""
    bands = [{"score": Decimal(score), "label": "x"} for score in (0, 1, 2, 3)]
    source = '{% from "components/scale.html" import young_scale %}{{ young_scale("s", bands, "?") }}'
    page = draw(app, source, bands=bands)
    faces = [face["class"][1] for face in page.select("svg")]
    assert faces == ["fl-face--0", "fl-face--2", "fl-face--3", "fl-face--5"]


@pytest.mark.parametrize("top", [1, 3, 5, 6, 10, 20])
def test_no_two_faces_of_a_scale_look_alike(app: Flask, top: int) -> None:
    """Up to the most points that a scale can have each has a drawing of its own."""
    bands = [{"score": Decimal(score), "label": "x"} for score in range(top + 1)]
    source = '{% from "components/scale.html" import young_scale %}{{ young_scale("s", bands, "?") }}'
    drawn = [str(face) for face in draw(app, source, bands=bands).select("svg")]
    assert len(set(drawn)) == len(drawn) == top + 1


def test_counts_are_drawn_to_scale_and_listed(app: Flask) -> None:
    """Two becoming fourteen: the highest column reaches the top, nothing is drawn for nothing, the table has all."""
    source = """{% from "components/columns.html" import bars, columns %}
        {{ columns("Members", "", ["Before", "Now"], [{"label": "Lot 1", "values": [2, 14]},
           {"label": "Lot 2", "values": [0, 1]}], "c", "member") }}
        {{ bars("Why", "", [], "b", "Reason", "refusal") }}"""
    page = draw(app, source)
    heights = [[rect["height"] for rect in svg.find_all("rect")] for svg in page.find_all("svg")]
    assert heights == [["8.3", "58.0"], ["4.1"]]
    assert words(page, "desc") == ["Before: 2, Now: 14", "Before: 0, Now: 1"]
    assert words(page, "#c-1-title") == ["Lot 1"]
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in page.select("tbody tr")]
    assert rows == [["Before", "2", "0"], ["Now", "14", "1"]]
    assert words(page, ".fl-chart__total") == ["14 members", "1 member"]
