"""One agreed score that a closed panel agrees again: nothing else that it agreed moves."""

from __future__ import annotations

import uuid

from portal.core.errors import WrongState
from portal.evaluation.models import PanelWork


def require_open(work: PanelWork, bid_id: uuid.UUID, criterion_id: uuid.UUID) -> None:
    """Raise `WrongState` where the panel is back for one score, and this bid and question are not it."""
    if work.corrects is not None and (work.corrects.bid_id, work.corrects.criterion_id) != (bid_id, criterion_id):
        raise WrongState("The panel is back for one score alone. Everything else stays as it was agreed.")
