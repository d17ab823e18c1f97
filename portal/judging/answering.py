"""A bidder's answer to what it was asked about its opened bid: once, in time, beside the bid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core import clock
from portal.core.columns import db
from portal.core.errors import DeadlinePassed, InvalidInput
from portal.core.keeping import Upload, inspect_upload, keep_inspected
from portal.core.parsing.text import require_length, tidy
from portal.core.permissions import Actor, Verb
from portal.core.storage import FileStore
from portal.core.taking import lock, take
from portal.core.words import london
from portal.judging.enquiry_models import Enquiry, EnquiryFile
from portal.tendering.models import InvitationToTender

LONGEST_ANSWER = 20_000
MOST_FILES = 10


def answer_enquiry(
    *, enquiry: Enquiry, answers: Mapping[str, str], uploads: Sequence[Upload], actor: Actor, files: FileStore
) -> None:
    """Answer what the bidder was asked. Nothing of the sealed bid changes; officers read both.

    Records ENQUIRY_ANSWERED; commissioners are told. Raises `DeadlinePassed` by the database's clock under the lock,
    `InvalidInput` beside "answer-" and the question, or "file", for nothing said, too much, or a file that cannot be
    kept, `WrongState` when it was answered before or the procurement has gone on, `NotAllowed`, `NotFound`.
    """
    lock(InvitationToTender, enquiry.itt_id, share=True)
    take(enquiry, Verb.ANSWER, actor=actor)
    now = clock.database_time()
    if now >= enquiry.due_at:
        raise DeadlinePassed(
            f"The time for an answer ended on {london(enquiry.due_at)}, for every bidder. Nothing was sent."
        )
    asked = enquiry.keys or [""]
    said = {key: require_length(tidy(answers.get(key)), LONGEST_ANSWER, field=f"answer-{key}") for key in asked}
    if not any(said.values()) and not uploads:
        raise InvalidInput("Write an answer, or choose a file.", field=f"answer-{asked[0]}")
    if len(uploads) > MOST_FILES:
        raise InvalidInput(f"Send at most {MOST_FILES} files.", field="file")
    for upload in uploads:
        inspected, content = inspect_upload(upload, files=files)
        db.session.add(EnquiryFile(enquiry_id=enquiry.id, **keep_inspected(inspected, content, files=files)))
    enquiry.answers, enquiry.answered_at, enquiry.answered_by_id = said, now, actor.user_id
    db.session.flush()
    record(EventKind.ENQUIRY_ANSWERED, enquiry, actor=actor, bid=enquiry.bid_id, files=len(uploads))
