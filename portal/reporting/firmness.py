"""How firm a result is: each check in one sentence, with its error. They advise; they never changed a score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portal.core.pdf import Heading, Part, Table
from portal.core.words import counted, listed, marks
from portal.evaluation.effects_words import effects_in_words
from portal.evaluation.explaining import Names, flips_in_words, lead_in_words, share
from portal.evaluation.say_of_panels import stretches_in_words
from portal.reporting.gathering import LotOutcome

FLIPS_AT_MOST = 12
EXACT = "Exact"
_NORMAL = 1.96
"""Standard deviations: 95 of 100 samples lie within."""

Check = tuple[str, str, str]
"""What a check is called, what it says, and how exact that is."""


def diagnostics_section(outcome: LotOutcome, *, is_known: bool) -> Iterator[Part]:
    """What decided a lot, and how nearly; `is_known`: the outcome, so that nobody can nudge it any more."""
    if outcome.result is None or not outcome.result.diagnostics:
        return
    yield Heading(f"Lot {outcome.lot.number}: how firm the result is", 3)
    rows = tuple(checks(outcome.result.diagnostics, outcome.names, is_known=is_known))
    yield Table(("Check", "What it says", "Error"), rows, (5, 12, 5))


def checks(said: Mapping[str, Any], names: Names, *, is_known: bool) -> Iterator[Check]:
    """Every diagnostic that was stored with a result; which scores decide alone once the outcome `is_known`."""
    yield from _lead(said, names, is_known)
    for entry in said["decisive_weights"]:
        below, above = share(entry["below"]), share(entry["above"])
        words = f"Gives {share(entry['share'])} of all marks. Another bid would be chosen below {below}, above {above}."
        stretches = stretches_in_words(entry, names)
        yield f"The say of {names.panel(entry['panel'])}", "\n".join(filter(None, (words, stretches))), EXACT
    yield _shaking(said["stability"])
    changing = [names.bid(entry["bid"]) for entry in said["without_bid"] if entry["order_changes"]]
    others = f"The others would stand in another order without {listed(changing)}."
    yield "Taking a bid away", others if changing else "It changes the order of no others.", EXACT
    if said["without_member"]:
        alone = sum(entry["winner_changes"] for entry in said["without_member"])
        yield "Taking a member away", f"{counted(alone, 'member')} would change who is chosen.", EXACT
    for entry in said["agreement"]:
        alpha = marks(entry["alpha"]["shown"]) if entry["alpha"] else "too few scores to say"
        words = f"Krippendorff’s alpha: {alpha} (1 is perfect agreement, 0 what chance would give)."
        yield f"Agreement within {names.panel(entry['panel'])}", words, "Exact for these scores; no sample of others"
    yield from effects_in_words(said, names)
    weak = counted(len(said["weak_reasons"]), "agreed reason is", "agreed reasons are")
    yield "Reasons that say little", f"{weak} shorter than a sentence, or close to the scale’s own words.", EXACT


def _lead(said: Mapping[str, Any], names: Names, is_known: bool) -> Iterator[Check]:
    if lead := lead_in_words(said, names):
        yield "The lead", lead, EXACT
    flips = said["single_steps"]
    if not is_known:
        words = f"{counted(len(flips), 'score')}. Which ones they are is in this report once the award is decided."
        yield "Scores that decide alone", words, EXACT
        return
    shown = flips_in_words(said, names, FLIPS_AT_MOST) or ["No single agreed score decides by one step."]
    more = [f"And {len(flips) - FLIPS_AT_MOST} more."] if len(flips) > FLIPS_AT_MOST else []
    yield "Scores that decide alone", "\n".join([*shown, *more]), EXACT


def _shaking(said: Mapping[str, Any]) -> Check:
    kept, trials = said["winner_kept"], said["simulations"]
    part = kept / max(trials, 1)
    error = 100 * _NORMAL * (part * (1 - part) / max(trials, 1)) ** 0.5
    words = f"Scores moved at random by one step: the same were chosen in {kept} of {counted(trials, 'trial')}."
    return "Shaking the scores", words, f"± {error:.1f} percentage points, in 95 of 100 such series"
