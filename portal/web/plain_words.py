"""WTForms' own messages, in the words of the portal."""

from __future__ import annotations

PLAIN = {
    "This field is required.": "Fill this in.",
    "Not a valid choice.": "Choose one of the answers that the page offers.",
    "Invalid Choice: could not coerce.": "Choose one of the answers that the page offers.",
    "Invalid choice(s): one or more data inputs could not be coerced.": "Choose from the answers that the page offers.",
    "'%(value)s' is not a valid choice for this field.": "Choose from the answers that the page offers.",
    "'%(value)s' are not valid choices for this field.": "Choose from the answers that the page offers.",
}


class PlainWords:
    """What WTForms asks for its messages."""

    def gettext(self, message: str) -> str:
        """The message, in plain words where we have them."""
        return PLAIN.get(message, message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The message for `n`, in plain words where we have them."""
        return self.gettext(singular if n == 1 else plural)
