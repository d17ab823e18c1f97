"""What a new draft starts from: nothing, or a worked example with three panels that is there to be changed.

The example follows a locality partnership that buys prevention and early help: a local panel, a young people's
panel that gives 40 of all marks, a parents' panel, and the price.
"""

from __future__ import annotations

import re
import uuid
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from portal.frameworks.models import Framework, FrameworkCriterion
from portal.tendering.models import (
    AwardCriterion,
    InvitationToTender,
    Panel,
    PanelShare,
    Question,
    Scale,
    ScaleBand,
)
from portal.tendering.naming import new_key
from portal.tendering.spreading import spread
from portal.tendering.states import PanelKind, QuestionKind
from tender_scoring.prices import DEFAULT, Benchmark


class StartingPoint(StrEnum):
    """What a new draft holds."""

    THREE_PANELS = "three_panels"
    EMPTY = "empty"


DESCRIPTION = """\
We are looking for an organisation to run prevention and early help for children, young people and families in \
our locality. The service helps early, before problems grow: parenting support, support for emotional well-being, \
advocacy, and short breaks for young carers and their families.

The locality partnership has listened to families, schools, health services, the police and voluntary groups, and \
to the youth council. They asked for one service that is easy to find, that young people help to run, and that \
works with what is already there.

Young people give 40 of the 100 marks. Parents and carers give 10 of them. You will be told what each panel said."""

EASY_READ = """\
We want somebody to help children and young people early, before things get hard. They will help with worries and \
feelings, help parents, and give young carers a break. It should be easy to find. Young people will help to run it."""
CODES = ("85311300", "85312310", "85312400")
ESTIMATED_VALUE = Decimal(240000)
TERM_MONTHS = 30
BREAK_MONTHS = (12, 18)
PRICE_FORMULA = Benchmark(Fraction(180_000), Fraction(240_000)).to_dict()
PRICED = re.compile(r"\b(prices?|pricing|costs?)\b", re.IGNORECASE)
"""A framework's criterion with such a title is about the price."""
UNFINISHED_FORMULA = {"formula": DEFAULT.name}
"""Without floor and ceiling it cannot be published: somebody has to choose."""

# (key, name, kind)
PANELS = (
    ("local", "Local panel", PanelKind.LOCAL),
    ("young-people", "Young people’s panel", PanelKind.YOUNG_PEOPLE),
    ("parents", "Parents’ panel", PanelKind.PARENTS),
)

# (score, label, descriptor, plain words)
BANDS = (
    (
        0,
        "No answer",
        "There is no answer, or nothing in it is about the question.",
        "No answer. They did not answer this.",
    ),
    (
        1,
        "Poor",
        "The answer touches on the question, but most of what was asked for is missing or cannot be relied on.",
        "Not good. Nearly everything we asked for is missing.",
    ),
    (
        2,
        "Weak",
        "The answer covers part of what was asked for. There are gaps that would matter to children or families.",
        "Big gaps. Some of it is there, but big things are missing.",
    ),
    (
        3,
        "Acceptable",
        "The answer covers everything asked for, with enough detail to show that it would work.",
        "OK. It would work, but it is nothing special.",
    ),
    (
        4,
        "Good",
        "The answer covers everything asked for in detail, with evidence that it works and few doubts left.",
        "Good. We can see how it would work, and they have shown us why.",
    ),
    (
        5,
        "Excellent",
        "The answer covers everything asked for in full, with strong evidence, and adds something that makes the "
        "service better for children and families.",
        "Brilliant. We would be really happy with this.",
    ),
)

# (key, parent, title, guidance, plain title, weight, panel or None for a heading, minimum)
CRITERIA = (
    (
        "service",
        None,
        "A safe and effective service",
        "How safely, how well and with whom the service would be run.",
        "",
        "30",
        None,
        None,
    ),
    (
        "safeguarding",
        "service",
        "Keeping children and young people safe",
        "Safer recruitment, training, reporting, and learning when something goes wrong.",
        "Would we be safe?",
        "40",
        "local",
        "3",
    ),
    (
        "outcomes",
        "service",
        "Better lives for children, young people and families",
        "What will change for families, how you will know, and what you will do when it does not change.",
        "Would it really help?",
        "35",
        "local",
        None,
    ),
    (
        "working-together",
        "service",
        "Working with others in the locality",
        "How the service fits with schools, health, the police and voluntary groups, and avoids doing things twice.",
        "Do they work well with others?",
        "25",
        "local",
        None,
    ),
    (
        "young-people",
        None,
        "What young people think",
        "Scored by the young people’s panel alone: 40 of all marks.",
        "",
        "40",
        None,
        None,
    ),
    (
        "our-voice",
        "young-people",
        "Young people’s voice",
        "How young people help to plan, run and check the service, and what happens to what they say.",
        "Will they listen to us?",
        "50",
        "young-people",
        None,
    ),
    (
        "welcome",
        "young-people",
        "A place to feel welcome",
        "How a young person finds the service, what the first visit is like, and how everybody is made to feel that "
        "they belong.",
        "Would we want to go there?",
        "50",
        "young-people",
        None,
    ),
    (
        "parents-view",
        None,
        "Support for parents and carers",
        "How parents and carers get help early, and how the service works with the whole family.",
        "",
        "10",
        "parents",
        None,
    ),
)
PRICE_WEIGHT = Decimal(20)
TIE_BREAK = ("young-people", "safeguarding", "lowest_price")

# (key, criterion, prompt, guidance, word limit)
QUESTIONS = (
    (
        "safeguarding",
        "safeguarding",
        "How will you keep children and young people safe?",
        "Tell us who is responsible, how you recruit and train, and about one time when you put something right.",
        500,
    ),
    (
        "outcomes",
        "outcomes",
        "What will be different for children, young people and families, and how will you know?",
        "Give figures where you have them, and say where they come from.",
        750,
    ),
    (
        "working-together",
        "working-together",
        "How will you work with schools, health services, the police and voluntary groups?",
        "Name the groups you already work with here, and say what each of you does.",
        400,
    ),
    (
        "our-voice",
        "our-voice",
        "How will young people help to plan and run the service?",
        "Young people read and score this answer. Use short sentences and everyday words.",
        300,
    ),
    (
        "welcome",
        "welcome",
        "A young person comes for the first time. What happens?",
        "Young people read and score this answer. Tell it as a story if you like.",
        300,
    ),
    (
        "parents-view",
        "parents-view",
        "How will you support parents and carers?",
        "Parents and carers read and score this answer.",
        300,
    ),
)
POLICY_PROMPT = "Your safeguarding policy"
POLICY_GUIDANCE = "The policy that is in force today. The local panel reads it with your answer to question 1."


def fill_with_three_panels(itt: InvitationToTender) -> None:
    """Fill a new draft with the worked example; its timetable and publication basis stay open."""
    itt.description, itt.easy_read = DESCRIPTION, EASY_READ
    itt.cpv_codes, itt.light_touch = list(CODES), True
    itt.estimated_value, itt.term_months, itt.break_months = ESTIMATED_VALUE, TERM_MONTHS, list(BREAK_MONTHS)
    itt.tie_break = list(TIE_BREAK)
    panels = {
        key: Panel(id=uuid.uuid4(), key=key, name=name, kind=kind, position=place, counts=True, quorum=1)
        for place, (key, name, kind) in enumerate(PANELS, 1)
    }
    itt.panels = list(panels.values())
    scale = _scale()
    itt.scales = [scale]
    criteria = _criteria(panels, scale)
    price = AwardCriterion(key="price", title="Price", weight=PRICE_WEIGHT, price_formula=dict(PRICE_FORMULA))
    price.guidance, price.position = "The price for the whole term.", len(criteria) + 1
    itt.criteria = [*criteria.values(), price]
    itt.questions = _questions(criteria)


def fill_from_framework(itt: InvitationToTender, framework: Framework) -> None:
    """Fill a new call-off with the framework's award criteria, the panels that score them and a scale.

    What the framework says young people score, a young people's panel scores; a local panel scores the others.
    """
    local, young = (
        Panel(id=uuid.uuid4(), key=key, name=name, kind=kind, position=place, counts=True, quorum=1)
        for place, (key, name, kind) in enumerate(PANELS[:2], 1)
    )
    scale = _scale()
    itt.scales = [scale]
    weights = spread([(criterion.lowest_weight, criterion.highest_weight) for criterion in framework.criteria])
    priced = next((one for one in framework.criteria if PRICED.search(one.title) and not one.by_young_people), None)
    keys: set[str] = set()
    for place, (criterion, weight) in enumerate(zip(framework.criteria, weights, strict=True), 1):
        node = AwardCriterion(id=uuid.uuid4(), position=place, weight=weight, plain_title="")
        node.key, node.title, node.guidance = _keyed(criterion, keys), criterion.title, criterion.description or ""
        node.framework_criterion_id = criterion.id
        if criterion is priced:
            node.price_formula = dict(UNFINISHED_FORMULA)
        else:
            panel = young if criterion.by_young_people else local
            node.scale, node.scale_id = scale, scale.id
            node.shares = [PanelShare(panel=panel, panel_id=panel.id, share=Decimal(100))]
            node.plain_title = criterion.title if criterion.by_young_people else ""
        itt.criteria.append(node)
    scoring = {share.panel.key for node in itt.criteria for share in node.shares}
    itt.panels = [panel for panel in (local, young) if panel.key in scoring] or [local]


def _keyed(criterion: FrameworkCriterion, keys: set[str]) -> str:
    key = new_key(criterion.title, keys, otherwise="criterion")
    keys.add(key)
    return key


def _scale() -> Scale:
    scale = Scale(
        id=uuid.uuid4(), key="0-5", minimum=Decimal(0), maximum=Decimal(5), step=Decimal(1), normalise="from_zero"
    )
    scale.bands = [
        ScaleBand(score=Decimal(score), label=label, descriptor=descriptor, plain_words=plain)
        for score, label, descriptor, plain in BANDS
    ]
    return scale


def _criteria(panels: dict[str, Panel], scale: Scale) -> dict[str, AwardCriterion]:
    criteria: dict[str, AwardCriterion] = {}
    for place, (key, parent, title, guidance, plain, weight, panel, minimum) in enumerate(CRITERIA, 1):
        node = AwardCriterion(id=uuid.uuid4(), key=key, title=title, guidance=guidance, plain_title=plain)
        node.position, node.weight = place, Decimal(weight)
        node.minimum = Decimal(minimum) if minimum else None
        node.parent_id = criteria[parent].id if parent else None
        if panel:
            node.scale, node.scale_id = scale, scale.id
            node.shares = [PanelShare(panel=panels[panel], panel_id=panels[panel].id, share=Decimal(100))]
        criteria[key] = node
    return criteria


def _questions(criteria: dict[str, AwardCriterion]) -> list[Question]:
    questions = [
        Question(
            key=key,
            criterion=criteria[criterion],
            position=place,
            kind=QuestionKind.TEXT,
            prompt=prompt,
            guidance=guidance,
            settings={"word_limit": limit},
            required=True,
        )
        for place, (key, criterion, prompt, guidance, limit) in enumerate(QUESTIONS, 1)
    ]
    policy = Question(
        key="safeguarding-policy",
        criterion=criteria["safeguarding"],
        position=len(questions) + 1,
        kind=QuestionKind.FILES,
        prompt=POLICY_PROMPT,
        guidance=POLICY_GUIDANCE,
        required=True,
    )
    return [*questions, policy]
