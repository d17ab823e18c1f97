"""Whatever is read, the answer is a result or a typed refusal."""

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tender_scoring import Code, InvalidCase, evaluate, read_case
from tests.tender_scoring.cases import complete

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(["4", "A", "-0"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
ODD = [
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    float("nan"),
    "",
    " ",
    "NaN",
    "1e999",
    "\ud800",
    "٣",
    [],
    {},
    [[]],
    "9" * 5000,
]
quick = settings(suppress_health_check=list(HealthCheck))


def answer(data):
    """Return whether bytes are a case; a refusal must be typed, and its pointer must lead somewhere."""
    try:
        evaluate(read_case(data)).to_json().encode()
    except InvalidCase as fault:
        refusal = fault
    else:
        return True
    assert refusal.code in set(Code)
    assert refusal.where == "" or refusal.where.startswith("/")
    json.dumps(refusal.to_dict()).encode("ascii")
    return False


def places(value, path=()):
    """Return the path of every value in a document."""
    found = [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += places(inner, (*path, key))
    return found


def mutate(chance, document):
    """Change a document in one place: replace, drop, double or rename."""
    path = chance.choice([place for place in places(document) if place])
    target = document
    for key in path[:-1]:
        target = target[key]
    act = chance.randrange(4)
    if act == 0:
        target[path[-1]] = chance.choice(ODD)
    elif act == 1:
        del target[path[-1]]
    elif act == 2 and isinstance(target, list):
        target.append(target[path[-1]])
    elif isinstance(target, dict):
        target[chance.choice(["id", "panel", "price", "children", "x"])] = target.pop(path[-1])


def mutants(seeds):
    """Answer mutated cases, and return how many were still cases."""
    valid = 0
    for seed in seeds:
        chance = random.Random(seed)
        document = complete()
        for _ in range(chance.randint(1, 3)):
            mutate(chance, document)
        valid += answer(json.dumps(document).encode())
    return valid


@quick
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_type(data):
    """Random bytes are refused, never a traceback."""
    assert not answer(data)


@quick
@given(anything)
def test_any_values_are_refused_with_a_type(value):
    """Any JSON values, floats and NaN among them, are refused, never a traceback."""
    assert not answer(json.dumps(value).encode())


@quick
@given(st.sampled_from(sorted(complete())), anything)
def test_any_values_in_a_field_of_a_case_are_answered(key, value):
    """A complete case with anything at all in one of its fields is a result or a typed refusal."""
    document = complete()
    document[key] = value
    assert answer(json.dumps(document).encode()) in {True, False}


def test_mutated_cases_are_answered():
    """Eight hundred mutants are refused with a type or evaluated; both happen."""
    assert 5 < mutants(range(800)) < 600


def test_every_value_of_a_case_can_be_odd():
    """Each place of a complete case in turn takes each odd value, and the answer is typed every time."""
    document = json.dumps(complete())
    for path in places(complete())[1:]:
        for odd in ODD:
            changed = json.loads(document)
            target = changed
            for key in path[:-1]:
                target = target[key]
            target[path[-1]] = odd
            assert answer(json.dumps(changed).encode()) in {True, False}


@pytest.mark.long
def test_many_mutated_cases_are_answered():
    """Fifty thousand further mutants are refused with a type or evaluated."""
    assert mutants(range(10_000, 60_000)) > 0


def test_cutting_a_document_anywhere_is_refused():
    """No beginning of a document passes for the whole."""
    data = json.dumps(complete()).encode()
    assert not any(answer(data[:end]) for end in range(0, len(data), 7))
