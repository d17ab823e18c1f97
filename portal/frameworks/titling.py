"""A framework's title: that it is there, and whether it could be taken for another's."""

from __future__ import annotations

from sqlalchemy import or_, select

from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.parsing.text import one_line, require_text
from portal.frameworks.models import Framework
from portal.frameworks.states import FrameworkStatus
from portal.organisations.likeness import like_names


def put_title(framework: Framework, typed: str, *, confirmed: bool) -> None:
    """Give the framework its title. One statement.

    Raises `InvalidInput` beside `title` where there is none, and beside `title_confirmed` for another title than
    before that is like that of a live framework, or of one that the authority is drawing up, until the person has
    said that it is another one.
    """
    title = require_text(one_line(typed), "Give it a title.", field="title")
    if title != framework.title and not confirmed:
        _ask_about(framework, title)
    framework.title = title


def _ask_about(framework: Framework, title: str) -> None:
    own_draft = (Framework.status == FrameworkStatus.DRAFT) & (Framework.authority_id == framework.authority_id)
    others = select(Framework.id, Framework.title, Framework.reference).where(
        or_(Framework.status == FrameworkStatus.LIVE, own_draft)
    )
    with db.session.no_autoflush:
        rows = db.session.execute(others.order_by(Framework.created_at, Framework.id)).all()
    # "Homes" beside "Homes in the county" is no joint name: parts are no likeness here.
    alike = like_names(title, [(row.title, row) for row in rows if row.id != framework.id], parts=False)
    if alike:
        other, reason = alike[0]
        raise InvalidInput(
            f"Is this “{other.title}” ({other.reference}), which is here already? Look: {reason}. If it is another "
            "one, tick the box to say so.",
            field="title_confirmed",
        )
