"""The notices of the Procurement Act 2023, UK1 to UK17, as data.

Each with its section and regulation, what triggers it, by when, what light touch changes, and the OCDS
release tag and document type that carry it. `statute_verified` says that trigger and timing were read in the
Act or the Regulations; `number_verified` that the notice's UK number was read in a published source rather
than remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class NoticeKind:
    """One kind of notice; the module's docstring explains the two flags. `tag` and `document_type` are None
    for a notice that is about an organisation and not about a contracting process.
    """

    code: str
    name: str
    section: str
    regulation: str
    trigger: str
    timing: str
    light_touch: str
    tag: str | None
    document_type: str | None
    statute_verified: bool
    number_verified: bool = False
    note: str = ""


_ALL = (
    NoticeKind(
        code="UK1",
        name="Pipeline notice",
        section="PA2023 s.93",
        regulation="PR24 reg 15",
        trigger=(
            "the authority expects to pay more than £100m under relevant contracts in the coming financial "
            "year; it lists each contract above £2m that it means to announce in the next 18 months"
        ),
        timing="56 days beginning with 1 April, so by 26 May",
        light_touch="applies",
        tag="planning",
        document_type="procurementPlan",
        statute_verified=True,
        number_verified=True,
    ),
    NoticeKind(
        code="UK2",
        name="Preliminary market engagement notice",
        section="PA2023 s.17",
        regulation="PR24 reg 17",
        trigger="preliminary market engagement carried out",
        timing="before the tender notice, or with the reasons in the tender notice",
        light_touch="applies",
        tag="planning",
        document_type="marketEngagementNotice",
        statute_verified=True,
        number_verified=True,
    ),
    NoticeKind(
        code="UK3",
        name="Planned procurement notice",
        section="PA2023 s.15",
        regulation="PR24 reg 16",
        trigger="optional",
        timing=(
            "shortens the tendering period to 10 days when published at least 40 days and at most "
            "12 months before the tender notice"
        ),
        light_touch="applies",
        tag="planning",
        document_type="plannedProcurementNotice",
        statute_verified=True,
        number_verified=True,
    ),
    NoticeKind(
        code="UK4",
        name="Tender notice",
        section="PA2023 s.21, s.87(1)",
        regulation="PR24 regs 18-22, 24",
        trigger=(
            "a competitive tendering procedure starts, a call-off under a dynamic market included; or a "
            "below-threshold contract of at least £30,000 (sub-central) is advertised"
        ),
        timing="start of procedure",
        light_touch="applies",
        tag="tender",
        document_type="tenderNotice",
        statute_verified=True,
        number_verified=True,
    ),
    NoticeKind(
        code="UK5",
        name="Transparency notice",
        section="PA2023 s.44",
        regulation="PR24 reg 26",
        trigger="direct award under s.41 or s.43",
        timing="before award",
        light_touch="applies, except user-choice (Sch 5 para 15)",
        tag="award",
        document_type="tenderNotice",
        statute_verified=True,
        note="OCDS tag for UK5 not verified",
    ),
    NoticeKind(
        code="UK6",
        name="Contract award notice",
        section="PA2023 s.50",
        regulation="PR24 reg 27",
        trigger="before entering into a public contract",
        timing="before entry; after assessment summaries if s.19 award",
        light_touch="applies, except user-choice",
        tag="award",
        document_type="awardNotice",
        statute_verified=True,
    ),
    NoticeKind(
        code="UK7",
        name="Contract details notice",
        section="PA2023 s.53, s.87(3)",
        regulation="PR24 regs 32-36",
        trigger="public contract entered into; notifiable below-threshold contract entered into",
        timing=(
            "30 days beginning with day of entry (light touch 120); below-threshold: as soon as reasonably practicable"
        ),
        light_touch="120 days",
        tag="contract",
        document_type="contractNotice",
        statute_verified=True,
    ),
    NoticeKind(
        code="UK8",
        name="Contract payment notice",
        section="PA2023 s.70",
        regulation="not found in reg 5(3) of the 2026-03-24 text",
        trigger="payment > £30,000 under a public contract",
        timing="30 days beginning with last day of the quarter of payment",
        light_touch="applies",
        tag="implementation",
        document_type="implementationNotice",
        statute_verified=True,
        note="in-force date of s.70 not verified",
    ),
    NoticeKind(
        code="UK9",
        name="Contract performance notice",
        section="PA2023 s.71",
        regulation="PR24 reg 39",
        trigger="KPI assessment at least every 12 months and on termination; or breach / failure to perform",
        timing="KPI: 12-monthly; breach: 30 days beginning with the day s.71(5) first applies",
        light_touch="KPI duty does not arise (s.52(6)(d)); s.71(5) disapplied by s.71(6)",
        tag="implementation",
        document_type="implementationNotice",
        statute_verified=True,
    ),
    NoticeKind(
        code="UK10",
        name="Contract change notice",
        section="PA2023 s.75",
        regulation="PR24 reg 40",
        trigger=(
            "before modifying a public/convertible contract unless value change <= 10% goods/services "
            "(15% works) or term change <= 10%"
        ),
        timing="before modification",
        light_touch="does not apply (s.75(6)(b))",
        tag="contractAmendment",
        document_type="contractNotice",
        statute_verified=True,
    ),
    NoticeKind(
        code="UK11",
        name="Contract termination notice",
        section="PA2023 s.80",
        regulation="PR24 reg 41",
        trigger="public contract terminated (includes expiry, discharge, rescission, set aside)",
        timing="30 days beginning with day of termination",
        light_touch="applies, except user-choice",
        tag="contractTermination",
        document_type="contractTerminationNotice",
        statute_verified=True,
    ),
    NoticeKind(
        code="UK12",
        name="Procurement termination notice",
        section="PA2023 s.55",
        regulation="PR24 reg 37",
        trigger="decision not to award after tender/transparency notice",
        timing="as soon as reasonably practicable after decision",
        light_touch="applies",
        tag="tenderCancellation",
        document_type="tenderCancellationNotice",
        statute_verified=True,
    ),
    NoticeKind(
        code="UK13",
        name="Dynamic market intention notice",
        section="PA2023 s.39(2)",
        regulation="PR24 reg 25(2)",
        trigger="before establishing a dynamic market",
        timing="before",
        light_touch="applies",
        tag="tender",
        document_type="tenderNotice",
        statute_verified=True,
        number_verified=True,
        note="conflicts assessment first: s.83(2)",
    ),
    NoticeKind(
        code="UK14",
        name="Dynamic market establishment notice",
        section="PA2023 s.39(3)",
        regulation="PR24 reg 25(4)",
        trigger="market established",
        timing="as soon as reasonably practicable",
        light_touch="applies",
        tag="tenderUpdate",
        document_type="tenderNotice",
        statute_verified=True,
    ),
    NoticeKind(
        code="UK15",
        name="Dynamic market modification notice",
        section="PA2023 s.39(4)",
        regulation="PR24 reg 25(6)",
        trigger="market modified, including each supplier admitted or removed",
        timing="as soon as reasonably practicable",
        light_touch="applies",
        tag="tenderUpdate",
        document_type="tenderNotice",
        statute_verified=True,
        number_verified=True,
    ),
    NoticeKind(
        code="UK16",
        name="Dynamic market cessation notice",
        section="PA2023 s.39(5)",
        regulation="PR24 reg 25(8)",
        trigger="market ceases to operate",
        timing="as soon as reasonably practicable",
        light_touch="applies",
        tag="tenderUpdate",
        document_type="tenderNotice",
        statute_verified=True,
    ),
    NoticeKind(
        code="UK17",
        name="Payments compliance notice",
        section="PA2023 s.69",
        regulation="PR24 reg 38",
        trigger=(
            "any payment made/sum payable under a public contract in the six-month reporting period (to"
            " 31 March / 30 September)"
        ),
        timing="30 days beginning with last day of reporting period",
        light_touch="applies",
        tag=None,
        document_type=None,
        statute_verified=True,
        note="organisation-level, not a contracting process",
    ),
)

CATALOGUE = MappingProxyType({kind.code: kind for kind in _ALL})
"""Every kind of notice by its code."""
