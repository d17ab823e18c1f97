"""The text of the tender notice while its invitation is a draft: to copy to Find a Tender, where it comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.notices.pages import Part, Row, facts_of, parts_of
from portal.notices.publisher import Publisher
from portal.notices.release import Header, tender_release
from portal.regulation.notice_catalogue import CATALOGUE, NoticeKind
from portal.regulation.procurement_law import TENDER
from portal.regulation.queries import cpv_codes_among
from portal.tendering.models import InvitationToTender


@dataclass(frozen=True)
class DraftedNotice:
    """What the notice will tell, as it stands."""

    kind: NoticeKind
    facts: list[Row]
    parts: list[Part]


def drafted_notice(itt: InvitationToTender, *, publisher: Publisher, now: datetime) -> DraftedNotice:
    """Read the tender notice out of the release that would be published now (PR24 reg 5(11): the platform first)."""
    kind = CATALOGUE[TENDER]
    names = {code.code: code.description for code in cpv_codes_among(itt.cpv_codes)}
    release = tender_release(Header(publisher, kind, itt.reference, 1, now), itt, names)
    own = [Row("Title", itt.title), Row("Reference of the buyer", itt.reference)]
    told = [Row("Description", itt.description)] if itt.description else []
    return DraftedNotice(kind, [*own, *told, *facts_of(release)], parts_of(release))
