"""What the demonstration's providers write and what its panels think of it. Everybody here is obviously made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from tender_scoring.prices import Benchmark


@dataclass(frozen=True)
class Telling:
    """One provider's bid: its answers by question key, its price in pounds over the whole term."""

    provider: str
    price: Decimal
    answers: Mapping[str, str]


ESTIMATE = Decimal(720000)
"""Above the threshold, so that the law asks for every notice (PA2023 Sch 1)."""
PRICE_FORMULA = Benchmark(Fraction(540_000), Fraction(720_000)).to_dict()
DAY_LOT, NIGHT_LOT = "Breaks by day", "Breaks overnight"
NIGHT_VALUE = Decimal(120000)
"""A sixth of the estimate; bidders ask a sixth of their price."""
NIGHT_PLACES = 2
"""A first provider is called on each night, and a second one where it cannot come."""
NIGHT_PRICE_FORMULA = Benchmark(Fraction(90_000), Fraction(120_000)).to_dict()
NOT_AT_NIGHT = "working-together"
NIGHT_WEIGHTS = {NOT_AT_NIGHT: Decimal(0), "safeguarding": Decimal(65)}
"""What criteria weigh in the second lot of the draft, by key: safeguarding takes what the other gives up."""
POLICY_NAME = "safeguarding-policy.txt"
POLICY_SHOWN = "safeguarding-policy.pdf"
POLICY_TEXT = (
    "Safeguarding policy of a demonstration provider.\n\n"
    "Every worker is checked before they start and trained in their first week and every year after that.\n"
    "Anybody who is worried about a child tells the named lead the same day. The lead tells the council.\n"
)

YOU_SAID_WE_DID = [
    ("Do not change the opening times without asking us.", "The contract says that six of you are asked first."),
    ("A leaflet is not a welcome.", "The new service starts each first visit with somebody of your own age."),
    ("Open on Sundays.", "There was no money for that this year. We will ask again in the spring, and tell you."),
]
ANSWERED_QUESTION = (
    "May the service run in a building that a bidder shares with others?",
    "Yes. Say in your answer on safeguarding who else is there, and how children are kept apart from them.",
)
OPEN_QUESTION = "Do staff of the present provider come over to the new one (TUPE)?"

HARBOUR = Telling(
    "Demo Harbour Youth Trust",
    Decimal(642000),
    {
        "safeguarding": (
            "Our named safeguarding lead reports to the trustees every month. Everybody who works with children is "
            "checked before they start, trained in their first week and again every year. Last spring a lift home "
            "was arranged without telling the lead. Nobody was hurt. We looked into it within two days, wrote one "
            "clear rule for lifts, and tested it with staff three months later."
        ),
        "outcomes": (
            "In our present service 7 in 10 young people say after six months that they feel more confident, up from "
            "4 in 10 when they start. We ask at the first visit, at three months and at six. When a young person is "
            "not moving forward we meet with them and their family within a week and change the plan."
        ),
        "working-together": (
            "We meet four secondary schools and the school nursing team every half term and share one referral form. "
            "The police youth team runs a drop-in at our centre. A voluntary youth group lends us its hall on Fridays."
        ),
        "our-voice": (
            "Six young people sit on our planning group. They meet every month, choose half of the activities and "
            "interview every new worker. If we cannot do what they ask, we tell them why in writing within two weeks. "
            "Last year they moved our opening times to after school, and visits went up by a third."
        ),
        "welcome": (
            "You come through a side door, so nobody at the bus stop sees you. Somebody your own age says hello and "
            "makes you toast. Nobody asks you to fill in a form on the first day. You can look round, sit in the "
            "quiet room or join in. Before you go we ask one thing: would you like to come back, and when?"
        ),
        "parents-view": (
            "Parents get a name and a number, not a call centre. We hold a breakfast every second Saturday where "
            "parents run the agenda. If home is part of the problem, we work with the family at the kitchen table."
        ),
    },
)

MEADOW = Telling(
    "Demo Meadow Families CIC",
    Decimal(595500),
    {
        "safeguarding": (
            "We follow the local safeguarding procedures. Staff are checked and trained, and there is a named lead. "
            "Concerns are written down on the day. After a late report in 2025 we now call before we write."
        ),
        "outcomes": (
            "We use a well-known questionnaire at the start and the end. Most families improve. We publish a short "
            "report each year."
        ),
        "working-together": (
            "We work with eleven primary schools, both health visiting teams and the family hub, and we chair the "
            "early help forum. Each partner has one contact here, who answers within a working day. We share a "
            "calendar, so that two groups never run on the same evening."
        ),
        "our-voice": (
            "We ask young people for their views in a survey every term, and a youth worker sums them up for our "
            "board. Two young people came to the board last year."
        ),
        "welcome": (
            "A worker meets you at reception and shows you round. There is a welcome leaflet with photos of everybody "
            "who works here. You choose one activity for your next visit."
        ),
        "parents-view": (
            "Our parents' course was written with parents. It runs in the evening with a crèche, in five languages. "
            "Nine out of ten parents finish it, and many come back to help run it. We text a tip every week."
        ),
    },
)

BRIDGE = Telling(
    "Demo Bridge Project",
    Decimal(693000),
    {
        "safeguarding": (
            "Two leads share the role so that one is always on call, at weekends as well. We check, train and then "
            "watch practice: every worker is observed twice a year. When an audit found gaps in our records we "
            "stopped new referrals for a week until every record was right, and told the council the same day."
        ),
        "outcomes": (
            "We agree two or three goals with each young person in their own words and score them together every "
            "month. Across 140 young people last year, 78 in 100 goals were met. Where they were not, the reasons "
            "went to our improvement board, and three services were changed because of them."
        ),
        "working-together": (
            "We have written agreements with schools, the mental health team and the police, and joint supervision "
            "every month."
        ),
        "our-voice": (
            "Young people have a budget of £5,000 a year that they spend as they decide. Last year they chose a "
            "recording studio day and a trip. A youth council meets the director every two months."
        ),
        "welcome": (
            "You book a time on our website or a friend brings you. A buddy who has been coming for a while shows "
            "you round and stays with you. We play a game first and talk later."
        ),
        "parents-view": (
            "A family worker visits at home in the first two weeks. Parents can join a group that meets every month."
        ),
    },
)

TELLINGS = (HARBOUR, MEADOW, BRIDGE)

# What each panel agrees, by provider and criterion: the score, and the reason that bidders will read.
AGREED: Mapping[str, Mapping[str, tuple[int, str]]] = {
    HARBOUR.provider: {
        "safeguarding": (4, "A clear lead, training every year and an honest account of something put right. It says "
                            "less about what happens at weekends."),
        "outcomes": (4, "Figures before and after, and a quick answer when things do not change. It does not say how "
                        "many young people the figures come from."),
        "working-together": (3, "Schools, health and police are all there, with one referral form. What each partner "
                                "does is not always clear."),
        "our-voice": (5, "They choose half the activities and interview the workers, and they hear back in writing. "
                         "We want to be in that group."),
        "welcome": (5, "The side door, the toast and no forms: somebody has thought about what it is like to walk in."),
        "parents-view": (4, "A name and a number, and parents run the agenda. We would like more for parents who work "
                            "on Saturdays."),
    },
    MEADOW.provider: {
        "safeguarding": (3, "It covers what was asked, and learnt from one late report. There is little detail on "
                            "how training is kept up."),
        "outcomes": (2, "A questionnaire is named, but no figures, and nothing on families who do not improve."),
        "working-together": (5, "The strongest answer: one contact for each partner, a shared calendar, and they "
                                "chair the forum that everybody uses."),
        "our-voice": (2, "A survey every term is not much of a say. We do not know what happened to what people said."),
        "welcome": (3, "It is OK and the photos help, but reception and a leaflet feel a bit like the dentist."),
        "parents-view": (5, "Written with parents, with a crèche and in five languages, and parents stay to the end."),
    },
    BRIDGE.provider: {
        "safeguarding": (5, "Two leads, always on call, and practice is watched. They stopped and put things right "
                            "when an audit found gaps."),
        "outcomes": (5, "Goals in young people's own words, figures for 140 of them, and services changed because of "
                        "what was learnt."),
        "working-together": (3, "Agreements and supervision cover what was asked, without saying much about voluntary "
                                "groups."),
        "our-voice": (4, "A real budget that young people decide on. We would like to know how the youth council is "
                         "chosen."),
        "welcome": (4, "A buddy who stays with you and a game first is a good idea. Booking on a website might put "
                       "some people off."),
        "parents-view": (3, "A home visit early on is good. One group a month is not a lot when things are hard."),
    },
}  # fmt: skip


PRICES_APART = "Support for young carers: Demo Westway"
"""Whose prices are opened by themselves, after the panels."""
TIED = "Weekend respite for families: Demo Ashgrove"
"""The procurement in which two bids come out exactly alike."""
WITHDRAWN = "Breakfast clubs: Demo Longmeadow"
"""The procurement whose winner withdrew."""
REOPENED = "Help with speech and language: Demo Brookfield"
"""The procurement in which a panel agrees its scores again."""
JOINT = "Advocacy for children in care: Demo Westway"
"""The procurement that several bodies buy together."""
DIVIDED_DRAFT = "Short breaks for disabled children: Demo Northfield"
DIVIDED = "Short breaks by day and by night: Demo Fairmead"
"""The procurements in two lots that are judged in different ways: a draft, and one with its results."""


def tellings_for(title: str) -> tuple[Telling, ...]:
    """Who tells what in a procurement."""
    if title == TIED:
        return (HARBOUR, replace(MEADOW, price=HARBOUR.price))
    return (HARBOUR, MEADOW) if title in (REOPENED, DIVIDED) else TELLINGS


def agreed(title: str, provider: str, criterion: str) -> tuple[int, str]:
    """What a panel agrees about a provider's answer; whoever has no story is thought of as Harbour is."""
    alike = AGREED[HARBOUR.provider]
    score, reason = AGREED.get(provider, alike)[criterion]
    return alike[criterion][0] if title == TIED else score, reason


# How far each scoring member stands from what the panel agrees, in their order of appointment.
LEANINGS = (0, 1, -1, 0)
INDIVIDUAL_REASON = {
    "local": "It answers the question with detail that I could check against the policy.",
    "young-people": "I could picture being there, and it said what would really happen.",
    "parents": "I would know whom to call, and I think they would listen.",
}
OUTSIDE = "Nobody had weighed this part of the answer before the panel read it together."
HELD = (
    "My friend goes there and likes it, you can ask her: her number is 07700 900123.",
    "It sounds kind. I do not feel safe at home, so I would go there a lot.",
)
"""What two young people write that somebody has to look at before others do."""
NOT_HIGHER = "Part of what was asked is said without detail or without evidence."
NOT_LOWER = "What it says answers the question, and could be checked."
MEETING_RECORD = {
    "local": "The chair and one professional met for an hour. Each score was read out, the furthest apart first, and "
             "the panel talked until it agreed one score and one reason.",
    "young-people": "Kestrel, Otter and Heron met with their facilitator for an hour and a half with breaks. They "
                    "agreed every score themselves. The facilitator wrote down their words.",
    "parents": "The chair and one parent met in the evening, went through every bid and agreed one score and one "
               "reason for each.",
}  # fmt: skip
