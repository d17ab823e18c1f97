"""An addendum that changes weights, where lots are judged in different ways."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portal.core.errors import InvalidInput
from portal.core.permissions import Role
from portal.extensions import db
from portal.tendering.amending.amending import publish_addendum
from portal.tendering.amending.criterion_changes import prepare_figures
from portal.tendering.method import hash_for, method_for, method_of
from portal.tendering.method_versions import versions_of_method
from portal.tendering.models import InvitationToTender
from tender_scoring import method_hash
from tests.client import CheckedClient
from tests.factories import amending
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.tendering import make_commissioner, published_in_lots
from tests.filling import text_of


def prepare(itt: InvitationToTender, **moved: int) -> None:
    """Prepare other weights, by how much more or less than is published."""
    weights = {node.key: node.weight for node in itt.criteria}
    for key, by in moved.items():
        weights[key.replace("_", "-")] += Decimal(by)
    minimums = {node.key: node.minimum for node in itt.criteria}
    prepare_figures(itt=itt, weights=weights, minimums=minimums, actor=make_commissioner(itt.authority))


def test_the_method_of_each_lot_follows_with_its_own_weights_kept(db_session: object) -> None:
    """Both are frozen anew and stand in the new version; what a lot has of its own stays."""
    itt = published_in_lots(2, otherwise=True)
    usual, other = itt.lots
    before = (hash_for(usual), hash_for(other))
    prepare(itt, service=5, price=-5)
    addendum = amending.propose(itt, make_commissioner(itt.authority))
    publish_addendum(
        addendum=addendum, actor=actor_of(make_person(Role.APPROVER, authority=itt.authority)), note=amending.NOTE
    )
    for lot in (usual, other):
        db.session.refresh(lot)
        own = None if lot is usual else lot
        assert hash_for(lot) == method_hash(method_of(itt, own)) == method_hash(method_for(lot))
        assert hash_for(lot) not in before
        assert lot.method_version == 2
    roots = {node["id"]: node for node in method_for(other)["criteria"]}
    assert (roots["service"]["weight"], roots["price"]["weight"]) == ("35", "15")
    assert [node["weight"] for node in roots["service"]["children"]] == ["40", "60"]
    assert versions_of_method(itt.id)[0].stated["methods_of_lots"] == {"2": other.method}


def test_a_change_after_which_a_lot_does_not_total_100_is_not_proposed(client: CheckedClient) -> None:
    """Its own weights stay as they were published, so the others cannot move without them."""
    itt = published_in_lots(2, otherwise=True)
    prepare(itt, safeguarding=5, outcomes=-5)
    sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
    page = text_of(client.get(f"/commissioning/itts/{itt.reference}/changes/criteria"))
    assert "Lot 2 has weights of its own. They stay as they were published" in page
    with pytest.raises(InvalidInput, match=r"Lot 2: The weights of the three parts .* total 105") as refused:
        amending.propose(itt, make_commissioner(itt.authority))
    assert refused.value.field == "prepared"
