"""The result on paper."""

from __future__ import annotations

import re

import pypdfium2
import pytest
from playwright.sync_api import Browser

from portal.core.permissions import Role
from portal.paths import PACKAGE
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.evaluation import moderated_evaluation


@pytest.mark.journey
def test_a_result_prints_on_a_few_sheets(chromium: Browser, client: CheckedClient, db_session: object) -> None:
    """Three bids with every figure of each, opened, on at most nine pages; each step is there."""
    itt = moderated_evaluation(3).itt
    sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
    shown = client.get(f"/commissioning/itts/{itt.reference}/result").get_data(as_text=True)
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_content(re.sub(r"<(link|script)\b[^>]*>", "", shown).replace("<details", "<details open"))
    for sheet in ("vendor/govuk-frontend.css", "fairlot.css"):
        page.add_style_tag(path=PACKAGE / "static" / sheet)
    printed = pypdfium2.PdfDocument(page.pdf(format="A4", print_background=True))
    words = " ".join(one.get_textpage().get_text_range() for one in printed)
    page.close()
    words = " ".join(words.split())
    assert shown.count('class="fl-steps__step"') > 60
    assert words.count("That share") == shown.count("That share") > 0
    assert len(printed) <= 9
