"""Where a rule comes from, and what it says to people: in both languages, with its place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One wording for people, Danish first, English beside it."""

    da: str
    en: str

    def said(self, lang: str) -> str:
        """The wording in *lang*, `da` or `en`."""
        return self.en if lang == "en" else self.da


@dataclass(frozen=True, slots=True)
class Citation:
    """The place in the source that a rule rests on.

    `source` is the source's title, `at` the heading or section, `statements` the ids in the pack's list.
    """

    source: str
    at: str
    statements: tuple[str, ...]
    url: str | None = None
