"""Buying together: one authority runs the invitation, the others agree, and all are named."""

from __future__ import annotations

import pytest

from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Role
from portal.notices.parties import joint_parties
from portal.organisations.models import ContractingAuthority
from portal.tendering.checking import Task, problems_of
from portal.tendering.joint import add_joint_buyer, agree_to_buy_together, own_part, parts_of, remove_joint_buyer
from portal.tendering.joint_models import JointBuyer
from portal.tendering.models import InvitationToTender
from portal.tendering.specification_models import LineKind
from portal.tendering.specifying import Said, add_line
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.organisations import make_authority
from tests.factories.tendering import itt_with_documents, make_commissioner, publish, ready_itt
from tests.filling import errors_of, fill, text_of

pytestmark = pytest.mark.usefixtures("db_session")
LETTER = "Letter of its director of 3 May 2026."


def asked(itt: InvitationToTender, authority: ContractingAuthority, *parts: str) -> JointBuyer:
    """An authority that is asked to buy, or to do these parts."""
    return add_joint_buyer(
        itt=itt,
        authority_id=authority.id,
        name="",
        agreement="",
        parts=parts or ("buys",),
        actor=make_commissioner(itt.authority),
        now=clock.now(),
    )


def test_an_authority_that_has_not_agreed_keeps_the_invitation_back() -> None:
    """Once somebody of it has agreed, nothing of that is lacking, and all are named wherever the buyer is."""
    itt, other = ready_itt(), make_authority()
    joint = asked(itt, other, "buys", "monitors")
    lacking = [problem for problem in problems_of(itt, clock.now()) if problem.task is Task.JOINT]
    assert [problem.message for problem in lacking] == [f"{other.name} has not agreed to buy together yet."]
    agree_to_buy_together(joint=joint, actor=make_commissioner(other), now=clock.now())
    assert Task.JOINT not in {problem.task for problem in problems_of(itt, clock.now())}
    assert itt.buyers_called == f"{itt.authority.name} and {other.name}"
    assert (itt.signed_by, itt.monitored_by) == (itt.authority.name, other.name)


def test_a_body_by_name_is_agreed_with_the_words_of_who_adds_it() -> None:
    """It has nobody here who could agree, so when and how is asked for; the notice names it as a party."""
    itt = ready_itt()
    said = {"itt": itt, "authority_id": None, "name": "Demo Care Board", "parts": ["signs"], "now": clock.now()}
    officer = make_commissioner(itt.authority)
    with pytest.raises(InvalidInput) as refused:
        add_joint_buyer(**said, agreement="", actor=officer)  # type: ignore[arg-type]
    assert refused.value.field == "agreement"
    add_joint_buyer(**said, agreement=LETTER, actor=officer)  # type: ignore[arg-type]
    assert itt.signed_by == f"{itt.authority.name} and Demo Care Board"
    assert [(party["name"], party["roles"]) for party in joint_parties(itt)] == [("Demo Care Board", ["buyer"])]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"authority_id": None}, "name"),
        ({"name": "Another body"}, "name"),
        ({"parts": []}, "buys"),
        ({"own": True}, "authority"),
    ],
    ids=["nobody", "two", "does nothing", "one's own"],
)
def test_what_cannot_be_added_is_refused_beside_its_field(changed: dict[str, object], field: str) -> None:
    """Nothing is stored."""
    itt, other = ready_itt(), make_authority()
    said = {"itt": itt, "authority_id": other.id, "name": "", "agreement": LETTER, "parts": ["buys"]} | changed
    if said.pop("own", False):
        said["authority_id"] = itt.authority_id
    with pytest.raises(InvalidInput) as refused:
        add_joint_buyer(**said, actor=make_commissioner(itt.authority), now=clock.now())  # type: ignore[arg-type]
    assert (refused.value.field, itt.joint_buyers) == (field, [])


def test_one_body_monitors_and_each_authority_stands_in_the_list_once() -> None:
    """The second of either is refused in words."""
    itt, first, second = ready_itt(), make_authority(), make_authority()
    asked(itt, first, "monitors")
    for authority, parts, field in ((second, ("monitors",), "monitors"), (first, ("buys",), "authority")):
        with pytest.raises(InvalidInput) as refused:
            asked(itt, authority, *parts)
        assert refused.value.field == field


def test_nobody_else_agrees_for_an_authority() -> None:
    """Neither who asks, nor a third authority, nor somebody without the role; and once is enough."""
    itt, other = ready_itt(), make_authority()
    joint = asked(itt, other)
    strangers = (make_commissioner(itt.authority), make_commissioner())
    for actor, refusal in (
        *((stranger, NotFound) for stranger in strangers),
        (actor_of(make_person(Role.OPENER, authority=other)), NotAllowed),
    ):
        with pytest.raises(refusal):
            agree_to_buy_together(joint=joint, actor=actor, now=clock.now())
        with pytest.raises(refusal):
            own_part(joint.id, actor)
    officer = make_commissioner(other)
    agree_to_buy_together(joint=joint, actor=officer, now=clock.now())
    with pytest.raises(Conflict):
        agree_to_buy_together(joint=joint, actor=officer, now=clock.now())
    assert [one.id for one in parts_of(other.id)] == [joint.id]


def test_after_publication_nobody_joins_or_leaves() -> None:
    """Who buys together is published with the invitation."""
    officer, other = make_commissioner(), make_authority()
    itt = ready_itt(actor=officer)
    joint = asked(itt, other)
    agree_to_buy_together(joint=joint, actor=make_commissioner(other), now=clock.now())
    publish(itt, officer)
    with pytest.raises(WrongState):
        remove_joint_buyer(joint=joint, actor=officer)


def test_the_draft_asks_and_the_other_authority_reads_and_agrees(client: CheckedClient) -> None:
    """Over the pages: added and refused on the list, read and agreed on one's own page, named for bidders."""
    officer, other = make_commissioner(), make_authority()
    itt = ready_itt(actor=officer)
    page = f"/commissioning/itts/{itt.reference}/draft/joint"
    sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
    assert errors_of(fill(client, page, {"authority": str(other.id)})) == ["Say what it does: buy, sign or monitor."]
    assert fill(client, page, {"authority": str(other.id), "buys": "y", "monitors": "y"}).status_code == 302
    assert "Asked" in text_of(client.get(page))
    sign_in(client, make_person(Role.APPROVER, authority=other))
    assert itt.title in text_of(client.get("/commissioning/joint"))
    part = f"/commissioning/joint/{itt.joint_buyers[0].id}"
    assert "Your authority is asked to agree" in text_of(client.get(part))
    assert fill(client, part, {}).status_code == 302
    assert "Your authority has agreed" in text_of(client.get(part))
    publish(itt, officer)
    shown = text_of(client.get(f"/opportunities/{itt.reference}"))
    assert f"Contract monitored by {other.name}" in shown


def test_who_buys_together_reads_outcomes_and_documents_of_the_draft(client: CheckedClient) -> None:
    """Also the facts about staff, which is recorded; authorities that are not in the list find nothing of it."""
    officer, partner, other = make_commissioner(), make_authority(), make_authority()
    itt = itt_with_documents(officer, is_published=False)
    add_line(itt=itt, said=Said(LineKind.OUTCOME, "Families cope in time."), actor=officer)
    part = f"/commissioning/joint/{asked(itt, partner).id}"
    specification = f"/commissioning/itts/{itt.reference}/specification.pdf"
    staff = next(each for each in itt.documents if each.facts.is_restricted)
    document = f"/opportunities/{itt.reference}/documents/{staff.current.id}"
    sign_in(client, make_person(Role.APPROVER, authority=partner))
    page = client.get(part)
    for said in ("Families cope in time.", "specification.txt", "only for those who sign an undertaking"):
        assert said in text_of(page)
    assert (document in page.text, specification in page.text) == (True, True)
    assert client.get(specification).data.startswith(b"%PDF")
    assert b"Key worker" in client.get(document).data
    assert events_of(str(itt.id))[-1].kind == EventKind.RESTRICTED_DOCUMENT_READ
    sign_in(client, make_person(Role.APPROVER, authority=other))
    assert [client.get(address).status_code for address in (part, specification, document)] == [404, 404, 404]
    sign_in(client, make_person(Role.AUDITOR, authority=partner))
    assert client.get(document).status_code == 404
