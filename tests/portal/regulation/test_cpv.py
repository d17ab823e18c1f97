"""CPV codes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from portal.core.errors import InvalidInput
from portal.regulation.cpv import BUNDLED, is_light_touch, is_well_formed, normalise, require_known

# Reference data kept beside the checkout.
REFERENCE_DATA = Path(__file__).parents[3].parent / "shared" / "data"

KNOWN = {code.code for code in BUNDLED}


def test_the_bundled_codes_equal_the_reference_table() -> None:
    """Code, description and reservability of all 40 codes are those of the reference table."""
    path = REFERENCE_DATA / "uk_light_touch_children_subset.csv"
    if not path.exists():
        pytest.skip("the reference data is not beside this checkout")
    with path.open(newline="") as file:
        expected = {
            (row["cpv"], row["description"], row["reservable_to_public_service_mutuals"] == "R")
            for row in csv.DictReader(file)
        }
    assert {(code.code, code.description, code.reservable) for code in BUNDLED} == expected
    assert len(BUNDLED) == 40


def test_a_check_digit_and_spaces_are_dropped() -> None:
    """The older way of writing a code is understood."""
    assert normalise(" 85311300-2 ") == "85311300"


@pytest.mark.parametrize("typed", ["8531130", "853113000", "8531130a", "", "85311300-", "８５３１１３００"])
def test_a_code_that_is_not_eight_digits_is_refused(typed: str) -> None:
    """Anything but eight plain digits is refused beside its field, in words."""
    assert not is_well_formed(typed)
    with pytest.raises(InvalidInput, match="A CPV code is 8 digits") as refused:
        normalise(typed, field="cpv_codes")
    assert refused.value.field == "cpv_codes"


def test_a_code_outside_the_table_is_refused_by_name() -> None:
    """A well-formed code that the portal does not know is refused and named."""
    with pytest.raises(InvalidInput, match=r"^30213100 is not in this portal’s list"):
        require_known(["85311300", "30213100"], KNOWN)


def test_typed_codes_keep_their_order_each_once() -> None:
    """A repeated code counts once, where it was first typed."""
    assert require_known(["85312110", "85311300", "85312110-2"], KNOWN) == ("85312110", "85311300")


def test_no_code_at_all_is_refused() -> None:
    """An invitation needs at least one code."""
    with pytest.raises(InvalidInput, match="at least one CPV code"):
        require_known([], KNOWN)


def test_light_touch_needs_every_code_to_be_light_touch() -> None:
    """One ordinary code makes the procurement ordinary, and so does having none."""
    assert is_light_touch(["85311300", "80110000"], KNOWN)
    assert not is_light_touch(["85311300", "30213100"], KNOWN)
    assert not is_light_touch([], KNOWN)
