"""Open a framework, dynamic purchasing system or dynamic market to providers: from here on its terms are fixed."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.drafts import NotReady
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor, Verb
from portal.frameworks.changing import begin_change
from portal.frameworks.checking import problems_of
from portal.frameworks.models import Framework
from portal.frameworks.questionnaire import read
from portal.frameworks.states import FRAMEWORK, FrameworkStatus
from portal.regulation.local_time import local_date
from portal.regulation.queries import require_codes


def go_live(*, framework: Framework, actor: Actor, now: datetime) -> None:
    """Open it to providers: freeze and hash its questionnaire, and its terms with it.

    Everything is checked again under the row's lock (`NotReady` lists all that is missing): the CPV codes and so
    light touch, the law of its day, validity, fee, lots, weights, participants, the publication basis. One that was
    not established yet is established today. Afterwards the database refuses every change to kind, regime,
    validity, terms, questionnaire, lots, bandings and criteria (PA2023 s.36(7); SI 2024/716 reg 5(3)). Records
    FRAMEWORK_WENT_LIVE, from which the notice follows. Raises `NotAllowed`, `NotFound`, `TermsFrozen` when it is
    live already.
    """
    begin_change(framework, actor, Verb.GO_LIVE)
    # The table of codes may have changed since they were typed; codes that are none are among the problems.
    with suppress(InvalidInput):
        framework.cpv_codes, framework.light_touch = require_codes(framework.cpv_codes)
    problems = problems_of(framework, now)
    if problems:
        raise NotReady(problems)
    if framework.established_on is None:
        framework.established_on = local_date(now)
    questionnaire = read(framework.questionnaire)
    framework.questionnaire = questionnaire.to_dict()
    framework.questionnaire_hash = questionnaire.hash()
    framework.live_at = now
    framework.status = FRAMEWORK.move(framework.status, FrameworkStatus.LIVE)
    record(
        EventKind.FRAMEWORK_WENT_LIVE,
        framework,
        actor=actor,
        reference=framework.reference,
        framework_kind=framework.kind.value,
        regime=framework.regime.value,
        light_touch=framework.light_touch,
        valid_from=framework.valid_from,
        valid_until=framework.valid_until,
        questionnaire_hash=framework.questionnaire_hash,
        central_reference=framework.publication_reference,
        lots=len(framework.lots),
    )
