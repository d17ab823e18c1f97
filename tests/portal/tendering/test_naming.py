"""Keys."""

from __future__ import annotations

import pytest

from portal.tendering.naming import new_key


@pytest.mark.parametrize(
    ("title", "taken", "key"),
    [
        ("Keeping children safe", set(), "keeping-children-safe"),
        ("Young people’s voice!", set(), "young-peoples-voice"),
        ("Caffè & crèche", set(), "caffe-creche"),
        ("Price", {"price"}, "price-2"),
        ("Price", {"price", "price-2"}, "price-3"),
        ("???", set(), "part"),
        ("lowest_price", set(), "lowest-price"),
        ("0-5", {"0-5"}, "0-5-2"),
    ],
)
def test_a_key_is_short_readable_and_new(title: str, taken: set[str], key: str) -> None:
    """Letters and digits in lower case, hyphens between, a number where it is taken; never the reserved name."""
    assert new_key(title, taken) == key


def test_a_key_is_at_most_40_characters() -> None:
    """A long title is cut where it stands."""
    assert new_key("a" * 100, set()) == "a" * 40
