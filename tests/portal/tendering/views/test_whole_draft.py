"""The whole story of a draft: a locality partnership draws up its invitation from nothing and publishes it."""

from __future__ import annotations

from typing import Any

from portal.core import clock
from portal.core.permissions import Role
from portal.tendering.approving import approve_publication
from portal.tendering.interests.declaring import declare_own_interest
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import find_itt
from portal.tendering.states import IttStatus
from tender_scoring import effective_weights
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.portal.tendering.views.browsing import post, statuses_of

SERVICE = {
    "title": "Prevention and early help in the south east of the county",
    "description": "Parenting support, emotional well-being, advocacy and short breaks.",
    "cpv_codes": "85311300\n85312310",
}
OUTCOME = {"words": "Families cope", "unit": "% of families", "target": "80", "period": "quarter"}
TIMETABLE = {
    "closes__day": "4",
    "closes__month": "6",
    "closes__year": "2027",
    "closes_time": "noon",
    "award_date__day": "30",
    "award_date__month": "7",
    "award_date__year": "2027",
    "contract_start_date__day": "1",
    "contract_start_date__month": "10",
    "contract_start_date__year": "2027",
}
FINISHED = {"on_date__day": "2", "on_date__month": "10", "on_date__year": "2025"}
PANELS = {
    "Local commissioning panel": "local",
    "Young people’s panel": "young_people",
    "Parents’ panel": "parents",
}
WORDS = ("Nothing", "Poor", "Weak", "Fair", "Good", "Excellent")
CRITERIA: tuple[dict[str, Any], ...] = (
    {"title": "Quality", "kind": "heading"},
    {"title": "Safety", "parent": "quality", "minimum": "3", "plain_title": "Would we be safe?"},
    {"title": "Outcomes", "parent": "quality"},
    {"title": "Our voice", "plain_title": "Will they listen to us?"},
    {"title": "Families"},
)
WEIGHTS = {"quality": "35", "safety": "40", "outcomes": "60", "our__voice": "34", "families": "11", "price": "20"}
SHARES = {
    "share__safety__local-commissioning-panel": "100",
    "share__outcomes__local-commissioning-panel": "71.4286",
    "share__outcomes__young-peoples-panel": "28.5714",
    "share__our-voice__young-peoples-panel": "100",
    "share__families__parents-panel": "100",
}


def draw_up(client: CheckedClient, base: str) -> None:
    """Fill in every part, in the order of the task list."""
    post(client, f"{base}/service", **SERVICE)
    post(client, f"{base}/outcomes/add", **OUTCOME)
    post(client, f"{base}/value", estimated_value="£150,000", term_months="30", break_months="12, 18")
    post(client, f"{base}/lots/add", title="North", description="North of the river.", estimated_value="£130,000")
    post(client, f"{base}/lots/1", title="South", description="South of the river.", estimated_value="£150,000")
    post(client, f"{base}/lots", max_lots_awarded="1")
    post(client, f"{base}/timetable", **TIMETABLE)
    for name, kind in PANELS.items():
        post(client, f"{base}/panels/add", name=name, kind=kind, combine="agreed", counts="yes")
    post(client, f"{base}/scales/add", minimum="0", maximum="5", step="1", normalise="from_zero")
    words = {f"point__{score}__label": word for score, word in enumerate(WORDS)}
    words |= {f"point__{score}__descriptor": f"{word}, as a whole." for score, word in enumerate(WORDS)}
    words |= {f"point__{score}__plain": word for score, word in enumerate(WORDS)}
    post(client, f"{base}/scales/0-5/points", **words)
    for criterion in CRITERIA:
        post(client, f"{base}/criteria/add", **{"kind": "scored", "scale": "0-5"} | criterion)
    post(client, f"{base}/price", formula="benchmark", floor="100,000", ceiling="150,000")
    weights = {f"weight__{key}": weight for key, weight in WEIGHTS.items()}
    assert post(client, f"{base}/criteria", **weights).status_code == 302
    assert post(client, f"{base}/shares", **SHARES).status_code == 302
    post(client, f"{base}/tie-break", tie_break="our-voice", then="lowest_price")
    for key in ("safety", "outcomes", "our-voice", "families"):
        post(client, f"{base}/questions/add?kind=text", prompt=f"Tell us about {key}.", word_limit="500", criterion=key)
    post(client, f"{base}/publication", publication_basis="central_reference", central_reference="054321-2026")


def test_a_draft_is_drawn_up_from_nothing_and_published(client: CheckedClient, db_session: object) -> None:
    """Every part is filled in through its page; then everybody can see it, with young people giving exactly 40."""
    sign_in(client, make_person(Role.COMMISSIONER))
    started = post(client, "/commissioning/itts/new", title="Early help", start="empty")
    base = started.location
    draw_up(client, base)
    interests = base.removesuffix("draft") + "interests"
    for subject in ("equality", "consultation", "small-providers"):
        post(client, f"{base}/{subject}", outcome="done", words="We asked twelve families.", **FINISHED)
    post(client, f"{interests}/declare", interest="no")
    post(client, f"{interests}/assessment", known="None.", perceived="Nothing.")
    assert post(client, f"{base.removesuffix('draft')}ask").status_code == 302
    drawn_up = find_itt(base.split("/")[3])
    approver = actor_of(make_person(Role.APPROVER, authority=drawn_up.authority))
    declare_own_interest(itt=drawn_up, has_interest=False, detail="", actor=approver, now=clock.now())
    approve_publication(itt=drawn_up, actor=approver, note="Everything in it was read.", now=clock.now())
    statuses = statuses_of(client.get(base).text)
    assert [name for name, status in statuses.items() if status == "Optional"] == ["Buying together", "Documents"]
    statuses = {name: status for name, status in statuses.items() if status != "Optional"}
    assert set(statuses.values()) == {"Completed"}
    published = post(client, base.removesuffix("draft") + "publish")
    assert published.status_code == 302
    page = client.get(published.location).text
    assert "Prevention and early help in the south east of the county" in page
    for said in ("1. South", "2. North", "£280,000", "One bidder may win at most 1 of the 2 lots."):
        assert said in page
    assert "noon on Friday 4 June 2027 BST" in page
    itt: InvitationToTender = find_itt(published.location.rsplit("/", 1)[1])
    assert itt.status is IttStatus.PUBLISHED
    by_panel: dict[str | None, Any] = {}
    for weight in effective_weights(itt.method or {}):
        by_panel[weight.panel] = by_panel.get(weight.panel, 0) + weight.marks
    assert sum(by_panel.values()) == 100
    assert [round(float(by_panel[key]), 4) for key in ("young-peoples-panel", "parents-panel", None)] == [
        40.0,
        11.0,
        20.0,
    ]
