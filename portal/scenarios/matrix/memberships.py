"""Frameworks in every state, with the applications and memberships that stand in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from sqlalchemy import select

from portal.core import clock
from portal.core.columns import db
from portal.core.permissions import Role
from portal.core.seals import KeyFolder
from portal.core.storage import FileStore
from portal.frameworks.ceasing import cease_framework
from portal.frameworks.drafting import create_framework, describe_framework, set_publication, set_terms, set_validity
from portal.frameworks.going_live import go_live
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework, FrameworkLot
from portal.frameworks.structure import LotDetails, add_criterion, add_lot
from portal.frameworks.terms import Validity
from portal.joining.applying import save_answers, save_reply
from portal.joining.deciding import ask_clarification
from portal.joining.models import Application
from portal.joining.states import ApplicationStatus
from portal.joining.withdrawing import withdraw_application
from portal.members.identity import accept_change, ask_identity_change, refuse_change, withdraw_identity_change
from portal.members.membership import leave_lot
from portal.members.models import IdentityChange
from portal.members.removing import decide_removal, propose_removal
from portal.organisations.details import IdentityDetails
from portal.organisations.models import ContractingAuthority
from portal.organisations.queries import provider_with_id
from portal.regulation.kinds import FrameworkKind, IttKind
from portal.scenarios import building, gateshead, market, people
from portal.scenarios.matrix_people import ALDER, ALDER_ADMINISTRATOR, ALDER_PEOPLE, ELM, NORTH_PEOPLE, OWNERS
from portal.tendering.calling_off import create_call_off, propose_direct_award
from portal.tendering.declining import decline

MARKET, TERMS = "Demo matrix: live market", "Demo matrix: live framework"
DRAFT, CEASED = "Demo matrix: framework in draft", "Demo matrix: ceased framework"
OPEN, DECLINED = "Demo matrix: invitation open", "Demo matrix: invitation declined"
DIRECT = "Demo matrix: direct award proposed"

APPLIED = ("draft", "submitted", "clarification", "refusal proposed", "refused", "withdrawn", "admitted")
MEMBERS = ("removal proposed", "removed", "left", "removal of a member without people proposed")
REASON = "A demonstration: the register of the regulator does not name this organisation any more."
CONDITIONS = "Condition 1 is met: it is the only service in the area. Condition 2 is met: the price is the framework’s."
QUESTION = "Which services do you mean by “the other two” in your answer?"
REPLY = "The club in the harbour and the one at the school."

COMMISSIONER = NORTH_PEOPLE.people[Role.COMMISSIONER]
APPROVER = NORTH_PEOPLE.people[Role.APPROVER]
SUBMITTER = ALDER_PEOPLE.people[Role.SUBMITTER]


def load(north: ContractingAuthority, *, keys: KeyFolder, files: FileStore) -> dict[str, str]:
    """Set them up and let providers join; return the references by title. Needs the running worker for a letter."""
    titles = [*APPLIED, *MEMBERS]
    lots = [LotDetails(title=f"Lot: {title}", definition="A lot of the access matrix.") for title in titles]
    open_market = market.establish(north, MARKET, lots)
    framework = _framework(north, TERMS)
    ceased = _framework(north, CEASED)
    actor = people.actor_of(COMMISSIONER)
    cease_framework(framework=ceased, reason=REASON, actor=actor, now=clock.now())
    drafted = create_framework(
        authority=north, kind=FrameworkKind.DYNAMIC_MARKET, title=DRAFT, actor=actor, now=clock.now()
    )
    db.session.commit()
    by_title = dict(zip(titles, open_market.lots, strict=True))
    _applications(by_title, files)
    gateshead.import_members(open_market, _members(by_title), actor)
    gateshead.import_members(framework, _row(framework.lots[0], ALDER), actor)
    gateshead.import_members(framework, _row(framework.lots[0], ELM), actor)
    _memberships(open_market, by_title)
    _identities(by_title["admitted"], files)
    call_offs = _call_offs(north, by_title["admitted"], framework.lots[0], keys)
    found = {thing.title: thing.reference for thing in (open_market, framework, ceased, drafted)}
    return found | call_offs


def _framework(north: ContractingAuthority, title: str) -> Framework:
    """A live framework whose terms know suspension and direct awards."""
    actor, now = people.actor_of(COMMISSIONER), clock.now()
    framework = create_framework(
        authority=north, kind=FrameworkKind.FRAMEWORK, title=title, title_confirmed=True, actor=actor, now=now
    )
    describe_framework(
        framework=framework,
        title=title,
        title_confirmed=True,
        description="A framework of the access matrix.",
        cpv_codes=["85311300"],
        estimated_value=market.VALUE,
        actor=actor,
    )
    set_validity(framework=framework, validity=Validity(None, now, now + timedelta(days=700)), actor=actor, now=now)
    set_terms(
        framework=framework,
        how_it_works=market.HOW_IT_WORKS,
        decision_days=10,
        suspension_terms="A member may be suspended while a regulator inspects.",
        direct_award_terms="Where only one member has a place, at the framework’s price.",
        actor=actor,
    )
    add_lot(framework=framework, details=LotDetails(title="The one lot", definition="A lot."), actor=actor)
    for criterion in market.CRITERIA:
        add_criterion(framework=framework, details=criterion, actor=actor)
    set_publication(framework=framework, reference=market.CENTRAL_REFERENCE, reason="", actor=actor)
    go_live(framework=framework, actor=actor, now=clock.now())
    db.session.commit()
    return framework


def _applications(lots: Mapping[str, FrameworkLot], files: FileStore) -> None:
    market.write_application(lots["draft"], SUBMITTER, files)
    sent = {title: market.apply_to(lots[title], SUBMITTER, files) for title in APPLIED[1:]}
    ask_clarification(
        application=sent["clarification"],
        version=1,
        question=QUESTION,
        actor=people.actor_of(COMMISSIONER),
        now=clock.now(),
    )
    db.session.commit()
    market.refuse(sent["refusal proposed"], "safeguarding_policy", market.REFUSED_BECAUSE, decided=False)
    market.refuse(sent["refused"], "safeguarding_policy", market.REFUSED_BECAUSE)
    withdraw_application(application=sent["withdrawn"], actor=people.actor_of(SUBMITTER))
    db.session.commit()
    market.admit(sent["admitted"])
    for title in ("submitted", "clarification", "refused"):
        _change(sent[title])


def _change(application: Application) -> None:
    """Somebody else answers from now on, and what the officers asked has a reply; it is not sent yet."""
    answers, now = {"contact_name": ALDER_ADMINISTRATOR.name}, clock.now()
    save_answers(application=application, actor=people.actor_of(SUBMITTER), answers=answers, confirmed=answers, now=now)
    if application.status is ApplicationStatus.CLARIFICATION:
        save_reply(application=application, actor=people.actor_of(SUBMITTER), reply=REPLY, now=now)
    db.session.commit()


def _row(lot: FrameworkLot, provider: str, number: str = "") -> Iterator[dict[str, str]]:
    yield {
        "provider": provider,
        "company_number": number or people.COMPANY_NUMBERS[provider],
        "lot": str(lot.number),
        "admitted_on": clock.today().isoformat(),
    }


def _members(lots: Mapping[str, FrameworkLot]) -> Iterator[dict[str, str]]:
    """Alder on the lots of the states, and a provider that nobody signs in for."""
    for title in MEMBERS[:3]:
        yield from _row(lots[title], ALDER)
    yield from _row(lots[MEMBERS[3]], "Demo Matrix Hazel Trust", "99003099")
    yield from _row(lots["admitted"], ELM)


def _memberships(framework: Framework, lots: Mapping[str, FrameworkLot]) -> None:
    by_lot = {
        found.lot_id: found
        for found in db.session.scalars(select(Admission).where(Admission.framework_id == framework.id))
        if found.provider.name != ELM
    }
    removal = {"ground": "debarred", "reasons": REASON}
    for title in (MEMBERS[0], MEMBERS[1], MEMBERS[3]):
        propose_removal(
            admission=by_lot[lots[title].id], **removal, actor=people.actor_of(COMMISSIONER), now=clock.now()
        )
        db.session.commit()
    leave_lot(admission=by_lot[lots["left"].id], actor=people.actor_of(SUBMITTER), now=clock.now())
    db.session.commit()
    told = by_lot[lots["removal proposed"].id], by_lot[lots["removed"].id]
    for admission in told:
        waiting = select(Admission.id).where(Admission.id == admission.id, Admission.reasons_sent_at.is_not(None))
        building.await_row(waiting, "the reasons of a removal")
    decide_removal(admission=told[1], actor=people.actor_of(APPROVER), now=clock.now())
    db.session.commit()


def _identities(lot: FrameworkLot, files: FileStore) -> None:
    """Elm belongs to two frameworks, whose officers decide; Fir to none, so that the platform does."""
    elm, fir, _gorse = OWNERS
    market.apply_to(lot, fir, files)
    for owner, decider in ((elm, COMMISSIONER), (fir, people.PLATFORM)):
        actor, name = people.actor_of(decider), f"{owner.provider} and"
        withdrawn = _ask_to_be(owner, f"{name} Ash")
        withdraw_identity_change(change=withdrawn, actor=people.actor_of(owner))
        db.session.commit()
        for act, wanted in ((refuse_change, "Oak"), (accept_change, "Rowan")):
            decided = _ask_to_be(owner, f"{name} {wanted}")
            for decision in decided.decisions:
                act(decision=decision, note=REASON, actor=actor, now=clock.now())
            db.session.commit()
        _ask_to_be(owner, f"{name} Pine")


def _ask_to_be(owner: people.Part, name: str) -> IdentityChange:
    actor = people.actor_of(owner)
    provider = provider_with_id(actor.provider_id)
    asked = ask_identity_change(
        provider=provider,
        details=IdentityDetails(name, provider.company_number or "", "", "", name_confirmed=True),
        reason=REASON,
        actor=actor,
        now=clock.now(),
    )
    db.session.commit()
    return asked


def _call_offs(north: ContractingAuthority, lot: FrameworkLot, direct: FrameworkLot, keys: KeyFolder) -> dict[str, str]:
    """Two invitations of Alder's, one of them declined; and a direct award that waits for its second person."""
    made = {title: market.call_off_from(lot, north, keys, title=title) for title in (OPEN, DECLINED)}
    decline(itt=made[DECLINED], reason="", actor=people.actor_of(SUBMITTER))
    actor = people.actor_of(COMMISSIONER)
    made[DIRECT] = create_call_off(
        lot=direct, authority=north, title=DIRECT, kind=IttKind.DIRECT_AWARD, actor=actor, now=clock.now()
    )
    alder = provider_with_id(people.actor_of(SUBMITTER).provider_id)
    propose_direct_award(itt=made[DIRECT], provider=alder, reason=CONDITIONS, actor=actor, now=clock.now())
    db.session.commit()
    return {title: itt.reference for title, itt in made.items()}
