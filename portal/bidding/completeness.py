"""What still keeps a draft from being submitted: the exact list, never just "incomplete"."""

from __future__ import annotations

from collections.abc import Sequence

from portal.bidding.contents import Content
from portal.core.drafts import Gap
from portal.tendering.price_limits import PRICE
from portal.tendering.question_kinds.kind import Asked
from portal.tendering.question_kinds.schedule import schedule_in


def gaps_of(questions: Sequence[Asked], content: Content) -> list[Gap]:
    """List what blocks the submission, in the order of the questions.

    Mandatory answers and files that are missing (nothing in them can be seen), answers that cannot be read or are
    longer than their limit, files without content, no price.
    """
    gaps = []
    for asked in questions:
        attached = content.files_of(asked.key)
        gaps += [Gap(asked.key, message) for message in asked.gaps(content.answers, attached)]
        gaps += [Gap(asked.key, f"Attach {each['name']} again: it is empty.") for each in attached if not each["size"]]
    if content.price is None and schedule_in(questions) is None:
        gaps.append(Gap(PRICE, "Give your price."))
    return gaps
