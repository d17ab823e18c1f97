"""Reading applications for whoever changes them."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.core.columns import db
from portal.frameworks.member_models import Admission
from portal.joining.models import Application


def lock_application(application_id: uuid.UUID) -> Application:
    """Lock the application's row until the transaction ends and read it afresh: of two officers one comes first."""
    return db.session.scalars(
        select(Application)
        .where(Application.id == application_id)
        .options(joinedload(Application.framework), joinedload(Application.lot))
        .with_for_update(of=Application)
        .execution_options(populate_existing=True)
    ).one()


def application_of(admission: Admission) -> Application | None:
    """The application that led to the membership; None for a member that came with an imported framework."""
    return db.session.get(Application, admission.application_id) if admission.application_id else None
