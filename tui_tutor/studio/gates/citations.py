"""Citations and paths: what is quoted stands in its source, and what is pointed at is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tui_tutor.core import course as models
from tui_tutor.core.linting.words import word_count
from tui_tutor.studio.gates.built import Built, Text
from tui_tutor.studio.gates.finding import Finding
from tui_tutor.studio.grounding.citing import LEAST_QUOTE, SCHEME, citations_in, is_founded
from tui_tutor.studio.grounding.marks import Link, Paragraph, links_of, paragraphs_of
from tui_tutor.studio.grounding.source import source_named

LEAST_SHARE: Final = 0.8  # of the factual paragraphs of a grounded course
LEAST_WORDS: Final = 12  # of a paragraph that states something
_OPEN: Final = re.compile(
    r"\[cite:[^\]\n]{0,200}\]?"
    r"|\[[\w-]+\.(?:md|markdown|txt|rst|py|ipynb|pdf)[\w.]*:\d+\w?\](?!\(|\[|:)"
)
_WEB: Final = ("https://", "http://", "mailto:", "#")
_TO_LEARNERS: Final = re.compile(
    r"\b(?:you|your|we|our|us|let['’]s|du|dein\w*|sie|ihr\w*|wir|uns\w*)\b"
    r"|^\W*(?:run|try|look|read|change|write|open|press|note|notice|think|answer|compare|remember|now|next|"
    r"here|this lesson|in this lesson|führe|versuche|lies|schau)\b",
    re.IGNORECASE,
)
_TOLD_APART: Final = frozenset({"en", "de"})  # languages in which statements are told from all else
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+")
_YEAR: Final = r"(?:1[5-9]|20)\d\d[a-z]?"
_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mai|Okt|Dez)"
_WORKS: Final = re.compile(
    rf"\b[A-Z]\w+(?: et al\.?| (?:&|and|und) [A-Z]\w+) ?,? \(?{_YEAR}\b"
    rf"|\((?!{_MONTH})[A-Z]\w+,? {_YEAR}\)"
    r"|\barXiv:\s?\d{4}\.\d+|\bdoi:\s?10\.\d+\S*|\bISBN[ :]?[\d-]{10,}"
)


def findings_about_citations(built: Built) -> Iterator[Finding]:
    """Every citation, path and address of every text, and how much is cited of a grounded course."""
    for text in built.texts():
        if "](" in text.words or "]:" in text.words or "<" in text.words:
            yield from _about_citations(text, built)
            yield from _about_paths(text, built)
        if found := _OPEN.search(_unlinked(text.words)):
            help = "cite words that stand in a source, or take the mark out"
            yield Finding("citation-open", text.lesson, text.cell, f"{text.key} leaves {found[0]}", help)
        yield from _about_works(text, built)
    if built.sources:
        yield from _about_share(built)


def _unlinked(words: str) -> str:
    """A text without its definitions of links, and without the references that they answer."""
    defined = re.findall(r"^ {0,3}\[([^\]\n]+)\]:", words, re.MULTILINE)
    for label in defined:
        words = words.replace(f"[{label}]", "")
    return words


# --- quotations -------------------------------------------------------------------------------------


def _about_citations(text: Text, built: Built) -> Iterator[Finding]:
    help = "quote words of a source exactly, or say it without a source"
    for citation in citations_in(text.words):
        if is_founded(citation, built.sources):
            if len(citation.quote) < LEAST_QUOTE:
                message = f"{text.key} quotes only {citation.quote!r}"
                yield Finding("citation-unfounded", text.lesson, text.cell, message, "quote a statement")
            continue
        if source_named(built.sources, citation.file) is None:
            message = f"{text.key} cites {citation.file}, which is no source of this course"
        else:
            place = f"{citation.file} at bytes {citation.start} to {citation.end}"
            message = f"{text.key} quotes {citation.quote[:60]!r}, which does not stand in {place}"
        yield Finding("citation-unfounded", text.lesson, text.cell, message, help)


def _about_works(text: Text, built: Built) -> Iterator[Finding]:
    """A paper or book that is named: made up unless a source names it too."""
    for found in dict.fromkeys(one[0] for one in _WORKS.finditer(text.words)):
        if not any(found in source.text for source in built.sources):
            message = f"{text.key} names {found}, and no source of this course does"
            help = "look whether it exists and says so, or take it out"
            is_hard = bool(built.sources)
            gate = "citation-unfounded" if is_hard else "link-unchecked"
            yield Finding(gate, text.lesson, text.cell, message, help, is_hard)


# --- paths ------------------------------------------------------------------------------------------


def _about_paths(text: Text, built: Built) -> Iterator[Finding]:
    for link in links_of(text.words):
        if link.address.startswith(SCHEME):
            continue
        if link.address.startswith(_WEB):
            if not link.address.startswith("#"):
                message = f"{text.key} points at {link.address[:100]}, which nobody opened"
                yield Finding(
                    "link-unchecked", text.lesson, text.cell, message, "open it once", is_hard=False
                )
        elif not _is_there(link, built):
            message = f"{text.key} points at {link.address[:100]}, which is not in the course"
            help = "make the file, or take the link out"
            yield Finding("path-dangling", text.lesson, text.cell, message, help)


def _is_there(link: Link, built: Built) -> bool:
    path = link.address.partition("#")[0].removeprefix("./")
    return path in built.files or f"files/{path}" in built.files


# --- how much is cited ------------------------------------------------------------------------------


def states_something(paragraph: Paragraph) -> bool:
    """Whether more than half of a paragraph states facts: does not ask, tell what to do, or speak to you."""
    if word_count(paragraph.words) < LEAST_WORDS:
        return False
    sentences = [one for one in _SENTENCE_END.split(paragraph.words.strip()) if one.endswith((".", "!"))]
    return 2 * sum(not _TO_LEARNERS.search(one) for one in sentences) > len(sentences)


def is_cited(paragraph: Paragraph) -> bool:
    """Whether a paragraph says where it comes from."""
    return any(link.address.startswith(SCHEME) for link in paragraph.links)


def _about_share(built: Built) -> Iterator[Finding]:
    factual = [
        (lesson.id, is_cited(paragraph))
        for lesson in built.lessons
        for cell in lesson.cells
        if isinstance(cell, models.MarkdownCell)
        for paragraph in paragraphs_of(cell.text)
        if states_something(paragraph)
    ]
    cited = sum(has_source for _, has_source in factual)
    if factual and cited < LEAST_SHARE * len(factual):
        bare = dict.fromkeys(lesson for lesson, has_source in factual if not has_source)
        message = f"{cited} of {len(factual)} factual paragraphs say where they come from ({', '.join(bare)})"
        help = f"cite sources in at least {int(100 * LEAST_SHARE)} % of them, or leave statements out"
        is_told_apart = built.brief.language.partition("-")[0] in _TOLD_APART
        yield Finding("citation-share", "", "", message, help, is_hard=is_told_apart)
