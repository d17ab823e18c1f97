"""Roughly what browser it is, as its owner would recognise it: "Firefox on Windows", without versions."""

from __future__ import annotations

# In this order: most browsers also say the names of those that they descend from.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "a Mac"),
    ("Linux", "Linux"),
)


def browser_words(user_agent: str) -> str:
    """The browser and the system that the header names; empty where it names neither."""
    browser = next((words for sign, words in BROWSERS if sign in user_agent), None)
    system = next((words for sign, words in SYSTEMS if sign in user_agent), None)
    if browser is None and system is None:
        return ""
    return f"{browser or 'A browser'} on {system}" if system else str(browser)
