"""The table of the law as a page for lawyers, row by row."""

from __future__ import annotations

from collections.abc import Iterator

from portal.regulation import framework_law, procurement_rows
from portal.regulation.framework_law import FrameworkLaw
from portal.regulation.kinds import Size
from portal.regulation.procurement_law import AWARD, DETAILS, TENDER, ProcurementLaw, StandstillRule
from portal.regulation.regimes import LIGHT_TOUCH_EFFECTS

SIZES = {
    Size.ABOVE: "at or above the threshold",
    Size.NOTIFIABLE: "below it, from £30,000",
    Size.SMALL: "below £30,000",
}
NOTICES = {TENDER: "Tender notice", AWARD: "Award notice", DETAILS: "Contract details notice"}
HEAD = """# The law of each kind

Printed by `portal law` from `portal/regulation/`: what pages, checks and notices ask. Not legal advice.
"""


def as_markdown() -> str:
    """Write the whole table."""
    parts = [HEAD, "## What providers join\n"]
    parts += ["\n".join(_framework(row)) for row in framework_law.ROWS.values()]
    parts.append("## What is procured\n")
    parts += ["\n".join(_procurement(row)) for row in procurement_rows.ROWS.values()]
    parts += ["## What light touch changes\n", *_light_touch()]
    return "\n".join(parts) + "\n"


def _light_touch() -> Iterator[str]:
    yield from ("| rule | ordinarily | light touch | section |", "|---|---|---|---|")
    yield from (f"| {row.rule} | {row.ordinary} | {row.light_touch} | {row.law} |" for row in LIGHT_TOUCH_EFFECTS)


def _rows(rows: list[tuple[str, str, str]]) -> Iterator[str]:
    yield from ("| rule | is | section |", "|---|---|---|")
    yield from (f"| {rule} | {what} | {law} |" for rule, what, law in rows)
    yield ""


def _framework(row: FrameworkLaw) -> Iterator[str]:
    yield f"### {row.words.capitalize()}, {row.act.name}\n"
    joining = (
        "on any day of its validity" if row.is_open_every_day else "in published windows, where it takes providers"
    )
    rows = [
        ("Joining", joining, row.joining),
        ("Admission", "everybody who meets the published criteria", row.admission),
        ("Terms", "stay as they were published", row.freezing),
        ("Charges", "none" if row.is_free else "only whoever is awarded a contract", row.fee),
        ("Who calls off", "authorities that are named", row.calling_off.buyers),
        ("Who is invited", "every member of the lot", row.calling_off.everybody),
        ("Criteria", "made more precise, never replaced", row.calling_off.criteria),
        ("Direct award", "never" if row.no_direct_award else "under published conditions", row.calling_off.direct),
    ]
    if row.suspension:
        rows.append(("Suspension", "never", row.suspension))
    if row.term:
        bound = "" if row.term_binds_light_touch else ", unless light touch"
        rows.append(("Term", f"four years, longer with a reason{bound}", row.term))
    if row.last_day_law:
        rows.append(("Last day", "23 February 2029", row.last_day_law))
    rows += [("Removal", ground.text[0].lower() + ground.text[1:], ground.law) for ground in row.removal]
    yield from _rows(rows)


def _procurement(row: ProcurementLaw) -> Iterator[str]:
    yield f"### {row.words}, {row.act.name}\n"
    rows = [_standstill("Standstill", row.standstill)]
    if row.light_touch_standstill != row.standstill:
        rows.append(_standstill("Standstill, light touch", row.light_touch_standstill))
    if row.below_standstill != row.standstill:
        rows.append(_standstill("Standstill, below the threshold", row.below_standstill))
    for size, words in SIZES.items():
        rule = row.minimum_period(size, light_touch=False)
        if rule is not None and row.tells_threshold:
            rows.append((f"Least time for bidding, {words}", rule.length_words, rule.law))
        elif rule is not None and size is Size.ABOVE:
            rows.append(("Least time for bidding", rule.length_words, rule.law))
    if row.adequate_time_law:
        rows.append(("Time for bidding", "adequate, without a number", row.adequate_time_law))
    if row.modification_law:
        rows.append(("Weights and minimum scores", "can be changed by a published addendum", row.modification_law))
    else:
        rows.append(("Weights and minimum scores", "stay as they were published", "the portal’s rule"))
    for code, name in NOTICES.items():
        for size in SIZES if row.tells_threshold else (Size.ABOVE,):
            duty = row.notice_duty(code, size)
            where = "first on Find a Tender" if duty.is_central else "not needed"
            at = f", {SIZES[size]}" if row.tells_threshold else ""
            rows.append((f"{name}{at}", where, duty.law))
    if row.applicants_may_bid:
        rows.append(("Applicants", "may bid while they wait", "PA2023 s.34(4)"))
    if row.members_law:
        rows.append(("Bids of others", "are set aside", row.members_law))
    yield from _rows(rows)


def _standstill(name: str, rule: StandstillRule) -> tuple[str, str, str]:
    duty = "required" if rule.is_mandatory else "a choice; if offered"
    begins = "the central award notice" if rule.follows_notice else "the day the last bidder was told"
    return name, f"{duty} {rule.period.length_words}, from {begins}", rule.law
