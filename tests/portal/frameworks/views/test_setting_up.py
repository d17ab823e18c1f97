"""A commissioner's pages: starting a draft, its task list, every part, going live, ending."""

from __future__ import annotations

import io
from typing import Any

import pytest
from bs4 import BeautifulSoup

from portal.core.permissions import AUTHORITY_ROLES, Role
from portal.extensions import db
from portal.frameworks.models import Framework
from portal.frameworks.queries import find_framework
from portal.frameworks.states import FrameworkStatus
from portal.organisations.models import ContractingAuthority
from portal.regulation.kinds import FrameworkKind
from tests.client import CheckedClient
from tests.factories.accounts import current_code, make_person, sign_in
from tests.factories.frameworks import admit, draft_framework, live_framework, participant
from tests.factories.organisations import make_authority
from tests.filling import errors_of, fill, press, text_of

BASE = "/commissioning/frameworks"
PARTS = (
    "about",
    "term",
    "terms",
    "lots",
    "lots/add",
    "lots/1",
    "lots/1/remove",
    "criteria",
    "criteria/add",
    "questions",
    "questions/add",
    "publication",
    "go-live",
    "abandon",
)
ALSO_LIVE = ("participants", "windows", "documents")


@pytest.fixture
def authority(db_session: object) -> ContractingAuthority:
    """The authority that leads."""
    return make_authority()


@pytest.fixture
def commissioner(client: CheckedClient, authority: ContractingAuthority) -> Any:
    """A signed-in commissioner of it."""
    person = make_person(Role.COMMISSIONER, authority=authority)
    sign_in(client, person)
    return person


def statuses_of(page: Any) -> dict[str, str]:
    """The task list: each task and its status."""
    rows = BeautifulSoup(page.text, "html.parser").select(".govuk-task-list__item")
    return {
        row.select_one(".govuk-task-list__name-and-hint > *").get_text(strip=True): row.select_one(".fl-tag").get_text(  # type: ignore[union-attr]
            strip=True
        )
        for row in rows
    }


def day(name: str, typed: str) -> dict[str, str]:
    """The three boxes of a date, "1 4 2027"."""
    return {f"{name}-{part}": text for part, text in zip(("day", "month", "year"), typed.split(), strict=True)}


def test_a_market_is_drawn_up_page_by_page_and_goes_live(client: CheckedClient, commissioner: Any) -> None:
    """From the first page to the public one, every value typed into its own form."""
    started = fill(client, f"{BASE}/new", {"title": "Homes for children", "kind": "dynamic_market"})
    draft = started.location
    assert statuses_of(client.get(draft)) == {
        "What is bought": "Not started",
        "Validity": "Not started",
        "How it works, fee and terms": "Not started",
        "Lots, bandings and areas": "Cannot start yet",
        "Award criteria of call-offs": "Not started",
        "What providers are asked": "Completed",
        "Participating authorities": "Completed",
        "Documents": "Optional",
        "Notice on Find a Tender": "Not started",
    }
    assert "Give the CPV codes under “What is bought” first." in client.get(draft).text
    typed: list[tuple[str, dict[str, Any]]] = [
        (
            "about",
            {
                "description": "Homes in the county.",
                "cpv_codes": "85311300",
                "estimated_value": "£4,000,000",
                "replaces": "The old list",
                "providers_before": "2",
            },
        ),
        ("term", day("valid_from", "1 1 2027") | day("valid_until", "31 12 2031")),
        (
            "terms",
            {
                "how_it_works": "Apply to a lot.",
                "fee_payer": "awarded",
                "fee_percent": "0.5%",
                "publishes_members": "y",
            },
        ),
        (
            "lots/add",
            {
                "title": "Children’s homes",
                "definition": "Homes for up to four children.",
                "areas": "Demotown\nDemoshire",
                "placement_types": "Residential",
                "bands": "Band A: Some need\nBand B: Much need",
                "largest_contract": "250,000",
            },
        ),
        ("criteria/add", {"title": "Quality", "lowest_weight": "40", "highest_weight": "80"}),
        ("criteria/add", {"title": "Price", "lowest_weight": "20", "highest_weight": "60"}),
        (
            "questions/add",
            {
                "prompt": "How many years have you run homes?",
                "kind": "number",
                "judged": "itself",
                "passes": "2",
                "lots": ["1"],
            },
        ),
        ("publication", {"publication_reference": "012345-2026"}),
    ]
    for part, values in typed:
        answer = fill(client, f"{draft}/{part}", values)
        assert (answer.status_code, errors_of(answer)) == (302, []), part
    assert set(statuses_of(client.get(draft)).values()) == {"Completed", "Optional"}
    last_look = text_of(client.get(f"{draft}/go-live"))
    for words in ("From now on this is fixed", "Band B", "Much need", "40% to 80%", "0.5% of its estimated value"):
        assert words in last_look
    done = fill(client, f"{draft}/go-live")
    framework = find_framework(draft.rpartition("/")[2])
    assert (done.status_code, done.location) == (302, f"/frameworks/{framework.reference}")
    assert (framework.status, framework.lots[0].bands[1].title) == (FrameworkStatus.LIVE, "Band B")
    public = text_of(client.get(done.location))
    assert "How many years have you run homes?" in public
    assert "previously 2" in public


def test_what_was_saved_is_shown_again(client: CheckedClient, authority: Any, commissioner: Any) -> None:
    """Days as days, bandings line by line, weights without superfluous zeros."""
    framework = draft_framework(authority=authority, bands=2, valid_from=None, valid_until=None)
    fill(
        client,
        f"{BASE}/{framework.reference}/term",
        day("valid_from", "1 4 2027") | day("valid_until", "31 3 2031"),
    )
    page = BeautifulSoup(client.get(f"{BASE}/{framework.reference}/term").text, "html.parser")
    assert [page.find("input", {"name": f"valid_until-{part}"})["value"] for part in ("day", "month", "year")] == [  # type: ignore[index]
        "31",
        "3",
        "2031",
    ]
    lot = BeautifulSoup(client.get(f"{BASE}/{framework.reference}/lots/1").text, "html.parser")
    assert lot.find("textarea", {"name": "bands"}).get_text().strip() == (  # type: ignore[union-attr]
        "Band 1: Need of level 1.\r\nBand 2: Need of level 2."
    ).replace("\r", "")
    criterion = framework.criteria[0].id
    weights = BeautifulSoup(client.get(f"{BASE}/{framework.reference}/criteria/{criterion}").text, "html.parser")
    assert weights.find("input", {"name": "lowest_weight"})["value"] == "40"  # type: ignore[index]


def test_a_dps_of_today_is_refused_with_the_section(client: CheckedClient, commissioner: Any) -> None:
    """The reason stands beside the day, and what was typed is kept."""
    answer = fill(client, f"{BASE}/new", {"title": "Short breaks", "kind": "dps"} | day("established_on", "24 2 2025"))
    assert answer.status_code == 422
    assert errors_of(answer) == [
        "A dynamic purchasing system can only be recorded if it was established before 24 February 2025. Set up a "
        "dynamic market instead (PA2023 s.34; SI 2024/716 reg 5)."
    ]
    assert 'value="Short breaks"' in answer.text
    assert fill(client, f"{BASE}/new", {"title": " ", "kind": "framework"}).status_code == 422


def test_a_validity_that_the_law_does_not_allow_is_refused_beside_its_field(
    client: CheckedClient, authority: Any, commissioner: Any
) -> None:
    """A DPS cannot outlast 23 February 2029."""
    framework = draft_framework(authority=authority, kind=FrameworkKind.DPS)
    address = f"{BASE}/{framework.reference}/term"
    answer = fill(client, address, day("valid_until", "24 2 2029"))
    assert errors_of(answer) == [
        "A dynamic purchasing system ends at the latest at the end of 23 February 2029 (SI 2024/716 reg 5(4)(b))."
    ]
    assert fill(client, address, day("valid_until", "23 2 2029")).status_code == 302


def test_a_fee_on_a_dps_is_refused(client: CheckedClient, authority: Any, commissioner: Any) -> None:
    """The page offers none; sending one anyway is refused with the section."""
    framework = draft_framework(authority=authority, kind=FrameworkKind.DPS)
    address = f"{BASE}/{framework.reference}/terms"
    assert "There is no fee" in client.get(address).text
    answer = fill(client, address, {"fee_payer": "awarded", "fee_percent": "1"})
    assert (answer.status_code, errors_of(answer)) == (
        422,
        ["A dynamic purchasing system is free for everybody (PCR2015 reg 34(29))."],
    )


def test_an_unready_draft_cannot_go_live(client: CheckedClient, authority: Any, commissioner: Any) -> None:
    """What is missing is linked to its page, there is no button, and posting anyway is refused."""
    framework = draft_framework(authority=authority, how_it_works="", publication_reference=None)
    address = f"{BASE}/{framework.reference}/go-live"
    page = client.get(address)
    links = [item["href"] for item in BeautifulSoup(page.text, "html.parser").select(".fl-errors a")]
    assert links == [f"{BASE}/{framework.reference}/terms", f"{BASE}/{framework.reference}/publication"]
    assert "It cannot go live yet" in page.text
    token = BeautifulSoup(client.get(f"{BASE}/new").text, "html.parser").find("input", {"name": "csrf_token"})
    answer = client.post(address, data={"csrf_token": token["value"]})  # type: ignore[index]
    assert (answer.status_code, framework.status) == (422, FrameworkStatus.DRAFT)


def test_going_live_and_ending_ask_for_a_fresh_second_factor(client: CheckedClient, authority: Any) -> None:
    """Ten minutes after signing in the code is asked for again; a wrong one changes nothing."""
    sign_in(client, make_person(Role.COMMISSIONER, authority=authority), fresh_factor=False)
    draft, live = draft_framework(authority=authority), live_framework(authority=authority)
    for framework, part, typed in ((draft, "go-live", {}), (live, "cease", {"reason": "Nobody calls off."})):
        address = f"{BASE}/{framework.reference}/{part}"
        assert "Code from your authenticator app" in client.get(address).text
        before = framework.status
        assert fill(client, address, typed | {"factor_code": "000000"}).status_code == 422
        assert framework.status is before


def test_a_right_code_lets_it_go_live(fresh_app: Any) -> None:
    """On real transactions, as the code is used up in one of its own."""
    client = fresh_app.test_client()
    with fresh_app.app_context():
        authority = make_authority()
        sign_in(client, make_person(Role.COMMISSIONER, authority=authority), fresh_factor=False)
        reference = draft_framework(authority=authority).reference
        answer = fill(client, f"{BASE}/{reference}/go-live", {"factor_code": current_code()})
        assert answer.status_code == 302
        db.session.rollback()
        assert find_framework(reference).status is FrameworkStatus.LIVE


def test_a_live_one_shows_what_can_be_done_and_what_is_fixed(
    client: CheckedClient, authority: Any, commissioner: Any
) -> None:
    """Its work, the little that can change, and a refusal with the section for the rest."""
    framework = live_framework(authority=authority)
    page = client.get(f"{BASE}/{framework.reference}")
    for part in ("applications", "members", "call-off", "import", "participants", "documents", "cease"):
        assert f"{BASE}/{framework.reference}/{part}" in page.text
    refused = client.get(f"{BASE}/{framework.reference}/lots")
    assert refused.status_code == 409
    assert "providers join under these conditions while it lasts (PA2023 s.36(7))" in text_of(refused)


def test_ending_it_early_is_said_to_everybody(client: CheckedClient, authority: Any, commissioner: Any) -> None:
    """With a reason; without one nothing happens."""
    framework = live_framework(authority=authority)
    address = f"{BASE}/{framework.reference}/cease"
    assert errors_of(fill(client, address)) == ["Say why it ends. Providers read it."]
    assert fill(client, address, {"reason": "Nobody calls off."}).status_code == 302
    assert "Nobody calls off." in client.get(f"/frameworks/{framework.reference}").text
    assert f"{BASE}/{framework.reference}/call-off" not in client.get(f"{BASE}/{framework.reference}").text


def test_a_draft_is_given_up(client: CheckedClient, authority: Any, commissioner: Any) -> None:
    """It is no longer on the list, and its page says so."""
    framework = draft_framework(authority=authority, title="Given up soon")
    assert "Given up soon" in client.get(BASE).text
    assert fill(client, f"{BASE}/{framework.reference}/abandon").status_code == 302
    assert "Given up soon" not in client.get(BASE).text
    assert "This draft was given up." in client.get(f"{BASE}/{framework.reference}").text


def test_authorities_are_named_and_take_part_no_longer(
    client: CheckedClient, authority: Any, commissioner: Any
) -> None:
    """With the day and the commitment; one that withdrew stays on the page with the day."""
    framework = live_framework(authority=authority)
    other = make_authority("Another Council")
    address = f"{BASE}/{framework.reference}/participants"
    typed = {"authority": str(other.id), "commitment": "Minute 12"} | day("committed_on", "12 10 2026")
    assert fill(client, address, typed).status_code == 302
    assert errors_of(fill(client, address, typed)) == ["Another Council takes part already."]
    assert "Minute 12" in client.get(address).text
    assert fill(client, f"{address}/{other.id}/withdraw").status_code == 302
    assert "Withdrew on" in client.get(address).text


def test_windows_are_published(client: CheckedClient, authority: Any, commissioner: Any) -> None:
    """From the start of the first day to the end of the last; a market has none, with the section."""
    framework = draft_framework(authority=authority, kind=FrameworkKind.FRAMEWORK, windows=[])
    address = f"{BASE}/{framework.reference}/windows"
    typed = day("opens", "1 1 2027") | day("closes", "31 1 2027")
    assert fill(client, address, typed).status_code == 302
    text = text_of(client.get(address))
    assert "midnight at the start of the day on Friday 1 January 2027 GMT" in text
    assert "midnight at the start of the day on Monday 1 February 2027 GMT" in text
    market = draft_framework(authority=authority)
    assert errors_of(fill(client, f"{BASE}/{market.reference}/windows", typed)) == [
        "Providers apply at any time while it is valid, so it has no windows (PA2023 s.36(6))."
    ]


def test_documents_are_added_and_removed_from_a_draft(client: CheckedClient, authority: Any, commissioner: Any) -> None:
    """The file is looked at; a live one's documents stay."""
    framework = draft_framework(authority=authority)
    address = f"{BASE}/{framework.reference}/documents"
    assert errors_of(fill(client, address, {"title": "Specification"})) == ["Choose a file."]
    strange = fill(client, address, {"title": "Specification", "file": (io.BytesIO(b"MZ"), "run.exe")})
    assert "run.exe is of a type that cannot be used." in errors_of(strange)[0]
    good = {"title": "Specification", "file": (io.BytesIO(b"Homes."), "specification.txt")}
    assert fill(client, address, good).status_code == 302
    document = framework.documents[0]
    assert fill(client, f"{address}/{document.id}/remove").status_code == 302
    assert framework.documents == []


def test_lots_criteria_and_conditions_are_removed(client: CheckedClient, authority: Any, commissioner: Any) -> None:
    """Each after a question; what is not there is not found."""
    framework = draft_framework(authority=authority, lots=2)
    base = f"{BASE}/{framework.reference}"
    fill(client, f"{base}/questions/add", {"prompt": "Do you have a garden?", "judged": "information"})
    for part in ("lots/2", "questions/condition_1", f"criteria/{framework.criteria[1].id}"):
        assert fill(client, f"{base}/{part}/remove").status_code == 302
        assert client.get(f"{base}/{part}").status_code == 404
    assert ([lot.number for lot in framework.lots], [one.title for one in framework.criteria]) == ([1], ["Quality"])


def test_disproportionate_conditions_are_warned_about(client: CheckedClient, authority: Any, commissioner: Any) -> None:
    """On the page of questions and before going live, with the section; it is a person's to decide."""
    framework = draft_framework(authority=authority)
    base = f"{BASE}/{framework.reference}"
    typed = {"prompt": "Send your audited accounts of three years.", "kind": "evidence"}
    assert fill(client, f"{base}/questions/add", typed).status_code == 302
    for part in ("questions", "go-live"):
        assert "Audited accounts cannot be asked of those who need not have them" in client.get(f"{base}/{part}").text
    assert fill(client, f"{base}/go-live").status_code == 302


def answered(client: CheckedClient, framework: Framework, parts: tuple[str, ...]) -> set[int]:
    """The statuses with which those pages answer."""
    return {client.get(f"{BASE}/{framework.reference}/{part}").status_code for part in parts}


def test_every_part_is_for_the_lead_authoritys_commissioner(
    client: CheckedClient, new_client: Any, authority: Any, commissioner: Any
) -> None:
    """200 for the commissioner, 409 once live, 404 for a participating authority's, 403 for other roles."""
    draft, live = draft_framework(authority=authority), live_framework(authority=authority)
    other = participant(draft)
    assert answered(client, draft, (*PARTS, *ALSO_LIVE)) == {200}
    assert answered(client, live, PARTS) == {409}
    assert answered(client, live, ALSO_LIVE) == {200}
    for status, person in {
        404: make_person(Role.COMMISSIONER, authority=other),
        403: make_person(Role.APPROVER, Role.AUTHORITY_ADMINISTRATOR, authority=authority),
    }.items():
        sign_in(client, person)
        assert answered(client, draft, (*PARTS, *ALSO_LIVE)) == {status}
    sign_in(client, make_person(Role.SUBMITTER))
    assert answered(client, draft, PARTS) == {403}
    assert answered(new_client(), draft, PARTS) == {302}


@pytest.mark.parametrize("role", sorted(AUTHORITY_ROLES - {Role.COMMISSIONER}))
def test_colleagues_read_the_task_list(client: CheckedClient, authority: Any, role: Role) -> None:
    """Without links to change anything."""
    framework = draft_framework(authority=authority)
    sign_in(client, make_person(role, authority=authority))
    page = client.get(f"{BASE}/{framework.reference}")
    assert page.status_code == 200
    assert f"{BASE}/{framework.reference}/about" not in page.text
    assert "Check and go live" not in page.text
    assert "Set up a framework or market" not in client.get(BASE).text


def test_the_list_shows_what_is_led_and_what_is_joined(
    client: CheckedClient, authority: Any, commissioner: Any
) -> None:
    """Drafts of the own authority; live ones of others that it has committed itself to, and no drafts of theirs."""
    draft_framework(authority=authority, title="Our draft")
    joined, secret, strange = live_framework(title="Theirs"), draft_framework(title="Secret"), live_framework()
    participant(joined, authority)
    participant(secret, authority)
    text = text_of(client.get(BASE))
    assert ("Our draft" in text, "Theirs" in text, "Secret" in text, strange.title in text) == (
        True,
        True,
        False,
        False,
    )
    assert f"{BASE}/{joined.reference}/call-off" in client.get(BASE).text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_few_statements(
    client: CheckedClient, authority: Any, commissioner: Any, db_session: Any, count_statements: Any, rows: int
) -> None:
    """The same for one of each and for three."""
    for _ in range(rows):
        admit(live_framework(authority=authority, kind=FrameworkKind.FRAMEWORK).lots[0])
        participant(live_framework(), authority)
    client.get(BASE)
    db_session.commit()
    with count_statements() as statements:
        client.get(BASE)
    assert len(statements) == 7


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("part", "most"), [("participants", 10), ("lots", 7), ("questions", 7), ("", 14)])
def test_the_parts_take_few_statements(
    client: CheckedClient,
    authority: Any,
    commissioner: Any,
    db_session: Any,
    count_statements: Any,
    rows: int,
    part: str,
    most: int,
) -> None:
    """The same for one lot and authority and for three."""
    framework = draft_framework(authority=authority, lots=rows, bands=rows)
    for _ in range(rows):
        participant(framework)
    address = f"{BASE}/{framework.reference}/{part}".rstrip("/")
    client.get(address)
    db_session.commit()
    with count_statements() as statements:
        client.get(address)
    assert len(statements) == most


def test_pressing_nothing_changes_nothing(client: CheckedClient, authority: Any, commissioner: Any) -> None:
    """A form without its token is refused, and a page that is opened writes nothing."""
    framework = draft_framework(authority=authority)
    assert client.post(f"{BASE}/{framework.reference}/abandon").status_code == 400
    address = f"{BASE}/{framework.reference}/abandon"
    assert press(client, address, address).status_code == 302
    assert framework.status is FrameworkStatus.CEASED
