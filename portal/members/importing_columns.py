"""The columns of a file of members."""

from __future__ import annotations

from portal.importing.files import Column, Layout
from portal.importing.organisations import NUMBERS, ORGANISATION_COLUMNS

MEMBERS_FILE = Layout(
    (
        *ORGANISATION_COLUMNS,
        Column("setting", "Setting", "The place’s name. Leave it empty for a member without places.", "Demo House"),
        Column("area", "Council area", "The council area that the setting lies in.", "Demotown"),
        Column("postcode", "Postcode", "The setting’s full postcode, or empty.", "ZZ99 9ZZ"),
        Column(
            "registration_number", "Registration number", "The regulator’s number, such as an Ofsted URN.", "SC000001"
        ),
        Column("capacity", "Places", "A whole number in figures.", "6"),
        Column("vacancies", "Free places", "A whole number in figures, at most the number of places.", "2"),
        Column("lot", "Lot", "The lot’s number or its title.", "1", required=True),
        Column("band", "Banding", "The banding’s title, where the lot has bandings.", "Band 1"),
        Column(
            "placement_type", "Placement type", "One of the lot’s placement types, where it names some.", "Residential"
        ),
        Column(
            "admitted_on",
            "Admitted on",
            "The day of admission: 2018-04-01, or day/month/year as 01/04/2018.",
            "2018-04-01",
            required=True,
        ),
    ),
    any_of=(NUMBERS,),
)
