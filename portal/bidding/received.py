"""What was received, told twice: by the rows of the bids, and by the ledger's submissions and withdrawals.

The rows can be changed by whoever holds the application's database; the ledger cannot be without being found out. A
bid that only one of the two knows as submitted is never passed over (PCR 2015 reg 22(11), 22(16)(g)).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from portal.core.columns import db

# One statement, so that both sides are of the same instant. `listed` is what an opening takes.
_DIFFERENCES = text(
    """
    WITH entries AS (
        SELECT DISTINCT ON (object_id) object_id AS bid_id, (data ->> 'itt')::uuid AS itt_id, kind,
            (data ->> 'version')::integer AS number
        FROM event
        WHERE object_type = 'bid' AND kind IN ('bid_submitted', 'bid_admitted_late', 'bid_withdrawn')
          AND (CAST(:itt_id AS text) IS NULL OR data ->> 'itt' = :itt_id)
        ORDER BY object_id, seq DESC
    ), told AS (
        SELECT bid_id, itt_id, number FROM entries WHERE kind <> 'bid_withdrawn'
    ), listed AS (
        SELECT bid.id AS bid_id, bid.itt_id, version.number
        FROM bid JOIN bid_version version ON version.bid_id = bid.id AND version.number = bid.version
        WHERE bid.status = 'submitted' AND (CAST(:itt_id AS text) IS NULL OR bid.itt_id = CAST(:itt_id AS uuid))
    )
    SELECT bid_id, bid.reference, told.number AS told, listed.number AS listed
    FROM told FULL JOIN listed USING (bid_id, itt_id) LEFT JOIN bid ON bid.id = bid_id
    WHERE told.number IS DISTINCT FROM listed.number
    ORDER BY bid.reference, bid_id
    """
)


@dataclass(frozen=True)
class Difference:
    """A bid of which the ledger and the rows do not tell the same: the number of its last version by each."""

    bid_id: uuid.UUID
    reference: str | None
    told: int | None
    listed: int | None

    @property
    def finding(self) -> str:
        """The difference in words, without anything of the bid's content."""
        said = [f"version {number} submitted" if number else "none submitted" for number in (self.told, self.listed)]
        return f"the ledger has {said[0]}, the database has {said[1]}"


def differences(itt_id: uuid.UUID | None = None) -> Sequence[Difference]:
    """The bids of an invitation (of all, without one) whose rows are not what the ledger says was received."""
    rows = db.session.execute(_DIFFERENCES, {"itt_id": None if itt_id is None else str(itt_id)})
    return [Difference(*row) for row in rows]
