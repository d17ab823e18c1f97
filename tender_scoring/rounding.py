"""The one place where a figure is rounded: when it is printed."""

from fractions import Fraction


def half_up(value: Fraction, places: int) -> str:
    """Return a figure rounded to so many decimals, halves away from zero, as a text.

    >>> half_up(Fraction(1, 8), 2), half_up(Fraction(-1, 8), 2), half_up(Fraction(5, 2), 0)
    ('0.13', '-0.13', '3')
    """
    scale = 10**places
    top, bottom = value.numerator, value.denominator
    units = (2 * abs(top) * scale + bottom) // (2 * bottom)
    sign = "-" if top < 0 and units else ""
    if not places:
        return f"{sign}{units}"
    whole, rest = divmod(units, scale)
    return f"{sign}{whole}.{rest:0{places}d}"


def exact(value: Fraction) -> str:
    """Return a figure as "p/q" in lowest terms.

    >>> exact(Fraction(8, 2)), exact(Fraction(1, 3))
    ('4/1', '1/3')
    """
    return f"{value.numerator}/{value.denominator}"
