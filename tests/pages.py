"""The pages of the documentation as tests read them: their fenced blocks, and the files that some of these are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from packs import ROOT

DOCS = ROOT / "docs"
PAGES = [page for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))) if page.is_file()]
NEW_MUNICIPALITY = DOCS / "add-a-municipality.md"
FENCE = re.compile(
    r"^(?:<!-- (?P<note>[^\n]*) -->\n)?"
    r"```(?P<language>\w*) *(?:title=\"(?P<title>[^\"]+)\")?[^\n]*\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """One fenced block of a page; `title` is the path of the file that it is, `note` the comment right above it."""

    language: str
    title: str | None
    text: str
    place: str
    note: str | None


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            found["language"],
            found["title"],
            found["text"],
            f"{page.name}:{text.count(chr(10), 0, found.start()) + 1}",
            found["note"],
        )
        for found in FENCE.finditer(text)
    ]


def write_files(blocks: Iterable[Block], folder: Path) -> None:
    for block in blocks:
        if block.title is not None:
            path = folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
