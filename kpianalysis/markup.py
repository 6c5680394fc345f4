"""Markup that may hold names from the data → HTML in which they are text.

Markdown and HTML outputs are the two ways by which a name could become more than text on a page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from markdown_it.token import Token

_BLOCKS = {"div", "dl", "dd", "dt", "h3", "h4", "hr", "li", "ol", "p", "pre", "section", "ul", "details", "summary"}
_TABLES = {"caption", "col", "colgroup", "figcaption", "figure", "table", "tbody", "td", "tfoot", "th", "thead", "tr"}
_WORDS = {"b", "br", "code", "em", "i", "small", "span", "strong", "sub", "sup"}
_TAGS = _BLOCKS | _TABLES | _WORDS
_ATTRIBUTE = re.compile(r'(class|scope|colspan|rowspan|role|aria-label)="[^"<>]*"|tabindex="0"')
_ALIGN = re.compile(r'style="text-align: ?(?:left|right|center);?"')
_MARKUP = re.compile(
    r"<style\b.*?</style\s*>|<(/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+=\"[^\"<>]*\")*)\s*/?>|<",
    re.DOTALL | re.IGNORECASE,
)


class Heading(NamedTuple):
    """One entry of the table of contents."""

    id: str
    text: str


def plain_html(markup: str) -> str:
    """Let through the tags of tables, lists and text; everything else becomes visible text.

    Examples
    --------
    >>> plain_html('<td class="num" onclick="x()">1 &lt; 2</td>')
    '<td class="num">1 &lt; 2</td>'
    >>> plain_html("<script>alert(1)</script>")
    '&lt;script&gt;alert(1)&lt;/script&gt;'
    """
    return _MARKUP.sub(lambda match: _plain_tag(match[0]), markup)


@lru_cache(maxsize=4096)
def _plain_tag(markup: str) -> str:
    match = _MARKUP.fullmatch(markup)
    if match is None or match[2] is None:
        return "" if markup.lower().startswith("<style") else html.escape(markup)
    slash, tag, attributes = match[1], match[2].lower(), match[3]
    if tag not in _TAGS:
        return html.escape(markup)
    kept = (m[0] for m in re.finditer(r'[a-z-]+="[^"<>]*"', attributes) if _is_plain_attribute(m[0]))
    return "<" + slash + " ".join([tag, *kept]) + ">"


def _is_plain_attribute(attribute: str) -> bool:
    return bool(_ATTRIBUTE.fullmatch(attribute) or _ALIGN.fullmatch(attribute))


class _Markdown(MarkdownIt):
    """CommonMark with tables; no HTML, no images, and links only to where a link may lead."""

    def __init__(self, *, links: bool) -> None:
        super().__init__("commonmark", {"html": False})
        self.enable("table").disable("image")
        if not links:
            self.disable(["link", "autolink", "reference"])

    def validateLink(self, url: str) -> bool:
        return urlsplit(url).scheme in ("", "https", "http", "mailto")


@cache
def _markdown(links: bool) -> _Markdown:
    return _Markdown(links=links)


def markdown_html(source: str, *, links: bool) -> str:
    """Render Markdown in which HTML is text; second-level headings can be linked to.

    Parameters
    ----------
    source : str
        First-level headings become second-level ones: a page has one title.
    links : bool
        False for text that may hold names: `[x](address)` stays as it is written.

    Examples
    --------
    >>> markdown_html("## Who *missed*?", links=True)
    '<h2 id="s-who-missed">Who <em>missed</em>?</h2>\\n'
    >>> markdown_html("<b>[x](javascript:alert(1))</b>", links=True)
    '<p>&lt;b&gt;[x](javascript:alert(1))&lt;/b&gt;</p>\\n'
    """
    markdown = _markdown(links)
    tokens = _tokens(markdown, source)
    for mark, inside in _second_level(tokens):
        mark.attrSet("id", _slug(_text_of(inside)))
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def headings(source: str) -> list[Heading]:
    """List the second-level headings of one Markdown cell."""
    texts = [_text_of(inside) for _mark, inside in _second_level(_tokens(_markdown(True), source))]
    return [Heading(_slug(text), text) for text in texts]


def _tokens(markdown: _Markdown, source: str) -> list[Token]:
    tokens = markdown.parse(source)
    for token in tokens:
        token.tag = "h2" if token.tag == "h1" else token.tag
    return tokens


def _second_level(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """Give the opening mark of each second-level heading with what stands in it."""
    pairs = pairwise(tokens)
    return ((mark, inside) for mark, inside in pairs if mark.type == "heading_open" and mark.tag == "h2")


def _text_of(inline: Token) -> str:
    return "".join(child.content for child in inline.children or ())


def _slug(text: str) -> str:
    return "s-" + re.sub(r"[\W_]+", "-", text.lower()).strip("-")
