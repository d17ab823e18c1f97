"""Compiling the releases of one process into its record, offline."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ocdsmerge import Merger

from portal.notices.canonical import Json

# What the OCDS release schema says about merging, for the lists that these releases hold: `wholeListMerge`
# where the entries have no id of their own (the other lists are merged by id). Given here, because the
# library would otherwise fetch the schema over the network.
MERGE_RULES: dict[tuple[str, ...], str] = {
    ("id",): "omitWhenMerged",
    ("date",): "omitWhenMerged",
    ("tag",): "omitWhenMerged",
    ("parties", "additionalIdentifiers"): "wholeListMerge",
    ("parties", "roles"): "wholeListMerge",
    ("tender", "specialRegime"): "wholeListMerge",
    ("tender", "submissionMethod"): "wholeListMerge",
    ("tender", "submissionTerms", "languages"): "wholeListMerge",
    ("tender", "items", "additionalClassifications"): "wholeListMerge",
    ("tender", "exclusionGrounds", "criteria"): "wholeListMerge",
    ("tender", "lots", "awardCriteria", "criteria"): "wholeListMerge",
    ("tender", "lots", "selectionCriteria", "criteria"): "wholeListMerge",
    ("awards", "relatedLots"): "wholeListMerge",
}

_MERGER = Merger(merge_rules=MERGE_RULES)


def compile_release(texts: Sequence[str]) -> Json:
    """Merge a process's releases, given as JSON text in any order, into its compiled release."""
    releases: list[Any] = [json.loads(text) for text in texts]
    compiled: Json = _MERGER.create_compiled_release(releases)
    return compiled
