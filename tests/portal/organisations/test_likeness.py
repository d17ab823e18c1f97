"""Names that may mean one organisation, as lists of real contracts write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.organisations.likeness import Name, Names, like_names, likeness, looks_the_same


def reason(one: str, other: str) -> str | None:
    """What is alike about two names."""
    return likeness(Name.of(one), Name.of(other))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Action for Children", "only capitals, spaces, punctuation, accents or letters that look alike differ"),
        (
            "Action For Children Contract 2012",
            "the names are the same but for what was added, such as a year, “contract” or a legal form",
        ),
        (
            "Action For Children Kings cross Catholic Children's Society",
            "one name holds the other: “Action For Children Kings cross Catholic Children's Society” may be a joint "
            "name, or a part of “Action For Children”",
        ),
        ("Action For Children", "the names are the same"),
        ("Acton For Children", "the names differ in one letter"),
        ("Action Fro Children", "the names differ in one letter"),
        ("Children For Action", "the names are the same words in another order"),
        ("ActionFor Children", "only spaces and what was added differ"),
    ],
)
def test_the_spellings_of_one_charity(written: str, expected: str) -> None:
    """Case, an added contract year, a joint name, a slip of the pen: each is found, with its reason."""
    assert reason(written, "Action For Children") == expected


@pytest.mark.parametrize(("written", "plain"), [("ҮМСА", "YMCA"), ("НВС", "HBC")])
def test_cyrillic_letters_that_look_latin(written: str, plain: str) -> None:
    """A name in Cyrillic capitals is found as its Latin look-alike, and the reason says so."""
    assert written != plain
    assert reason(written, plain) == f"“{written}” is written with Cyrillic letters that look like others"
    assert reason(plain, written) == f"“{written}” is written with Cyrillic letters that look like others"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Canal Boat Adventure Project Contract 2012", "Canal Boat"),
        ("Catholic Children's Society", "Action For Children Kings cross Catholic Children's Society"),
        ("After Adoption Contract 2012", "After Adoption Ltd"),
        ("Barnardos", "Barnardo's"),
        ("Demo Care CIC", "Demo Care"),
        ("Demo Care (2011/12)", "Demo Care"),
    ],
)
def test_others_that_are_alike(one: str, other: str) -> None:
    """Parts, years in brackets, apostrophes and legal forms do not hide a likeness."""
    assert reason(one, other) is not None
    assert reason(other, one) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Demo NE12 Provider 01", "Demo NE12 Provider 02"),
        ("Demo NE12 Provider 1", "Demo NE12 Provider 11"),
        ("Young Addaction", "Young Persons"),
        ("Care", "Care North"),
        ("Crossroads", "Kings Cross"),
        ("PCT", "FCA"),
        ("2012", "Contract 2012"),
        ("", "Demo Care"),
        ("!!!", "..."),
    ],
)
def test_others_that_are_not(one: str, other: str) -> None:
    """Figures tell names apart, and one word in common or a short name is no likeness."""
    assert reason(one, other) is None


def test_like_names_are_found_among_many() -> None:
    """The index finds what comparing each with each finds, in the order in which names were put in."""
    names: Names[str] = Names()
    held = ["Action For Children", "YMCA", "Halton Play Council", "Action For Children Contract 2012", "Catholic Boat"]
    for name in held:
        names.add(Name.of(name), name)
    assert [what for what, _why in names.like(Name.of("Action for Children"))] == [held[0], held[3]]
    assert [what for what, _why in names.like(Name.of("ҮМСА"))] == ["YMCA"]
    assert list(names.like(Name.of("Nobody Else"))) == []


def test_one_name_among_others() -> None:
    """The like ones come in the order of the others, with what they stand for."""
    others = [("Action For Children", 1), ("YMCA", 2), ("Action For Children Contract 2012", 3)]
    assert [what for what, _why in like_names("action for children", others)] == [1, 3]


@pytest.mark.parametrize("other", ["oak house", "OakHouse", "Oak House Ltd", "0ak Hоuse", "The Oak-House"])
def test_names_that_look_the_same(other: str) -> None:
    """But for spaces, punctuation, letters that look alike and a legal form."""
    assert looks_the_same("Oak House", other)


@pytest.mark.parametrize("other", ["Oak Home", "Oak House 2", "House Oak", "Oak House North"])
def test_names_that_do_not_look_the_same(other: str) -> None:
    """Another word, figure or order is seen."""
    assert not looks_the_same("Oak House", other)


WORDS = st.lists(
    st.sampled_from(["action", "actionfor", "for", "children", "home", "ltd", "1", "2", "kings", "ymca"]), max_size=4
)


@given(st.lists(WORDS.map(" ".join), max_size=8), st.one_of(WORDS.map(" ".join), st.text(max_size=30)))
def test_the_index_misses_nothing(held: list[str], asked: str) -> None:
    """Whatever `likeness` finds one by one, `Names` finds among all, with the same reason."""
    names: Names[int] = Names()
    for place, name in enumerate(held):
        names.add(Name.of(name), place)
    wanted = Name.of(asked)
    one_by_one = [(place, why) for place, name in enumerate(held) if (why := likeness(wanted, Name.of(name)))]
    assert list(names.like(wanted)) == one_by_one


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_breaks_it(one: str, other: str) -> None:
    """Any two texts have an answer, and it does not depend on which comes first."""
    assert (reason(one, other) is None) == (reason(other, one) is None)


@given(st.text("abcdefgh", min_size=7, max_size=12), st.data())
def test_one_slip_is_found(letters: str, data: st.DataObject) -> None:
    """One letter left out, doubled or changed is found by the index."""
    place = data.draw(st.integers(0, len(letters) - 1))
    other = data.draw(
        st.sampled_from(
            [letters[:place] + "x" + letters[place:], letters[:place] + "x" + letters[place + 1 :]],
        )
    )
    names: Names[str] = Names()
    names.add(Name.of(letters), letters)
    assert [what for what, _why in names.like(Name.of(other))] == [letters]
