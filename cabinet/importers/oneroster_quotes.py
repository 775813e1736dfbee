"""Quotes as RFC 4180 wants them: around a whole value, and doubled inside of it.

Python's reader takes a stray quote as a letter. A validator must not, since others read the row differently.
"""

import re

from cabinet.importers.package import Package
from cabinet.importers.tabular import MAX_LINE, open_text

_INSIDE = r'[^"]*(?:""[^"]*)*'
_VALUE = rf'(?:=?"{_INSIDE}"|[^",]*)'
"""A value, in quotes or without; `="007"` is what keeps a spreadsheet from eating zeros."""
_ENDS = {
    False: re.compile(rf"{_VALUE}(?:,{_VALUE})*"),
    True: re.compile(rf'{_INSIDE}"(?:,{_VALUE})*'),
}
"""A line at whose end its row ends too, by whether it begins inside of quotes."""
_GOES_ON = {
    False: re.compile(rf'(?:{_VALUE},)*=?"{_INSIDE}'),
    True: re.compile(rf'{_INSIDE}(?:"(?:,{_VALUE})*,=?"{_INSIDE})?'),
}
"""A line that ends inside of quotes."""


def stray_quote(package: Package, name: str) -> int | None:
    """Return the line at which a row with a quote out of place begins; None if there is none."""
    with open_text(package, name) as text:
        number = begins = 0
        is_inside = False
        while line := text.readline(MAX_LINE):
            number += 1
            if not is_inside:
                begins = number
                if '"' not in line:
                    continue
            if _ENDS[is_inside].fullmatch(line.rstrip("\r\n")):
                is_inside = False
            elif _GOES_ON[is_inside].fullmatch(line):
                is_inside = True
            else:
                return begins
    return begins if is_inside else None
