"""What is found in a child's words, however it is spelled, and what must not be held back."""

from __future__ import annotations

import pytest

from portal.safeguarding.screening import Sign, screen
from portal.safeguarding.word_list import List, words_of
from portal.scenarios import story

ORDINARY = (
    "the workers listen",
    "they keep you safe",
    "I liked it when they said they would listen to us. They seem kind and fun.",
    "I was not sure about the times because it is far from my house",
    "They did not say anything about disabled kids.",
    "If I went there, I would want a quiet room and snacks",
    "They said 7 in 10 people feel better after six months. That is a lot!",
    "Maybe they should open on Saturdays. The club is boring.",
    "I think they would help me with school and feeling sad. They don't judge.",
    "Provider 2 is better than Provider 1 because they have a plan.",
    "they meet every month and it costs 250 pounds a year",
    "no reason really",
    "they keep secrets unless you are in danger which is good",
    "it's ok i guess",
    "They help with anxiety and they talk to your mum if you want",
    "It has been good. I like that the same worker stays with you.",
    "they came to our class and asked what we want, and did it",
    "",
)
FOUND = {
    Sign.DISCLOSURE: (
        "my dad hits me",
        "my stepdad hit me and my brother last night",
        "he HITTTS me",
        "dont tell anyone but my uncle touched me",
        "DON’T TELL my mum",
        "d0nt tell any1",
        "i want to die",
        "I wanna die sometimes",
        "i've been cutting myself",
        "self-harm",
        "ki\u200bll myself",
        "i dont feel safe at home",
        "I do not feel safe at home, so I would go there",
        "please do not tell my mum",
        "i cannot go on",
        "it is not safe at home",
        "im scared to go home",
        "nobody believes me",
        "he made me carry a knife",
        "my mum boyfriend beats her up",
        "i’ve been getting hit",
        "i wish i was dead",
        "there is no food at home",
        "he makes me send pics",
    ),
    Sign.PROFANITY: ("fuuuuck this", "this is sh1t", "f u c k off", "f**k", "ｆｕｃｋ", "what a DICKHEAD", "a$$hole"),
    Sign.NAME: (
        "i know Jamal from there",
        "my friend jamal works there",
        "ask Mr Green",
        "mrs green was mean",
        "their manager Zebedee is kind",
        "it is jamal's favourite",
    ),
    Sign.CONTACT: (
        "my number is 07700 900123",
        "0 7 7 0 0 9 0 0 1 2 3",
        "oh seven seven double oh nine oh oh one two three",
        "٠٧٧٠٠٩٠٠١٢٣",
        "somebody@example.com",
        "somebody at gmail dot com",
        "add me on snap",
        "@kestrel_x",
        "www.foo.org",
        "look at foo.co.uk",
        "I live at number 12",
        "12 Mill Road",
        "cm3 4qt is where i am",
    ),
}


@pytest.mark.parametrize("words", ORDINARY)
def test_what_young_people_say_of_a_service_is_not_held(words: str) -> None:
    """An ordinary comment, with the names of days and of providers in it, holds nothing."""
    assert screen(words) == frozenset()


@pytest.mark.parametrize(("sign", "words"), [(sign, words) for sign, many in FOUND.items() for words in many])
def test_what_concerns_safety_is_found(sign: Sign, words: str) -> None:
    """Each sign is found in the middle of an ordinary comment as well as alone."""
    assert sign in screen(words)
    assert sign in screen(f"the workers listen and {words} and it was good")


def test_several_signs_are_all_told() -> None:
    """A disclosure that names somebody is both: whoever may read names alone must not get it."""
    assert screen("my uncle jamal hits me, call me on 07700900123") == {Sign.DISCLOSURE, Sign.NAME, Sign.CONTACT}


def test_every_heading_of_the_list_has_words() -> None:
    """No part of the list of words is empty, and none of its phrases begins with a gap."""
    for heading in List:
        assert words_of(heading).length > 0


@pytest.mark.parametrize("part", ["a", "hit ", "my ", "1 ", "a b ", "@", "x.", "dont not never tell ", "12 a b ", "a*"])
def test_what_is_typed_to_be_slow_is_looked_through(part: str) -> None:
    """Repeated without end, no text keeps the screening from an answer (linear: the time limit of the suite holds)."""
    assert isinstance(screen(part * (100_000 // len(part))), frozenset)


def test_what_the_demonstration_shows_is_found() -> None:
    """The two comments that the demonstration holds are what its pages say they are."""
    assert [screen(words) for words in story.HELD] == [{Sign.CONTACT}, {Sign.DISCLOSURE}]
