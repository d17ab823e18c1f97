"""What a person chooses about their letters."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.notifications.topics import Topic
from portal.web.forms import BaseForm


class TopicsForm(BaseForm):
    """The topics that are mailed."""

    mailed = SelectMultipleField(
        "Mail me about", widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=True
    )

    @classmethod
    def offering(cls, topics: Iterable[Topic], muted: Collection[str]) -> TopicsForm:
        """The form for those of the topics that can be chosen."""
        free = [topic for topic in topics if not topic.always]
        form = cls(data={"mailed": [topic.key for topic in free if topic.key not in muted]})
        form.mailed.choices = [(topic.key, topic.title) for topic in free]
        form.hints = {topic.key: topic.hint for topic in free}
        return form

    hints: dict[str, str] = {}
