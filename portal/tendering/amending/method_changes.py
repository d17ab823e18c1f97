"""What an addendum changes of questions and criteria: proposed with it, and in force when it is published."""

from __future__ import annotations

from datetime import datetime

from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.tendering.amending.criterion_changes import change_criteria, require_criteria
from portal.tendering.amending.models import Addendum, MethodChange
from portal.tendering.amending.prepared import columns_of, prepared_changes
from portal.tendering.amending.question_changes import change_questions, require_questions
from portal.tendering.amending.states import ChangedPart
from portal.tendering.method_versions import MethodVersion, keep_version
from portal.tendering.models import InvitationToTender


def propose_prepared(addendum: Addendum) -> list[MethodChange]:
    """Make everything that is prepared part of the addendum.

    Raises `InvalidInput` (field "prepared") where an earlier addendum has changed the same meanwhile, and where what
    would hold afterwards is no method, or leaves panels with nothing to score.
    """
    itt, prepared = addendum.itt, list(prepared_changes(addendum.itt_id))
    standing = {(ChangedPart.QUESTION, each.key): columns_of(each) for each in itt.questions}
    standing |= {(ChangedPart.CRITERION, each.key): columns_of(each) for each in itt.criteria}
    for change in prepared:
        if change.before != standing.get((change.part, change.key)):
            raise InvalidInput(
                f"“{change.title}” was changed by another addendum meanwhile. Prepare it again from what stands now.",
                field="prepared",
            )
        change.addendum = addendum
    require_questions(itt, prepared)
    require_criteria(itt, prepared)
    db.session.flush()
    return prepared


def prepare_again(addendum: Addendum) -> None:
    """Let what the addendum would have changed be prepared again, but where something else is prepared meanwhile."""
    anew = {(change.part, change.key) for change in prepared_changes(addendum.itt_id)}
    for change in list(addendum.method_changes):
        if (change.part, change.key) not in anew:
            change.addendum = None
    db.session.flush()


def put_in_force(addendum: Addendum, itt: InvitationToTender, at: datetime) -> MethodVersion | None:
    """Change the rows into what the addendum says, and keep the new version of method and questions with its hash.

    The addendum is published already in this transaction: the database asks for that.
    """
    db.session.flush()
    changes = addendum.method_changes
    if not changes:
        return None
    change_questions(itt, changes)
    change_criteria(itt, changes)
    itt.method_version += 1
    for lot in itt.lots:
        if any(change.concerns(lot.id) for change in changes):
            lot.method_version = itt.method_version
    db.session.flush()
    db.session.expire(itt, ["questions"])
    return keep_version(itt, at)
