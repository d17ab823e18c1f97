"""The board that says how far the panels of all localities are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from werkzeug.test import TestResponse

from portal.core.permissions import Role
from portal.evaluation import boards
from portal.organisations.models import ContractingAuthority
from portal.tendering.models import Panel
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.evaluation import LOCAL, Evaluation, score_all, scoring_itt, start
from tests.filling import text_of
from tests.portal.evaluation.views.posting import post

Statements = Callable[[], AbstractContextManager[list[str]]]
BOARD = "/commissioning/scoring"


def enter(client: CheckedClient, authority: ContractingAuthority, role: Role = Role.COMMISSIONER) -> None:
    """Sign in somebody of the authority."""
    sign_in(client, make_person(role, authority=authority))


def of_local(words: str, evaluation: Evaluation) -> str:
    """What the board says of the local panel of an evaluation."""
    began = words.index(f"{evaluation.seats[LOCAL][0].panel.name}: {evaluation.itt.title}")
    return words[began:].split("Submitted ", 1)[1].split("All submitted")[0]


def reminder_of(panel: Panel) -> str:
    """Where the panel's button on the board leads."""
    return f"/commissioning/itts/{panel.itt.reference}/panels/{panel.id}/reminder?board="


def press(client: CheckedClient, panel: Panel) -> TestResponse:
    """Press the button of a panel, and look at the board again."""
    assert post(client, reminder_of(panel)).location == BOARD
    return client.get(BOARD)


def test_the_board_says_who_owes_what_of_every_locality(client: CheckedClient) -> None:
    """What is saved of what is owed, when the last time, and who has submitted; a stranger's board is empty."""
    evaluation = scoring_itt(2)
    other = scoring_itt(1, authority=evaluation.itt.authority, declared=False)
    first, second = evaluation.scorers(LOCAL)
    score_all(evaluation, first)
    enter(client, evaluation.itt.authority)
    words = text_of(client.get(BOARD))
    assert words.count("Who owes what") == 6, "three panels of each invitation"
    assert "6 of 12 scores saved · 1 of 2 members submitted" in words
    said = of_local(words, evaluation)
    assert f"{first.member.alias} Declared 6 of 6 " in said
    assert f"{second.member.alias} Declared 0 of 6 – Not yet" in said
    assert f"{other.scorers(LOCAL)[0].member.alias} Not yet 0 of 3 – Not yet" in words
    enter(client, scoring_itt(1, declared=False).itt.authority, Role.AUDITOR)
    assert "scores saved · 1 of 2" not in text_of(client.get(BOARD))


def test_a_panel_that_moderates_is_on_it_no_more(client: CheckedClient) -> None:
    """Nor is anything for whoever only opens bids."""
    evaluation = scoring_itt(1)
    for seat in evaluation.scorers(LOCAL):
        score_all(evaluation, seat)
    enter(client, evaluation.itt.authority)
    assert "All submitted" in text_of(client.get(BOARD))
    start(evaluation, LOCAL)
    words = text_of(client.get(BOARD))
    assert "All submitted" not in words
    assert words.count("Who owes what") == 2
    enter(client, evaluation.itt.authority, Role.OPENER)
    assert client.get(BOARD).status_code == 403


def test_a_commissioner_reminds_from_the_board(client: CheckedClient) -> None:
    """The button is there once a day, for a commissioner; pressed again, the board says why not."""
    evaluation = scoring_itt(1)
    panel = evaluation.seats[LOCAL][0].panel
    enter(client, evaluation.itt.authority, Role.APPROVER)
    assert "Remind whoever" not in text_of(client.get(BOARD))
    enter(client, evaluation.itt.authority)
    assert text_of(client.get(BOARD)).count("Remind whoever has not submitted") == 3
    assert f'action="{reminder_of(panel)}"' in client.get(BOARD).text
    pressed = press(client, panel)
    assert f"We write to whoever on the {panel.name} has scores to give." in pressed.text
    assert text_of(pressed).count("Remind whoever has not submitted") == 2
    assert "· reminded " in text_of(pressed)
    again = press(client, panel)
    assert f"The {panel.name} was reminded on" in again.text


def test_it_has_pages_and_costs_the_same_however_many_there_are(
    client: CheckedClient, count_statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second page goes on where the first one ends; a made-up one is not there."""
    evaluation = scoring_itt(1)
    enter(client, evaluation.itt.authority)
    counts = []
    for more in ({}, {"young_people": 4, "professionals": 4}):
        if more:
            scoring_itt(3, authority=evaluation.itt.authority, **more)
        with count_statements() as statements:
            assert client.get(BOARD).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 14
    monkeypatch.setattr(boards, "PAGE_SIZE", 4)
    first = client.get(BOARD)
    assert text_of(first).count("Who owes what") == 4
    onward = first.text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert text_of(client.get(onward.replace("&amp;", "&"))).count("Who owes what") == 2
    assert client.get(f"{BOARD}?after=nowhere").status_code == 404
