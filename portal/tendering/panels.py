"""Draw up the panels of an invitation: who scores, how their scores become one, and whether they count."""

from __future__ import annotations

from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.parsing.text import one_line, require_text
from portal.core.permissions import Actor
from portal.tendering.changing import begin_change, record_change
from portal.tendering.checking import Task
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.naming import new_key
from portal.tendering.states import Combination, PanelKind

MOST_PANELS = 6
"""Charts tell six panels apart; a procurement that needs more needs lots."""
LARGEST_QUORUM = 200


def add_panel(
    *,
    itt: InvitationToTender,
    name: str,
    kind: PanelKind,
    combine: Combination,
    counts: bool,
    quorum: int | None,
    actor: Actor,
) -> Panel:
    """Add a panel at the end of the list; who sits on it is decided later.

    `quorum` is the least number of members who score each criterion, for `mean` and `median` only. Raises
    `InvalidInput` beside `name` or `quorum`. Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    if len(itt.panels) >= MOST_PANELS:
        raise InvalidInput(f"An invitation has at most {MOST_PANELS} panels.", field="name")
    panel = Panel(key=new_key(name, {other.key for other in itt.panels}, otherwise="panel"))
    panel.position = max((other.position for other in itt.panels), default=0) + 1
    _describe(itt, panel, name, kind, combine, counts, quorum)
    itt.panels.append(panel)
    db.session.flush()
    record_change(itt, actor, Task.PANELS, panel=panel.key)
    return panel


def change_panel(
    *,
    itt: InvitationToTender,
    panel: Panel,
    name: str,
    kind: PanelKind,
    combine: Combination,
    counts: bool,
    quorum: int | None,
    actor: Actor,
) -> None:
    """Change a panel; its key and its shares stay. Raises as `add_panel`. Records ITT_CHANGED."""
    begin_change(itt, actor)
    _describe(itt, panel, name, kind, combine, counts, quorum)
    record_change(itt, actor, Task.PANELS, panel=panel.key)


def remove_panel(*, itt: InvitationToTender, panel: Panel, actor: Actor) -> None:
    """Remove a panel and its shares; the criteria it scored then lack a share until they are given one.

    Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    for node in itt.criteria:
        node.shares = [share for share in node.shares if share.panel_id != panel.id]
    db.session.flush()
    itt.panels.remove(panel)
    db.session.flush()
    record_change(itt, actor, Task.PANELS, removed=panel.key)


def _describe(
    itt: InvitationToTender,
    panel: Panel,
    name: str,
    kind: PanelKind,
    combine: Combination,
    counts: bool,
    quorum: int | None,
) -> None:
    wanted = require_text(one_line(name), "Give the panel a name.", field="name")
    if any(other is not panel and other.name.casefold() == wanted.casefold() for other in itt.panels):
        raise InvalidInput(f"There is already a panel called “{wanted}”.", field="name")
    if combine is not Combination.AGREED and not 1 <= (quorum or 0) <= LARGEST_QUORUM:
        raise InvalidInput(
            f"Give the least number of members who must score, from 1 to {LARGEST_QUORUM}.", field="quorum"
        )
    panel.name, panel.kind, panel.combine, panel.counts = wanted, kind, combine, counts
    panel.quorum = 1 if combine is Combination.AGREED else quorum or 1
