"""The two reference tables that an administrator may edit: bank holidays and CPV codes.

Both start from bundled data (`seeding.py`) and stay editable, because the law and the calendar change between
releases of the product.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.columns import Model, one_of
from portal.regulation.working_days import Nation


class BankHoliday(Model):
    """One bank holiday in one nation.

    `observed` is false for a day that an administrator has withdrawn: the row stays, so that seeding again
    from a newer bundle never brings the day back.
    """

    __tablename__ = "bank_holiday"
    __table_args__ = (CheckConstraint("title <> ''", name="title_present"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    nation: Mapped[Nation] = one_of(Nation, primary_key=True)
    title: Mapped[str]
    observed: Mapped[bool] = mapped_column(server_default=text("true"), default=True)


class CpvCode(Model):
    """One code of the Common Procurement Vocabulary: 8 digits, without the check digit (PR24 writes it so).

    `light_touch` says that the code is in Schedule 1 of the Procurement Regulations 2024; `reservable` that a
    contract for it may be reserved to public service mutuals (PA2023 s.33).
    """

    __tablename__ = "cpv_code"
    __table_args__ = (
        CheckConstraint("code ~ '^[0-9]{8}$'", name="code_eight_digits"),
        CheckConstraint("light_touch OR NOT reservable", name="reservable_is_light_touch"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    description: Mapped[str]
    light_touch: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    reservable: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
