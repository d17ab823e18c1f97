"""Marks that were promised to young people never fall to somebody else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portal.core import clock
from portal.core.permissions import Role
from portal.frameworks.models import FrameworkLot
from portal.tendering.checking import problems_of
from portal.tendering.criteria import save_shares
from portal.tendering.models import AwardCriterion, InvitationToTender, Panel
from portal.tendering.panels import add_panel
from portal.tendering.promises import promise_faults
from portal.tendering.publishing import NotReady
from portal.tendering.states import Combination, IttStatus, PanelKind
from portal.tendering.tree import scored
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.calling_off import draft_call_off, published_call_off, ready_call_off
from tests.factories.frameworks import admit, live_framework
from tests.factories.tendering import make_commissioner, publish, ready_itt
from tests.filling import text_of

pytestmark = pytest.mark.usefixtures("db_session")


def lot_of_young_people() -> FrameworkLot:
    """A lot of a market whose Quality young people score, with a member."""
    lot = live_framework(quality_by_young_people=True).lots[0]
    admit(lot)
    return lot


def local_panel(itt: InvitationToTender, *, kind: PanelKind = PanelKind.LOCAL, counts: bool = True) -> Panel:
    """Another panel of the draft."""
    return add_panel(
        itt=itt,
        name="Officers",
        kind=kind,
        combine=Combination.AGREED,
        counts=counts,
        quorum=None,
        actor=make_commissioner(itt.authority),
    )


def give(itt: InvitationToTender, node: AwardCriterion, **shares: int) -> None:
    """Share a criterion out between panels, by their keys with underscores."""
    panels = {panel.key.replace("-", "_"): panel for panel in itt.panels}
    given = {(node.id, panels[key].id): Decimal(share) for key, share in shares.items()}
    rest = {
        (other.id, share.panel_id): share.share for other in scored(itt) if other is not node for share in other.shares
    }
    save_shares(itt=itt, shares=given | rest, actor=make_commissioner(itt.authority))


def test_a_call_off_inherits_the_panel_with_the_criterion() -> None:
    """What young people score in the market they score in the call-off, and it can be published as it starts."""
    itt = draft_call_off(lot_of_young_people())
    assert [(panel.kind, panel.counts) for panel in itt.panels] == [(PanelKind.YOUNG_PEOPLE, True)]
    [quality] = scored(itt)
    assert [(share.panel.kind, share.share) for share in quality.shares] == [(PanelKind.YOUNG_PEOPLE, Decimal(100))]
    assert published_call_off(lot_of_young_people()).status is IttStatus.PUBLISHED


@pytest.mark.parametrize(
    ("kind", "counts", "shares"),
    [
        (PanelKind.LOCAL, True, {"officers": 100}),
        (PanelKind.PARENTS, True, {"officers": 30, "young_people": 70}),
        (PanelKind.LOCAL, True, {"officers": 1, "young_people": 99}),
    ],
)
def test_no_part_of_it_goes_to_another_panel(kind: PanelKind, counts: bool, shares: dict[str, int]) -> None:
    """All of it or one mark of it: publishing is refused with what to do."""
    itt = ready_call_off(lot_of_young_people())
    local_panel(itt, kind=kind, counts=counts)
    give(itt, scored(itt)[0], **shares)
    with pytest.raises(NotReady) as refused:
        publish(itt)
    assert "The framework promises that young people score “Quality”, and Officers would. Give it to" in " ".join(
        problem.message for problem in refused.value.problems
    )
    assert itt.status is IttStatus.DRAFT


def test_a_panel_of_young_people_that_counts_for_nothing_keeps_no_promise() -> None:
    """A pilot's scores are no marks."""
    itt = ready_call_off(lot_of_young_people())
    itt.panels[0].counts = False
    assert any("promises that young people score" in fault for fault in promise_faults(itt))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Young people give 40 of the 100 marks.", True),
        ("Young people give 40 of every 100 marks or more.", True),
        ("Here young people award 12.5 per cent.", True),
        ("Young people give 41 of the 100 marks.", False),
        ("Young people’s panel: young people decide 60%.", False),
        ("There are 90 young people in the area, and 100 marks.", True),
    ],
)
def test_a_share_that_the_text_states_is_the_share_that_is_given(text: str, kept: bool) -> None:
    """The example gives young people 40 marks: what its description says of more is refused with both figures."""
    itt = ready_itt()
    itt.description = text
    faults = [problem.message for problem in problems_of(itt, clock.now())]
    assert (faults == []) is kept
    if not kept:
        assert "By the weights and shares they give 40." in faults[0]


def test_the_check_page_says_so(client: CheckedClient) -> None:
    """The commissioner reads it before publishing, where everything else that is missing stands."""
    itt = ready_call_off(lot_of_young_people())
    local_panel(itt)
    give(itt, scored(itt)[0], officers=100)
    sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
    page = text_of(client.get(f"/commissioning/itts/{itt.reference}/publish"))
    assert "The framework promises that young people score “Quality”" in page
    assert "You cannot publish yet" in page
