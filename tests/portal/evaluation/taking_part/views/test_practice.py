"""The pages on which young people practise, over HTTP."""

from __future__ import annotations

from dataclasses import replace

from portal.evaluation.taking_part.times import set_sitting_times, times_of
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.evaluation import YOUNG, scoring_itt
from tests.filling import errors_of, fill, link_in, text_of
from tests.portal.evaluation.views.posting import post


def test_practice_is_offered_and_ends_with_a_certificate(client: CheckedClient) -> None:
    """From the first screen: a face for each made-up answer, what others think, the certificate with the alias."""
    young = scoring_itt(1).scorers(YOUNG)[0]
    sign_in(client, young.user)
    start = client.get("/panel/sitting")
    assert link_in(start, "Practise on made-up answers first") == "/panel/sitting/practice"
    assert link_in(start, "Start") == "/panel/sitting/questions/1"
    intro = client.get("/panel/sitting/practice")
    assert link_in(intro, "Start to practise") == "/panel/sitting/practice/1"
    assert errors_of(fill(client, "/panel/sitting/practice/1")) == ["Pick the face that fits best."]
    for number, heading in (
        (1, "Others see it differently"),
        (2, "Others see it differently"),
        (3, "Most people think so too"),
    ):
        shown = fill(client, f"/panel/sitting/practice/{number}", {"score": "5"})
        assert shown.location == f"/panel/sitting/practice/{number}/usual/5"
        said = text_of(client.get(shown.location))
        assert heading in said
        assert "You picked 5." in said
    page = client.get("/panel/sitting/practice")
    assert f"You have practised, {young.member.alias}!" in text_of(page)
    assert "Certificate" in text_of(page)
    assert link_in(client.get("/panel/sitting"), "Your certificate") == "/panel/sitting/practice"
    for gone in ("/panel/sitting/practice/4", "/panel/sitting/practice/4/usual/1", "/panel/sitting/practice/1/usual/6"):
        assert client.get(gone).status_code == 404


def test_a_panel_that_asks_for_practice_leads_there(client: CheckedClient) -> None:
    """The commissioner ticks it beside the times; then the first screen and every question lead to practising."""
    evaluation = scoring_itt(1)
    young = evaluation.scorers(YOUNG)[0]
    sign_in(client, young.user)
    path, data = "/panel/sitting/questions/1", {"score": "4", "reason": "It is fun.", "go": "next"}
    assert post(client, path, data=data).location == "/panel/sitting/questions/2"
    times = replace(times_of(young.panel.id), practice_first=True)
    set_sitting_times(itt=evaluation.itt, panel=young.panel, times=times, actor=evaluation.commissioner)
    assert client.get(path).location == "/panel/sitting/practice"
    assert post(client, path, data=data).location == "/panel/sitting/practice"
    for number in (1, 2, 3):
        fill(client, f"/panel/sitting/practice/{number}", {"score": "3"})
    assert "What do you think of that?" in text_of(client.get(path))
