"""From bytes to values: what is no document is refused before anything is done with it."""

import json

import pytest

from tender_scoring import Code, InvalidCase, evaluate, read_case
from tender_scoring.documents import MAX_BRACKETS, MAX_BYTES, NotExact, parse
from tests.tender_scoring.cases import complete, method, question


def refusal_of(data):
    """Return code and place of the refusal of some bytes."""
    with pytest.raises(InvalidCase) as refusal:
        read_case(data)
    return refusal.value.code, refusal.value.where


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Code.NOT_JSON),
        (b"{", Code.NOT_JSON),
        (b"{} {}", Code.NOT_JSON),
        (b'{"a": 1,}', Code.NOT_JSON),
        (b"\xef\xbb\xbf{}", Code.NOT_JSON),
        ('{"a": "é"}'.encode("latin-1"), Code.NOT_UTF8),
        ('{"a": 1}'.encode("utf-16"), Code.NOT_UTF8),
        (b"\x00", Code.NOT_JSON),
        (b"null", Code.WRONG_TYPE),
        (b"NaN", Code.WRONG_TYPE),
        (b"[" * 1_000_000, Code.TOO_DEEP),
        (b'{"a":' * 1_000_000, Code.TOO_DEEP),
        (b" " * (MAX_BYTES + 1), Code.TOO_LARGE),
        (b"[" + b"[]," * MAX_BRACKETS + b"[]]", Code.TOO_LARGE),
    ],
    ids=range(14),
)
def test_bytes_that_are_no_case_are_refused(data, code):
    """Bytes that are not a UTF-8 JSON object within the limits are refused as the whole document."""
    assert refusal_of(data) == (code, "")


@pytest.mark.parametrize("number", ["1.5", "1e3", "-0.0", "NaN", "Infinity", "-Infinity", "9" * 19, "9" * 100_000])
def test_a_number_that_is_not_exact_is_kept_for_the_refusal_of_its_field(number):
    """A float, NaN, an infinity or a huge integer never becomes a number; its field refuses it in place."""
    assert isinstance(parse(f'{{"a": {number}}}'.encode())["a"], NotExact)
    text = json.dumps(complete()).replace('"quorum": 2', f'"quorum": {number}')
    assert refusal_of(text.encode()) == (Code.NUMBER_FORMAT, "/method/panels/young_people/quorum")


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b'{"bids": {}, "bids": {}}', "/bids"),
        (b'{"bids": {"A": {"price": "1", "price": "2"}}}', "/bids/A/price"),
        (b'{"scores": [{}, {"member": "y", "bid": "A", "member": "z"}]}', "/scores/1/member"),
        (b'{"a/b": {"x": {"y": 1, "y": 2}}}', "/a~1b/x/y"),
        (b'{"x": {"y": 1, "y": 2}, "x": 3}', "/x"),
    ],
)
def test_a_key_given_twice_is_refused_at_its_place(data, where):
    """Two equal keys of one object are refused, even if that is itself lost to another key."""
    assert refusal_of(data) == (Code.DUPLICATE_KEY, where)


def test_half_a_surrogate_pair_is_refused():
    """An escape that is no character is refused, as no result could be written as UTF-8."""
    text = json.dumps(complete()).replace('"A"', '"\\ud800"')
    assert refusal_of(text.encode()) == (Code.TEXT, "/bids")


@pytest.mark.parametrize("levels", [17, 1000, 20_000])
def test_weights_nested_too_deep_are_refused(levels):
    """A tree of seventeen levels or of thousands is refused without running out of stack."""
    leaf = json.dumps(question("leaf", "100"))
    opened = "".join(f'{{"id": "{level}", "weight": "100", "children": [' for level in range(levels))
    text = json.dumps(complete() | {"method": complete()["method"] | {"criteria": ["TREE"]}})
    deep = text.replace('"TREE"', opened + leaf + "]}" * levels)
    assert refusal_of(deep.encode())[0] == Code.TOO_DEEP


def test_a_table_of_bids_by_members_is_not_built_before_it_is_known_to_be_complete():
    """Twenty thousand bids and as many members with a score each are refused without a table of 4 * 10**8."""
    case = {
        "method": method(question("outcomes", "100", "young_people")),
        "bids": {f"b{index}": {} for index in range(20_000)},
        "scores": [
            {
                "panel": "young_people",
                "member": f"y{index}",
                "bid": f"b{index}",
                "criterion": "outcomes",
                "score": "4",
            }
            for index in range(20_000)
        ],
    }
    with pytest.raises(InvalidCase) as refusal:
        evaluate(case)
    assert refusal.value.code == Code.MISSING_SCORE
