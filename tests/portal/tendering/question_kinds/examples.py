"""One question of every kind, as an officer describes it and a bidder answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.tendering.states import QuestionKind


@dataclass(frozen=True)
class Example:
    """A question of one kind: its settings, an answer that cannot be read with what is said, one that can."""

    kind: QuestionKind
    settings: Mapping[str, str]
    rule: str
    unreadable: Mapping[str, str]
    """Fields after `answers-<key>`; "" is the field itself."""
    fault: str
    typed: Mapping[str, str]
    stored: str
    shown: str


EXAMPLES = [
    Example(
        QuestionKind.TEXT,
        {"word_limit": "4"},
        "Up to 4 words",
        {"": "One two three four five"},
        "it has 1 word too many",
        {"": "One\r\ntwo"},
        "One\ntwo",
        "One\ntwo",
    ),
    Example(
        QuestionKind.EASY_READ,
        {"word_limit": "30"},
        "Up to 30 words, in words that an 11-year-old reads easily. Young people read it first",
        {"": "word " * 31},
        "it has 1 word too many",
        {"": "We run a club. You can come."},
        "We run a club. You can come.",
        "We run a club. You can come.",
    ),
    Example(
        QuestionKind.PASS_FAIL,
        {"word_limit": "30", "rule": "A named lead for safeguarding."},
        "Up to 30 words. Officers judge this pass or fail after the opening. To pass: A named lead for safeguarding",
        {"": "word " * 32},
        "it has 2 words too many",
        {"": "Our lead is the head of care."},
        "Our lead is the head of care.",
        "Our lead is the head of care.",
    ),
    Example(
        QuestionKind.YES_NO,
        {"passes": "yes"},
        "Yes or no. A bid passes with “Yes”",
        {"": "perhaps"},
        "Choose an answer to",
        {"": "yes"},
        "yes",
        "Yes",
    ),
    Example(
        QuestionKind.CHOICE,
        {"options": "North\nSouth"},
        "One of: North; South",
        {"": "West"},
        "Choose an answer to",
        {"": "South"},
        "South",
        "South",
    ),
    Example(
        QuestionKind.CHOICES,
        {"options": "Monday\nTuesday\nFriday"},
        "Any of: Monday; Tuesday; Friday",
        {"": "Sunday"},
        "Choose an answer to",
        {"": "Friday"},
        "Friday",
        "Friday",
    ),
    Example(
        QuestionKind.NUMBER,
        {"unit": "places", "places": "0", "least": "2", "most": "2,000"},
        "A whole number of places from 2 to 2,000",
        {"": "1,5"},
        "“1,5” can be read as 1.5 or as 15",
        {"": "1,200 places"},
        "1200",
        "1,200 places",
    ),
    Example(
        QuestionKind.MONEY,
        {"least": "", "most": "£5,000"},
        "An amount in pounds of at most £5,000",
        {"": "£5,000.01"},
        "It must be at most £5,000.",
        {"": "£1,234.50"},
        "1234.5",
        "£1,234.50",
    ),
    Example(
        QuestionKind.DATE,
        {"earliest-day": "1", "earliest-month": "April", "earliest-year": "2027"},
        "A date from 1 April 2027",
        {"-day": "31", "-month": "2", "-year": "2027"},
        "The date must be a real one",
        {"-day": "5", "-month": "sept", "-year": "2027"},
        "2027-09-05",
        "5 September 2027",
    ),
    Example(
        QuestionKind.DECLARATION,
        {"statement": "We have agreed our price with nobody."},
        "To be confirmed: We have agreed our price with nobody",
        {"": "never"},
        "Choose an answer to",
        {"": "yes"},
        "yes",
        "We have agreed our price with nobody.",
    ),
    Example(
        QuestionKind.FILES,
        {},
        "Files",
        {"": ""},
        "Attach a file",
        {"": "See page two."},
        "See page two.",
        "See page two.",
    ),
]
