"""How names are searched and sorted: the database's function `fold`, beside what names may be taken for."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.extensions import db
from portal.organisations.names import name_key


def fold(text: str) -> str:
    """What the database makes of a text."""
    return db.session.scalars(select(func.fold(text))).one()


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("O'Brien", "obrien"),
        ("O’BRIEN’s", "obriens"),
        ("Tŷ Glân", "ty glan"),
        ("Smith-Jones & Co.", "smith jones and co"),
        ("  Éclair   House ", "eclair house"),
        ("Ærø Straße Łódź Þór", "aero strasse lodz thor"),
        ("Café £5 – “Nest”", "cafe 5 nest"),
        ("Ｄｅｍｏ ﬁrst", "demo first"),
        ("De\u00admo\u200b Ca\ufeffre", "demo care"),
        ("Дом", "Дом"),
        ("!!!", ""),
        ("", ""),
    ],
)
def test_how_a_name_is_folded(db_session: object, typed: str, folded: str) -> None:
    """Case, accents, apostrophes, signs and what cannot be seen go; letters of other scripts stay as they are."""
    assert fold(typed) == folded


NAMES = st.text(
    st.characters(max_codepoint=0x17F, exclude_categories=["C"]) | st.sampled_from("’‘–&ŷẃ \u0302"), max_size=30
)
CHANGES = [
    str.upper,
    str.lower,
    lambda name: unicodedata.normalize("NFD", name),
    lambda name: unicodedata.normalize("NFKD", name),
    lambda name: name.replace("'", "’"),
    lambda name: name.replace("’", ""),
    lambda name: name.replace("-", " ").replace("&", " and "),
    lambda name: "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)),
]


@given(NAMES, st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3))
@example("0´_", [CHANGES[3]])
def test_what_is_found_as_one_name_is_asked_about_as_one(db_session: object, name: str, changes: list) -> None:
    """Names that fold alike have one key: what the search takes for the same, registration does too."""
    other = name
    for change in changes:
        other = change(other)
    if fold(name) == fold(other):
        assert name_key(name) == name_key(other)


@given(NAMES)
def test_folding_twice_changes_nothing(db_session: object, name: str) -> None:
    """A folded text is its own fold: a page's key is compared as it stands in the column."""
    assert fold(fold(name)) == fold(name)
