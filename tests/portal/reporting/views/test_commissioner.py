"""Taking the report over HTTP: who may, from when on, and where it is led to."""

from __future__ import annotations

import pytest

from portal.core.permissions import Role
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.awarding import standing_award
from tests.factories.evaluation import moderated_evaluation, moderating_itt


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR, Role.CONTRACT_MANAGER])
def test_whoever_sees_the_result_takes_the_report(client: CheckedClient, db_session: object, role: Role) -> None:
    """The page leads to a document and a workbook; an award leads to the page, and so does the result."""
    itt = standing_award().itt
    sign_in(client, make_person(role, authority=itt.authority))
    base = f"/commissioning/itts/{itt.reference}"
    assert client.get(f"{base}/report").text.count(f"{base}/report/") == 3
    for leading in ("result", "award"):
        assert f"{base}/report" in client.get(f"{base}/{leading}").text
    for name, begins in (("whole.pdf", b"%PDF"), ("whole.xlsx", b"PK"), ("for-publication.pdf", b"%PDF")):
        answer = client.get(f"{base}/report/{name}")
        assert answer.get_data().startswith(begins)
        assert "attachment" in answer.headers["Content-Disposition"]


def test_too_early_says_from_when_on(client: CheckedClient, db_session: object) -> None:
    """Before the panels have closed there is no report, and before the award none for publication."""
    open_panels, moderated = moderating_itt(2).itt, moderated_evaluation(2)
    sign_in(client, make_person(Role.COMMISSIONER, authority=open_panels.authority))
    answer = client.get(f"/commissioning/itts/{open_panels.reference}/report")
    assert (answer.status_code, "once every panel has closed" in answer.text) == (409, True)
    sign_in(client, make_person(Role.COMMISSIONER, authority=moderated.itt.authority))
    base = f"/commissioning/itts/{moderated.itt.reference}/report"
    assert "There is one once it is decided who is chosen." in client.get(base).text
    assert client.get(f"{base}/for-publication.pdf").status_code == 409


def test_others_are_told_of_nothing(client: CheckedClient, db_session: object) -> None:
    """An opener of the same authority may not, and to another authority there is none."""
    itt = moderated_evaluation(2).itt
    sign_in(client, make_person(Role.OPENER, authority=itt.authority))
    assert client.get(f"/commissioning/itts/{itt.reference}/report/whole.pdf").status_code == 403
    sign_in(client, make_person(Role.AUDITOR))
    assert client.get(f"/commissioning/itts/{itt.reference}/report/whole.pdf").status_code == 404
