"""The page of figures, section by section, so that one can be measured without the others."""

import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"
TEMPLATE = ROOT / "benchmarks" / "performance.md.in"


def write_section(heading: str, figures: Mapping[str, str]) -> None:
    """Put one section into the page, with its *figures*, where the template has it."""
    template = _sections(TEMPLATE.read_text(encoding="utf-8"))
    there = _sections(PAGE.read_text(encoding="utf-8"))
    there[heading] = template[heading].format(**figures)
    PAGE.write_text("".join(there[each] for each in template if each in there), encoding="utf-8")


def _sections(text: str) -> dict[str, str]:
    """The sections of a page by their headings; what comes before the first has none."""
    found = re.split(r"(?m)^(?=## )", text)
    return {each.partition("\n")[0] if each.startswith("## ") else "": each for each in found}
