"""The form that concludes a contract."""

from __future__ import annotations

from wtforms import SubmitField
from wtforms.validators import DataRequired

from portal.accounts.forms.factor import FactorField
from portal.web.fields import DayField


class ContractForm(FactorField):
    """When both signed, and when it begins."""

    signed_date = DayField(
        "Day on which both signed",
        [DataRequired("Give the day on which both signed, such as 4 12 2026.")],
        description="For example, 4 12 2026",
    )
    start_date = DayField(
        "First day of the contract",
        [DataRequired("Give the first day of the contract, such as 1 4 2027.")],
        description="The term and its break points run from this day, as they were published. For example, 1 4 2027",
    )
    submit = SubmitField("Conclude the contract")
