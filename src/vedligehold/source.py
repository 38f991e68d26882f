"""Where a rule comes from, and what it says to people: in both languages, with its place."""

from dataclasses import dataclass
from typing import TypedDict


class WordsJson(TypedDict):
    """`{"da": ..., "en": ...}`."""

    da: str
    en: str


@dataclass(frozen=True, slots=True)
class Words:
    """One wording for people, Danish first, English beside it."""

    da: str
    en: str

    def model_dump(self) -> WordsJson:
        """The wording as plain data."""
        return {"da": self.da, "en": self.en}

    def said(self, lang: str) -> str:
        """The wording in *lang*, `da` or `en`."""
        return self.en if lang == "en" else self.da


class CitationJson(TypedDict):
    """A citation as plain data."""

    source: str
    at: str
    statements: list[str]
    url: str | None


@dataclass(frozen=True, slots=True)
class Citation:
    """The place in the source that a rule rests on.

    `source` is the source's title, `at` the heading or section, `statements` the ids in the pack's list.
    """

    source: str
    at: str
    statements: tuple[str, ...]
    url: str | None = None

    def model_dump(self) -> CitationJson:
        """The citation as plain data."""
        return {"source": self.source, "at": self.at, "statements": list(self.statements), "url": self.url}
