"""Names that may mean one organisation, in a file and among those registered: an officer says, nothing is guessed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.frameworks.models import Framework
from portal.importing.correcting import NEW
from portal.importing.states import RowStatus
from portal.members.importing import (
    correct_row,
    decide_organisation,
    find_row,
    import_ready_rows,
    read_members_file,
)
from portal.members.models import ImportBatch
from portal.organisations.models import Provider
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import live_framework
from tests.factories.importing import member_row, members_file
from tests.factories.organisations import make_provider

ACTION = (
    "Action For Children Contract 2012",
    "Action For Children Kings cross Catholic Children's Society",
    "Action For Children",
    "Action for Children",
)
"""As one real list of contracts writes one charity."""
DAY = clock.today().isoformat()


@pytest.fixture
def framework(db_session: object) -> Framework:
    """A live arrangement."""
    return live_framework(lots=1)


@pytest.fixture
def actor(framework: Framework) -> Actor:
    """A commissioner of its lead authority."""
    return actor_of(make_person(Role.COMMISSIONER, authority=framework.authority))


def send(framework: Framework, actor: Actor, *names: tuple[str, str]) -> ImportBatch:
    """Send a file with members of these names and company numbers."""
    rows = [member_row(provider=name, company_number=number, admitted_on=DAY) for name, number in names]
    content = members_file(*rows)
    return read_members_file(framework=framework, file_name="m.csv", content=content, actor=actor, now=clock.now())


def answer(batch: ImportBatch, actor: Actor, number: int, said: str) -> RowStatus:
    """Decide about a row, and see what becomes of it."""
    return decide_organisation(batch=batch, number=number, answer=said, actor=actor, now=clock.now()).status


def states(batch: ImportBatch) -> list[str]:
    """The rows' states by line."""
    return [row.status.value for row in sorted(batch.rows, key=lambda row: row.number)]


def test_four_spellings_with_four_numbers(framework: Framework, actor: Actor) -> None:
    """The first stands; each other one is asked about, with the reason, until an officer has said what it is."""
    batch = send(framework, actor, *[(name, f"0100000{place}") for place, name in enumerate(ACTION)])
    assert states(batch) == ["ready", "rejected", "rejected", "rejected"]
    assert find_row(batch, 4).faults == {
        "provider": "Is this “Action For Children Contract 2012” in row 2? Look: the names are the same but for what "
        "was added, such as a year, “contract” or a legal form. Say whether it is the same organisation.",
        "alike": [
            {
                "answer": "row:2",
                "name": "Action For Children Contract 2012",
                "reason": "the names are the same but for what was added, such as a year, “contract” or a legal form",
            },
            {
                "answer": "row:3",
                "name": ACTION[1],
                "reason": f"one name holds the other: “{ACTION[1]}” may be a joint name, or a part of "
                "“Action For Children”",
            },
        ],
    }
    assert answer(batch, actor, 3, NEW) is RowStatus.READY
    assert answer(batch, actor, 4, NEW) is RowStatus.READY
    # Row 5 takes the name and number of row 4: then it says the same as row 4.
    assert answer(batch, actor, 5, "row:4") is RowStatus.REJECTED
    assert find_row(batch, 5).faults == {"row": "This row says the same as row 4. Leave one of them out."}
    assert import_ready_rows(batch=batch, actor=actor, now=clock.now()).providers == 3


def test_four_spellings_with_one_number(framework: Framework, actor: Actor) -> None:
    """One number is one organisation: only case may differ; another name under it is asked about."""
    batch = send(framework, actor, (ACTION[2], "01000000"), (ACTION[3], "01000000"), (ACTION[0], "01000000"))
    assert find_row(batch, 3).faults == {"row": "This row says the same as row 2. Leave one of them out."}
    fault = find_row(batch, 4).faults
    assert fault["provider"] == (
        "Is this “Action For Children” in row 2? Look: it has the same registered number under another name. Say "
        "whether it is the same organisation."
    )
    # A number belongs to one organisation, so "another" is no answer that helps.
    assert answer(batch, actor, 4, NEW) is RowStatus.REJECTED
    assert answer(batch, actor, 4, "row:2") is RowStatus.REJECTED
    assert find_row(batch, 4).faults == {"row": "This row says the same as row 2. Leave one of them out."}


@pytest.mark.parametrize(("written", "plain"), [("ҮМСА", "YMCA"), ("НВС", "HBC")])
def test_cyrillic_letters_against_those_registered(
    framework: Framework, actor: Actor, written: str, plain: str
) -> None:
    """A name in Cyrillic capitals is asked about beside its Latin look-alike that is registered."""
    provider = make_provider(plain, company_number="01000001")
    batch = send(framework, actor, (written, "01000002"))
    assert find_row(batch, 2).faults == {
        "provider": f"Is this “{plain}”, which is registered here? Look: “{written}” is written with Cyrillic letters "
        "that look like others. Say whether it is the same organisation.",
        "alike": [
            {
                "answer": f"same:{provider.id}",
                "name": plain,
                "reason": f"“{written}” is written with Cyrillic letters that look like others",
            }
        ],
    }
    # The same it cannot be while the numbers differ: one of them must be corrected.
    assert answer(batch, actor, 2, f"same:{provider.id}") is RowStatus.REJECTED
    assert find_row(batch, 2).faults == {
        "company_number": f"This is “{plain}”, which is registered here, with the number 01000001. Correct one of them."
    }


def test_cyrillic_letters_with_nobody_alike(framework: Framework, actor: Actor) -> None:
    """Alone, too, such a name is asked about before it is stored; with its Latin twin, that one's name is taken."""
    batch = send(framework, actor, ("ҮМСА", "01000002"))
    assert find_row(batch, 2).faults == {
        "provider": "The name is written with Cyrillic letters. Type it as its register has it, or say that it is "
        "right."
    }
    assert answer(batch, actor, 2, NEW) is RowStatus.READY
    twins = send(framework, actor, ("НВС", "01000003"), ("HBC", "01000003"))
    assert states(twins) == ["rejected", "rejected"]
    assert find_row(twins, 3).faults == {"row": "This row says the same as row 2. Leave one of them out."}


def test_the_same_as_one_registered(framework: Framework, actor: Actor) -> None:
    """Where the numbers do not contradict, the officer's word joins the row to the registered provider."""
    provider = make_provider(
        "Action For Children", company_number=None, charity_scheme="GB-CHC", charity_number="1097940"
    )
    batch = send(framework, actor, (ACTION[0], "04764232"))
    assert states(batch) == ["rejected"]
    assert answer(batch, actor, 2, f"same:{provider.id}") is RowStatus.READY
    counts = import_ready_rows(batch=batch, actor=actor, now=clock.now())
    assert (counts.providers, counts.admissions) == (0, 1)
    assert (provider.name, provider.company_number) == ("Action For Children", None)


def test_another_than_one_registered(framework: Framework, actor: Actor) -> None:
    """The officer's word that it is another organisation registers it beside the first."""
    make_provider("Demo Care")
    batch = send(framework, actor, ("Demo Care Ltd", "01000001"))
    assert answer(batch, actor, 2, NEW) is RowStatus.READY
    import_ready_rows(batch=batch, actor=actor, now=clock.now())
    assert sorted(db.session.scalars(select(Provider.name))) == ["Demo Care", "Demo Care Ltd"]


def test_a_number_of_somebody_else(framework: Framework, actor: Actor) -> None:
    """A registered number under quite another name is asked about; two numbers of two organisations are refused."""
    make_provider("Demo Meadow", company_number="01000001")
    make_provider("Demo Bridge", company_number=None, charity_scheme="GB-CHC", charity_number="1090095")
    both = member_row(provider="Demo Meadow", company_number="01000001", charity_number="1090095", admitted_on=DAY)
    other = member_row(provider="Quite Another", company_number="01000001", admitted_on=DAY)
    batch = read_members_file(
        framework=framework, file_name="", content=members_file(both, other), actor=actor, now=clock.now()
    )
    assert find_row(batch, 2).faults == {
        "charity_number": "The two numbers belong to “Demo Meadow”, which is registered here, and to “Demo Bridge”, "
        "which is registered here."
    }
    assert find_row(batch, 3).faults["alike"][0]["reason"] == "it has the same registered number under another name"


def test_rows_that_write_it_alike_are_decided_together(framework: Framework, actor: Actor) -> None:
    """One answer counts for every row with the same name and numbers, and what is doubtful stays so by its number."""
    make_provider("Demo Care")
    lots = live_framework(lots=3, authority=framework.authority)
    rows = [
        member_row(provider=name, company_number="01000001", lot=str(lot), admitted_on=DAY)
        for lot, name in ((1, "Demo Care Ltd"), (2, "Demo Care Ltd"), (3, "DEMO CARE LTD"))
    ]
    batch = read_members_file(
        framework=lots, file_name="m.csv", content=members_file(*rows), actor=actor, now=clock.now()
    )
    assert states(batch) == ["rejected", "rejected", "rejected"]
    assert answer(batch, actor, 3, NEW) is RowStatus.READY
    assert states(batch) == ["ready", "ready", "ready"]
    assert import_ready_rows(batch=batch, actor=actor, now=clock.now()).providers == 1


@pytest.mark.parametrize("said", ["", "same:", "same:nobody", "row:99", "row:2", "maybe"])
def test_answers_that_are_none(framework: Framework, actor: Actor, said: str) -> None:
    """Only what was offered is an answer."""
    batch = send(framework, actor, ("Demo Care", "01000001"), ("Demo Meadow", "01000002"))
    with pytest.raises(InvalidInput) as refused:
        answer(batch, actor, 3, said)
    assert refused.value.field == "answer"


def test_a_corrected_name_is_decided_anew(framework: Framework, actor: Actor) -> None:
    """What was said about one name does not hold for another."""
    make_provider("Demo Care")
    batch = send(framework, actor, ("Demo Care Ltd", "01000001"))
    answer(batch, actor, 2, NEW)
    cells = member_row(provider="DEMO CARE", company_number="01000001", admitted_on=DAY)
    assert correct_row(batch=batch, number=2, cells=cells, actor=actor, now=clock.now()).status is RowStatus.REJECTED
