"""The grounds for exclusion that officers can raise: those that every questionnaire asks about, with their law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from portal.core.errors import InvalidInput
from portal.frameworks.standard_questions import CONVICTIONS, DISCRETIONARY_GROUNDS, EVENTS
from portal.regulation.assessing_law import ASSESSING
from portal.regulation.framework_law import EXCLUSIONS
from portal.regulation.kinds import Regime


@dataclass(frozen=True)
class RaisedGround:
    """A ground in words, whether the bid must be disregarded where it applies, and the law that lists it."""

    words: str
    is_mandatory: bool
    law: str
    test: str

    @property
    def in_list(self) -> str:
        """As officers choose it."""
        return f"{'Mandatory' if self.is_mandatory else 'Discretionary'}: {self.words[0].lower()}{self.words[1:]}"

    @property
    def consequence(self) -> str:
        """What follows from it (PA2023 s.26(1)-(2), s.57; PCR2015 reg 57)."""
        return f"Where it applies{self.test}, the bid {'must' if self.is_mandatory else 'may'} be disregarded."


DEBARRED = (
    ("debarred", "Is on the debarment list for a mandatory ground", True),
    ("debarred_discretionary", "Is on the debarment list for a discretionary ground", False),
)
"""What nobody is asked in a questionnaire, because a Minister has decided it."""


def _grounds_under(regime: Regime) -> Mapping[str, RaisedGround]:
    law, assessing = EXCLUSIONS[regime], ASSESSING[regime]
    listed = (
        (CONVICTIONS, "Convicted of", True, law.mandatory),
        (EVENTS, "Has", True, law.mandatory),
        (DISCRETIONARY_GROUNDS, "Has", False, law.discretionary),
    )
    known = {
        ground.key: RaisedGround(f"{verb} {ground.prompt}", is_mandatory, cited, f" {assessing.test}")
        for grounds, verb, is_mandatory, schedule in listed
        for ground in grounds
        if (cited := schedule or ground.pcr)
    }
    debarred = {
        key: RaisedGround(words, is_mandatory, cited, "")
        for (key, words, is_mandatory), cited in zip(DEBARRED, assessing.debarred, strict=False)
    }
    return MappingProxyType(debarred | known)


GROUNDS: Mapping[Regime, Mapping[str, RaisedGround]] = MappingProxyType(
    {regime: _grounds_under(regime) for regime in ASSESSING}
)
"""By regime and key: the Act of 2023 knows more of them."""


def require_ground(key: str, regime: Regime) -> RaisedGround:
    """The ground with that key; raises `InvalidInput` (field "ground")."""
    if key not in GROUNDS[regime]:
        raise InvalidInput("Choose a ground from the list.", field="ground")
    return GROUNDS[regime][key]
