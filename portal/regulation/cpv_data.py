"""The light-touch codes for services to children and families: Schedule 1 of the Procurement Regulations
2024.

Columns: the 8-digit code of the Common Procurement Vocabulary (the Regulations write no check digit), its
description, and whether a contract for it may be reserved to public service mutuals (PA2023 s.33, "R" in the
Schedule). A code that is not here counts as ordinary, which is the stricter reading.
"""

from __future__ import annotations

LIGHT_TOUCH_ROWS = (
    ("75121000", "Administrative educational services", True),
    ("79622000", "Supply services of domestic help personnel", True),
    ("79624000", "Supply services of nursing personnel", True),
    ("80000000", "Education and training services", False),
    ("80100000", "Primary education services", False),
    ("80110000", "Pre-school education services", True),
    ("80200000", "Secondary education services", False),
    ("80310000", "Youth education services", True),
    ("80340000", "Special education services", True),
    ("80420000", "E-learning services", True),
    ("80530000", "Vocational training services", False),
    ("80570000", "Personal development training services", False),
    ("80590000", "Tutorial services", True),
    ("85000000", "Health and social work services", True),
    ("85121270", "Psychiatrist or psychologist services", True),
    ("85121291", "Paediatric services", True),
    ("85144000", "Residential health facilities services", True),
    ("85300000", "Social work and related services", True),
    ("85310000", "Social work services", True),
    ("85311000", "Social work services with accommodation", True),
    ("85311200", "Welfare services for disabled people", True),
    ("85311300", "Welfare services for children and young people", True),
    ("85312000", "Social work services without accommodation", True),
    ("85312100", "Daycare services", True),
    ("85312110", "Child daycare services", True),
    ("85312120", "Daycare services for disabled children and young people", True),
    ("85312300", "Guidance and counselling services", True),
    ("85312310", "Guidance services", True),
    ("85312320", "Counselling services", True),
    ("85312330", "Family-planning services", True),
    ("85312400", "Welfare services not delivered through residential institutions", True),
    ("85312500", "Rehabilitation services", True),
    ("85312510", "Vocational rehabilitation services", True),
    ("85320000", "Social services", True),
    ("85321000", "Administrative social services", True),
    ("85322000", "Community action programme", True),
    ("85323000", "Community health services", True),
    ("92331210", "Children animation services", False),
    ("98133000", "Services furnished by social membership organisations", True),
    ("98133100", "Civic betterment and community facility support services", True),
)
