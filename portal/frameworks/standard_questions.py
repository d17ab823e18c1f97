"""The standard selection questionnaire, as data: who the provider is, the grounds for exclusion, standing evidence.

The grounds are those of PA2023 Sch 6-7 and PCR2015 reg 57, in plain words. Each judges itself ("no" passes), and a
"yes" opens two further questions: what happened, and what has been put right, which a person judges (self-cleaning:
PA2023 s.58; PCR2015 reg 57(13)-(15)). Conditions of certain lots are the commissioner's to add (structure.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.frameworks.questionnaire import AnswerKind, Judged, Question, Section, SelectionQuestionnaire
from portal.regulation.framework_law import EXCLUSIONS, ExclusionLaw
from portal.regulation.kinds import Regime

ABOUT, MANDATORY, DISCRETIONARY, STANDING, CONDITIONS = (
    "about",
    "mandatory",
    "discretionary",
    "standing",
    "conditions",
)


@dataclass(frozen=True)
class Ground:
    """A ground for exclusion: a yes or no question, and its law under each regime (None: only the 2023 Act)."""

    key: str
    prompt: str
    pcr: str | None
    years: int = 5
    """How far the question looks back."""


WHO = "your organisation, anyone who runs or controls it, or a subcontractor you rely on"

CONVICTIONS = (
    Ground("corporate_manslaughter", "corporate manslaughter or corporate homicide", None),
    Ground("terrorism", "a terrorism offence", "PCR2015 reg 57(1)"),
    Ground("theft_fraud_bribery", "theft, fraud, bribery or blackmail", "PCR2015 reg 57(1)"),
    Ground("labour_slavery", "slavery, human trafficking or a labour market offence", "PCR2015 reg 57(1)"),
    Ground("organised_crime", "taking part in organised crime", "PCR2015 reg 57(1)"),
    Ground("tax_offence", "a tax offence, such as cheating the public revenue", "PCR2015 reg 57(1)"),
    Ground("cartel_offence", "the cartel offence", None),
    Ground("ancillary", "helping or encouraging somebody to commit one of these offences", "PCR2015 reg 57(1)"),
)
"""Mandatory: "Has anyone been convicted of ...?"."""

EVENTS = (
    Ground("tax_unpaid", "been found in a final decision to owe taxes or social security", "PCR2015 reg 57(3)"),
    Ground("tax_penalty", "had to pay a penalty for evading tax or VAT, or for false tax documents", None),
    Ground("abusive_tax", "been party to tax arrangements that were found to be abusive, or that were defeated", None),
    Ground("vat_abuse", "been found by HMRC to have taken part in an abusive VAT practice", None),
    Ground("cartel_finding", "been found to have agreed with competitors on prices, bids or customers", None),
    Ground("investigation", "failed to cooperate with an investigation under procurement law", None),
)
"""Mandatory: "Has anyone ...?"."""

DISCRETIONARY_GROUNDS = (
    Ground("labour_breach", "broken labour law, such as minimum wage or working time", "PCR2015 reg 57(8)(a)", 5),
    Ground("environment", "been convicted of an environmental offence that did harm", "PCR2015 reg 57(8)(a)", 5),
    Ground(
        "insolvency", "become insolvent, gone into administration or agreed terms with creditors",
        "PCR2015 reg 57(8)(b)", 3,
    ),
    Ground("ceased", "stopped trading or begun to wind up its business", "PCR2015 reg 57(8)(b)", 3),
    Ground("misconduct", "been found guilty of serious professional misconduct", "PCR2015 reg 57(8)(c)", 5),
    Ground(
        "competition", "probably broken competition law, whether or not it has been decided", "PCR2015 reg 57(8)(d)", 5
    ),
    Ground("dominance", "been found to have abused a dominant position in a market", "PCR2015 reg 57(8)(d)", 5),
    Ground(
        "poor_performance", "broken a public contract so badly that it was ended, or that damages were paid",
        "PCR2015 reg 57(8)(g)", 5,
    ),
    Ground(
        "improper", "tried to influence a procurement improperly, or given misleading information in one",
        "PCR2015 reg 57(8)(h)-(i)", 5,
    ),
    Ground("national_security", "been found to be a threat to national security", None, 5),
)  # fmt: skip
"""Discretionary: "Has anyone ...?"."""


def standard_questionnaire(regime: Regime, conditions: tuple[Question, ...] = ()) -> SelectionQuestionnaire:
    """Make the questionnaire that every framework under this regime starts with, and the conditions added to it."""
    law = EXCLUSIONS[regime]
    return SelectionQuestionnaire(
        (
            Section(
                ABOUT, "About your organisation", "Who you are, and whom we write to.", _about(law.core_information)
            ),
            Section(
                MANDATORY,
                "Reasons why we must exclude a provider",
                f"The questions are about {WHO}. If one applies, you can explain what has been put right.",
                _grounds(CONVICTIONS, "been convicted of ", law.mandatory, law)
                + _grounds(EVENTS, "", law.mandatory, law),
            ),
            Section(
                DISCRETIONARY,
                "Reasons why we may exclude a provider",
                f"The questions are about {WHO}. If one applies, you can explain what has been put right.",
                _grounds(DISCRETIONARY_GROUNDS, "", law.discretionary, law),
            ),
            Section(
                STANDING,
                "Insurance, registration and safeguarding",
                "A document is used again wherever it is asked for. We remind you before it lapses.",
                _standing(law.insurance),
            ),
            Section(CONDITIONS, "Conditions", "What this asks besides, for all lots or for some.", conditions),
        )
    )


def _about(core_information: str) -> tuple[Question, ...]:
    shared = Question(
        "central_platform",
        "Have you registered on the central digital platform (Find a Tender) and shared your supplier information?",
        AnswerKind.YES_NO,
        help="It is free. Everybody who supplies public bodies gives the same information there once.",
        judged=Judged.ITSELF,
        passes="yes",
        profile="central_platform",
        law=core_information,
    )
    return (
        Question("trading_name", "The name that your organisation trades under", profile="trading_name"),
        Question(
            "organisation_type",
            "What kind of organisation is it?",
            AnswerKind.CHOICE,
            choices=("Company", "Charity", "Community interest company", "Public body", "Sole trader", "Other"),
            profile="organisation_type",
        ),
        Question("contact_name", "The person we should talk to about this application", profile="contact_name"),
        Question("contact_email", "That person’s email address", profile="contact_email"),
        Question(
            "parent_company",
            "Does another organisation own or control yours? If so, which?",
            help="Write “No” if none does.",
            profile="parent_company",
        ),
        *((shared,) if core_information else ()),
    )


def _grounds(grounds: tuple[Ground, ...], verb: str, schedule: str, exclusion: ExclusionLaw) -> tuple[Question, ...]:
    asked: list[Question] = []
    for ground in grounds:
        law = schedule or ground.pcr
        if law is not None:
            years = ground.years if verb else min(ground.years, exclusion.longest_look_back)
            asked += _ground(
                ground, f"Has anyone {verb}{ground.prompt} in the last {_years(years)}?", law, exclusion.cleaning
            )
    return tuple(asked)


def _ground(ground: Ground, prompt: str, law: str, cleaning: str) -> list[Question]:
    return [
        Question(
            ground.key,
            prompt,
            AnswerKind.YES_NO,
            judged=Judged.ITSELF,
            passes="no",
            profile=ground.key,
            law=law,
        ),
        Question(
            f"{ground.key}_what",
            "What happened, who was it, and when did it end?",
            help="Give the date and, where there is one, the address of the decision.",
            asked_if=(ground.key, "yes"),
            profile=f"{ground.key}_what",
            law=cleaning,
        ),
        Question(
            f"{ground.key}_put_right",
            "What have you done so that it cannot happen again?",
            help="For example: paid back, worked with the investigators, changed people, rules or training.",
            judged=Judged.PERSON,
            asked_if=(ground.key, "yes"),
            profile=f"{ground.key}_put_right",
            law=cleaning,
        ),
    ]


def _standing(law: str) -> tuple[Question, ...]:
    # Insurance can be asked for by the award, not before it (PA2023 s.36): a promise passes, a document may
    # be added.
    return (
        *_insurance("employers_liability", "employers’ liability insurance", law),
        *_insurance("public_liability", "public liability insurance", law),
        Question(
            "must_register",
            "Must your service be registered with Ofsted, the Care Quality Commission or another regulator?",
            AnswerKind.YES_NO,
            profile="must_register",
        ),
        Question(
            "registration_certificate",
            "Your certificate of registration",
            AnswerKind.EVIDENCE,
            judged=Judged.PERSON,
            asked_if=("must_register", "yes"),
            profile="registration_certificate",
            law=law,
        ),
        Question(
            "safeguarding_policy",
            "Your safeguarding policy",
            AnswerKind.EVIDENCE,
            help="How you keep children and young people safe, checked by you in the last year.",
            judged=Judged.PERSON,
            profile="safeguarding_policy",
            expires=True,
            law="Children Act 2004 s.11",
        ),
    )


def _insurance(key: str, name: str, law: str) -> tuple[Question, ...]:
    return (
        Question(
            f"{key}_held",
            f"Do you have {name}, or will you have it before a contract begins?",
            AnswerKind.YES_NO,
            judged=Judged.ITSELF,
            passes="yes",
            profile=f"{key}_held",
            law=law,
        ),
        Question(
            key,
            f"Your certificate of {name}, if you have it already",
            AnswerKind.EVIDENCE,
            judged=Judged.PERSON,
            asked_if=(f"{key}_held", "yes"),
            required=False,
            profile=key,
            expires=True,
            law=law,
        ),
    )


def _years(years: int) -> str:
    return {3: "three years", 5: "five years"}[years]
