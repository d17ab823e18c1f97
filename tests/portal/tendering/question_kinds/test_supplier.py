"""A share code for core supplier information: what can be one, and who sees it."""

from __future__ import annotations

import pytest

from portal.core.errors import InvalidInput
from portal.core.permissions import Actor
from portal.evaluation.reading import read_compliance
from portal.regulation.central_platform import is_unusual_share_code, read_share_code
from portal.tendering.asking import add_question
from portal.tendering.models import AwardCriterion, InvitationToTender
from portal.tendering.question_kinds.registry import KINDS
from portal.tendering.states import EnvelopeKind, QuestionKind
from tests.factories.bidding import SHARE_CODE, close_now, open_itt, submitted_bid
from tests.factories.tendering import make_commissioner, publish, ready_itt


@pytest.mark.parametrize("typed", ["6789BCDF", " 6789 BCDF ", "6789-BCDF", "wzTRqpnm"])
def test_a_code_is_read_however_it_is_copied(typed: str) -> None:
    """Spaces and hyphens fall away; capital and small letters are different characters."""
    assert read_share_code(typed) == typed.replace(" ", "").replace("-", "")


@pytest.mark.parametrize("typed", ["6789BCD", "6789BCDFG", "6789BCD0", "6789BCDS"])
def test_what_the_platform_does_not_make_today_is_said_and_taken(typed: str) -> None:
    """A code of another length, or with a character that none has, may still be one: no bid fails for it."""
    assert read_share_code(typed) == typed
    assert is_unusual_share_code(typed)
    assert [*KINDS[QuestionKind.SUPPLIER_INFORMATION].advice(typed)] != []
    assert [*KINDS[QuestionKind.SUPPLIER_INFORMATION].advice(SHARE_CODE)] == []


@pytest.mark.parametrize("typed", ["https://find-tender.service.gov.uk/", "I have one.", "6" * 41, "６７８９ＢＣＤＦ"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    """An address, a sentence, something endless, letters of another width."""
    with pytest.raises(InvalidInput, match="letters and figures only"):
        read_share_code(typed)


def asked(itt: InvitationToTender, officer: Actor, criterion: AwardCriterion | None = None) -> None:
    """Ask for it in a draft."""
    add_question(
        itt=itt,
        prompt="Core supplier information",
        guidance="",
        kind=QuestionKind.SUPPLIER_INFORMATION,
        settings={},
        criterion=criterion,
        required=True,
        actor=officer,
    )


@pytest.mark.usefixtures("db_session")
def test_officers_read_it_with_what_cannot_be_checked() -> None:
    """It is sealed with what officers check, judged by a person, and no panel can be asked to score it."""
    officer = make_commissioner()
    itt = ready_itt(actor=officer)
    with pytest.raises(InvalidInput, match="no panel scores it"):
        asked(itt, officer, next(one for one in itt.criteria if one.key == "welcome"))
    asked(itt, officer)
    publish(itt, officer)
    bid = submitted_bid(itt)
    close_now(itt)
    open_itt(itt)
    [answer] = read_compliance(itt=itt, bid_id=bid.id, actor=officer).answers
    assert answer.question.envelope is EnvelopeKind.COMPLIANCE
    assert (answer.shown.text, answer.meets_its_rule) == (SHARE_CODE, False)
    assert "only be seen there" in answer.shown.note
