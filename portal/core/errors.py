"""The anticipated errors: typed, with a message for the person and a code for programs.

Whatever is not one of these is unanticipated: it is logged with a reference that the error page shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence


class PortalError(Exception):
    """An anticipated refusal.

    `message` is in the user's words; `code` is stable; `status` is the HTTP status a view without a form
    answers with; `field` names the form field that the message belongs beside, where there is one; `retry_after` is
    for how many seconds to wait before the same can be asked again, where waiting is all that it takes.
    """

    code = "refused"
    status = 400
    retry_after: int | None = None

    def __init__(self, message: str, *, field: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code is not None:
            self.code = code
        self.each: tuple[PortalError, ...] = (self,)


class InvalidInput(PortalError):
    """What was typed cannot be accepted; `field` says where."""

    code = "invalid_input"
    status = 422


class ManyRefused(InvalidInput):
    """Several things that were typed cannot be accepted: each refusal is shown beside its own field."""

    def __init__(self, refusals: Sequence[PortalError]) -> None:
        super().__init__(refusals[0].message, field=refusals[0].field)
        self.each = tuple(one for refusal in refusals for one in refusal.each)


def all_at_once(*readings: Callable[[], object]) -> None:
    """Read everything before refusing anything, so that nobody mends a form one mistake at a time.

    Raises the one `InvalidInput` that a reading raised, or `ManyRefused`.
    """
    refusals = []
    for reading in readings:
        try:
            reading()
        except InvalidInput as refusal:
            refusals.append(refusal)
    if len(refusals) == 1:
        raise refusals[0]
    if refusals:
        raise ManyRefused(refusals)


class NotAllowed(PortalError):
    """The person can know that the object exists but may not do this (403)."""

    code = "not_allowed"
    status = 403


class NotFound(PortalError):
    """The object does not exist, or is not this person's to know about (404 either way)."""

    code = "not_found"
    status = 404


class SecondFactorNeeded(NotAllowed):
    """The act needs a fresh code from the person's authenticator."""

    code = "second_factor_needed"


class WrongState(PortalError):
    """The act is the person's to do, but not at this stage of the procurement."""

    code = "wrong_state"
    status = 409


class NotYet(WrongState):
    """The act is the person's to do, at a stage that the procurement has still to come to; the message says when."""

    code = "not_yet"


class DeadlinePassed(WrongState):
    """The closing time has come: the instant itself is late (PCR 2015 reg 22(16)(a))."""

    code = "deadline_passed"


class Conflict(PortalError):
    """Somebody else changed the same thing first; nothing was merged or lost."""

    code = "conflict"
    status = 409


class SealBroken(PortalError):
    """Sealed content does not match its commitment, or its key is missing or not of this installation."""

    code = "seal_broken"
    status = 409
