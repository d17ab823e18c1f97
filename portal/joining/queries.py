"""Reading applications for whoever changes them."""

from __future__ import annotations

from sqlalchemy.orm import joinedload

from portal.core.columns import db
from portal.frameworks.member_models import Admission
from portal.joining.models import Application

WITH_FRAMEWORK = (joinedload(Application.framework), joinedload(Application.lot))
"""What an act on an application reads afresh with it, under its lock."""


def application_of(admission: Admission) -> Application | None:
    """The application that led to the membership; None for a member that came with an imported framework."""
    return db.session.get(Application, admission.application_id) if admission.application_id else None
