"""The form of a locality."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.queries import Colleague
from portal.localities.models import Locality
from portal.localities.queries import Place, within
from portal.web.fields import PickField, line
from portal.web.forms import BaseForm


class LocalityForm(BaseForm):
    """What a locality is called, what it lies in, and who works for it."""

    name = line("Name of the locality", description="For example, Harlow")
    parent = PickField("Which locality does it lie in?", choices=[], default="")
    people = SelectMultipleField(
        "Who works for it?",
        description="A draft for this locality begins on the desk of the first commissioner here. It gives nobody a "
        "right.",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )

    def offer(self, places: Iterable[Place], people: Iterable[Colleague], own: Locality | None = None) -> None:
        """Offer what it can lie in, and whoever can work for it."""
        places = list(places)
        left_out = within(places, own.id) if own is not None else frozenset()
        self.parent.choices = [("", "None: it lies in no other")]
        self.parent.choices += [
            (str(place.locality.id), place.full_name) for place in places if place.locality.id not in left_out
        ]
        self.people.choices = [(str(person.id), person.name) for person in people if not person.awaits_joining]

    @property
    def parent_id(self) -> uuid.UUID | None:
        """What it lies in."""
        return uuid.UUID(self.parent.data) if self.parent.data else None

    @property
    def chosen(self) -> list[uuid.UUID]:
        """Who works for it."""
        offered = {value for value, _ in self.people.choices}
        return [uuid.UUID(value) for value in self.people.data or () if value in offered]
