"""Text in the reader's language: translation with gettext, and how numbers are written.

The source text is English. Calls are written so that Babel finds them: `_ = translator(lang)`, then
`_("...").format(...)`; `ngettext = ntranslator(lang)` for plurals; `N_("...")` where the language is not yet
known. `locale/README.md` says where the catalogues are and how messages are collected.
"""

from __future__ import annotations

import gettext
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from pathlib import Path
from typing import IO

LANGUAGES = ("en", "zh")
MISSING = "–"
LOCALE = Path(__file__).parent / "locale"

# A heading without its marks, or the lines of one paragraph.
_PARAGRAPH = re.compile(r"(?m)^(#{1,6}[ \t]+)(.+)$|^()([ \t]*\S.*(?:\n(?!#{1,6}[ \t])[ \t]*\S.*)*)")
# Wide enough for every float, so that rounding never fails for want of digits.
_WIDE = Context(prec=400)


def N_(message: str) -> str:
    """Mark text that is translated later, where the language is known.

    Examples
    --------
    >>> N_("target missing")
    'target missing'
    """
    return message


@cache
def translator(lang: str) -> Callable[[str], str]:
    """Give the function that translates a message; call it `_`.

    Parameters
    ----------
    lang : {"en", "zh"}
        Without a catalogue, and for messages a catalogue lacks, the English text comes back.

    Raises
    ------
    ValueError
        If `lang` is not one of `LANGUAGES`.

    Examples
    --------
    >>> _ = translator("en")
    >>> _("{n} of {total} reached their target.").format(n=3, total=4)
    '3 of 4 reached their target.'
    """
    catalogue = _catalogue(lang)

    def translate(message: str) -> str:
        # gettext answers the empty message with the catalogue's header.
        return catalogue.gettext(message) if message else ""

    return translate


@cache
def ntranslator(lang: str) -> Callable[[str, str, int], str]:
    """Give the function that translates a message with a number in it; call it `ngettext`.

    Parameters, errors and fallback are those of `translator`.

    Examples
    --------
    >>> ngettext = ntranslator("en")
    >>> ngettext("{n} subject", "{n} subjects", 2).format(n=2)
    '2 subjects'
    """
    return _catalogue(lang).ngettext


def check_language(lang: str) -> None:
    """Raise ValueError, naming the languages there are, if `lang` is none of them."""
    if lang not in LANGUAGES:
        allowed = " or ".join(repr(known) for known in LANGUAGES)
        raise ValueError(f"lang: {lang!r} is not a language of the reports. Use {allowed}.")


def _catalogue(lang: str) -> gettext.NullTranslations:
    check_language(lang)
    return gettext.translation("kpianalysis", LOCALE, languages=[lang], fallback=True)


def number(x: float | int | None, decimals: int = 0, lang: str = "en", *, signed: bool = False) -> str:
    """Write a number as a reader sees it: thousands grouped, rounded half up, "–" when missing.

    Parameters
    ----------
    x : float or None
        None, NaN and pandas' NA are missing. Not rounded before: this is where rounding happens.
    decimals : int
        Digits after the point.
    lang : {"en", "zh"}
        Both write 1,234.5; another language may not.
    signed : bool
        Put "+" before what is above zero: for changes and gaps.

    Examples
    --------
    >>> number(1234.125, 2)
    '1,234.13'
    >>> number(-0.04, 1)
    '0.0'
    >>> number(0.25, 1, signed=True)
    '+0.3'
    >>> number(float("nan"), 1)
    '–'
    """
    check_language(lang)
    if x is None or _is_missing(x):
        return MISSING
    return _write(_exact(x), decimals, signed)


def percent(x: float | int | None, decimals: int = 0, lang: str = "en", *, signed: bool = False) -> str:
    """Write a share as a percentage: 1 is 100%. Rounding and missing values as in `number`.

    Examples
    --------
    >>> percent(0.125)
    '13%'
    >>> percent(0.9449, 1)
    '94.5%'
    """
    check_language(lang)
    if x is None or _is_missing(x):
        return MISSING
    return _write(_exact(x) * 100, decimals, signed) + "%"


def _is_missing(x: float | int) -> bool:
    # pandas' NA is known by its text, so that nothing heavy is imported; NaN is what differs from itself.
    return repr(x) == "<NA>" or bool(x != x)


def _exact(x: float | int) -> Decimal:
    # repr is the shortest text that means this float: 0.285 stays 0.285 and does not become 0.28499999...
    return Decimal(x) if isinstance(x, int) else Decimal(repr(float(x)))


def _write(x: Decimal, decimals: int, signed: bool) -> str:
    if x.is_infinite():
        return "∞" if x > 0 else "-∞"
    rounded = x.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_WIDE)
    if rounded == 0:
        return f"{abs(rounded):,f}"
    return f"{rounded:+,f}" if signed else f"{rounded:,f}"


def translate_markdown(source: str, lang: str) -> str:
    """Translate Markdown paragraph by paragraph; a heading's marks stay outside its message.

    Examples
    --------
    >>> translate_markdown("## Who missed?\\n\\nAnd by how much?", "en")
    '## Who missed?\\n\\nAnd by how much?'
    """
    _ = translator(lang)
    return _PARAGRAPH.sub(lambda match: (match[1] or "") + _(match[2] or match[4]), source)


def extract_notebook(
    fileobj: IO[bytes],
    keywords: Mapping[str, object],
    comment_tags: Collection[str],
    options: Mapping[str, object],
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Collect the messages of a notebook's Markdown cells; Babel calls this, see `locale/babel.cfg`.

    Yields
    ------
    tuple of (number of the cell, function name, message, comments)
    """
    for cell_number, cell in enumerate(json.load(fileobj)["cells"], start=1):
        if cell["cell_type"] == "markdown":
            for match in _PARAGRAPH.finditer("".join(cell["source"])):
                yield cell_number, "_", match[2] or match[4], []
