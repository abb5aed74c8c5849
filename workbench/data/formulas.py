"""What a spreadsheet would run when it opens a CSV, and the apostrophe in front that keeps it text."""

from __future__ import annotations

import re

# A cell that starts like this is run by a spreadsheet that opens a CSV file.
FORMULA = r"^[=+\-@\t\r]"
# A signed number as text is a number to a spreadsheet too, and harmless.
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
# A text that has its own apostrophe there gets another, so that reading takes back exactly what writing put in front.
DISARMED = re.compile(r"'+[=+\-@\t\r]")


def disarmed(text: str) -> str:
    """Return a text that no spreadsheet runs; `armed` gives it back.

    Examples
    --------
    >>> disarmed("=1+1"), disarmed("-5"), disarmed("plain")
    ("'=1+1", '-5', 'plain')
    """
    is_formula = re.match(FORMULA, text) and not re.match(NUMBER, text)
    return f"'{text}" if is_formula or DISARMED.match(text) else text


def armed(text: str) -> str:
    """Return the text that `disarmed` was given.

    Examples
    --------
    >>> armed("'=1+1"), armed("'plain'")
    ('=1+1', "'plain'")
    """
    return text[1:] if DISARMED.match(text) else text
