"""The access matrix's scenario: every role in two organisations, and everything that the policy knows in every state.

`portal seed matrix` loads it; the walk of `tests/access` compares what each person is answered with the policy.
"""

from __future__ import annotations

from portal.core.columns import db
from portal.core.seals import KeyFolder
from portal.core.storage import FileStore
from portal.scenarios import people
from portal.scenarios.matrix import accounts, memberships, organisations, procurements
from portal.scenarios.matrix_people import NORTH, NORTH_PEOPLE, PARTS, SOUTH, SOUTH_PEOPLE


def load(*, keys: KeyFolder, files: FileStore) -> dict[str, str]:
    """Load it and return the references by title. Needs the running worker; raises `people.AlreadyLoaded`."""
    north, south = people.create_authority(NORTH), people.create_authority(SOUTH)
    people.create_parts(NORTH_PEOPLE.parts, north, keys=keys)
    people.create_parts(SOUTH_PEOPLE.parts, south, keys=keys)
    theirs = {*NORTH_PEOPLE.parts, *SOUTH_PEOPLE.parts}
    people.create_parts((part for part in PARTS if part not in theirs), north, keys=keys)
    db.session.commit()
    # Procurements first: bids are received while nobody is suspended.
    references = procurements.load(north, south, keys=keys, files=files)
    references |= memberships.load(north, keys=keys, files=files)
    organisations.load(keys=keys)
    accounts.load(north, references[procurements.BID_DRAFTED])
    return references
