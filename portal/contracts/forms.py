"""The form that concludes a contract."""

from __future__ import annotations

from wtforms import DateField, SubmitField
from wtforms.validators import InputRequired

from portal.accounts.forms import FactorField


class ContractForm(FactorField):
    """When both signed, and when it begins."""

    signed_date = DateField(
        "Day on which both signed", validators=[InputRequired("Give the day, such as 4 12 2026.")]
    )
    start_date = DateField(
        "First day of the contract", validators=[InputRequired("Give the first day, such as 1 4 2027.")]
    )
    submit = SubmitField("Conclude the contract")
