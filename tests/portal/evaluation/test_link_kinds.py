"""Of which kind a panel member's link with a bidder is: chosen with the words, shown wherever the link is."""

from __future__ import annotations

from collections import defaultdict

import pytest
from sqlalchemy import update

from portal.accounts.models import User
from portal.core import clock
from portal.core.permissions import Role
from portal.evaluation.models import Declaration
from portal.extensions import db
from portal.privacy.exporting import own_data
from portal.reporting.sections import INTEREST_COLUMNS, interest_rows
from portal.tendering.interests.links import KINDS, NOT_ASKED
from portal.tendering.interests.models import Interest
from portal.tendering.interests.queries import register_of
from portal.tendering.interests.states import LinkKind, MitigationOutcome
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.evaluation import LOCAL, YOUNG, decide_about, declare, link_of, propose_about, scoring_itt
from tests.filling import text_of

pytestmark = pytest.mark.usefixtures("db_session")


def test_whoever_decides_reads_the_kind_beside_the_words(client: CheckedClient) -> None:
    """In the register, where the answer is proposed and where it is decided; a young person's words stay theirs."""
    evaluation = scoring_itt(1, declared=False)
    seat, young, bid = evaluation.seats[LOCAL][0], evaluation.scorers(YOUNG)[0], evaluation.bids()[0]
    declare(seat, interest_in=bid, kind=LinkKind.FUNDING)
    declare(young, interest_in=bid, kind=LinkKind.USING)
    base = f"/commissioning/itts/{evaluation.itt.reference}/interests"
    sign_in(client, db.session.get_one(User, evaluation.commissioner.user_id))
    register = text_of(client.get(base))
    assert KINDS[LinkKind.FUNDING] in register
    assert KINDS[LinkKind.USING] in register
    assert register.count("My sister works there.") == 1
    assert KINDS[LinkKind.FUNDING] in text_of(client.get(f"{base}/{link_of(seat, bid).id}/answer"))
    proposed = propose_about(evaluation, seat, bid, MitigationOutcome.NOTHING)
    sign_in(client, make_person(Role.APPROVER, authority=evaluation.itt.authority))
    assert KINDS[LinkKind.FUNDING] in text_of(client.get(f"{base}/answers/{proposed.id}"))


def test_the_record_and_the_members_own_data_have_the_kind() -> None:
    """The report has a column for it, empty where nobody has a link."""
    evaluation = scoring_itt(1, declared=False)
    (seat, other), bid = evaluation.seats[LOCAL][:2], evaluation.bids()[0]
    declare(seat, interest_in=bid, kind=LinkKind.GOVERNING)
    declare(other)
    place, rows = (
        INTEREST_COLUMNS.index("Kind of link"),
        interest_rows(register_of(evaluation.itt.id).entries, defaultdict(str)),
    )
    kinds = {row[0]: row[place] for row in rows}
    assert kinds[seat.user.display_name] == KINDS[LinkKind.GOVERNING]
    assert kinds[other.user.display_name] == ""
    own = own_data(actor=seat.actor, now=clock.now())
    assert [one["kind"] for one in own["declarations_of_interest"]] == [LinkKind.GOVERNING]


def test_another_kind_is_decided_anew_and_one_that_nobody_asked_for_is_not() -> None:
    """What was declared before the portal asked says so, and keeps its answer once the kind is known."""
    evaluation = scoring_itt(1, declared=False)
    seat, bid = evaluation.seats[LOCAL][0], evaluation.bids()[0]
    declare(seat, interest_in=bid)
    decide_about(evaluation, seat, bid, MitigationOutcome.NOTHING)
    for table in (Declaration, Interest):
        db.session.execute(update(table).values(kind=None))
    db.session.expire_all()
    rows = list(interest_rows(register_of(evaluation.itt.id).entries, defaultdict(str)))
    assert [row[3] for row in rows if row[0] == seat.user.display_name] == [NOT_ASKED]
    declare(seat, interest_in=bid, kind=LinkKind.WORKING)
    assert (link_of(seat, bid).is_settled, link_of(seat, bid).kind) == (True, LinkKind.WORKING)
    declare(seat, interest_in=bid, kind=LinkKind.GOVERNING)
    assert (link_of(seat, bid).is_settled, link_of(seat, bid).kind) == (False, LinkKind.GOVERNING)


def test_whoever_declared_none_is_folded_away_where_there_are_many(client: CheckedClient) -> None:
    """The register stays short on a phone: what has an interest or waits stands above, the rest opens."""
    few, many = scoring_itt(1, declared=False), scoring_itt(1, professionals=6)
    declare(many.seats[LOCAL][5], interest_in=many.bids()[0])
    for evaluation, folds in ((few, False), (many, True)):
        sign_in(client, db.session.get_one(User, evaluation.commissioner.user_id))
        page = client.get(f"/commissioning/itts/{evaluation.itt.reference}/interests")
        clear = [one for one in register_of(evaluation.itt.id).entries if one.has_interest is False]
        assert (f"{len(clear)} declared no interest" in text_of(page)) is folds
        assert all(seat.member.alias in text_of(page) for seat in evaluation.everybody())
    shown = page.text.partition("Who declared no interest")[0]
    assert "My sister works there." in shown
    assert many.seats[LOCAL][0].member.alias not in shown.partition("Who influences it")[2]
