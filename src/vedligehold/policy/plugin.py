"""The pytest plugin: every case in a `<version>.cases.yaml` is a test.

It is loaded into every run of pytest where this library is installed, so that whatever it needs is imported only when
a file of cases is found.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from vedligehold.pack import Pack
    from vedligehold.policy.cases import PolicyCase

ENDING = ".cases.yaml"
"""As `vedligehold.reading.library` says it, which is not loaded before there is such a file."""
LANGUAGES = ("da", "en")
_LANG = "vedligehold_lang"
_PACKS = pytest.StashKey[dict[Path, "Pack"]]()
_UNCONFIRMED = {
    "da": "ingen har bekræftet svaret endnu (to_confirm)",
    "en": "nobody has confirmed the answer yet (to_confirm)",
}


class AnsweredOtherwise(Exception):
    """A case is answered otherwise than it expects: why, in words, and the first of it on one line."""

    def __init__(self, text: str, summary: str) -> None:
        super().__init__(text)
        self.summary = summary


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the language of what is said of a failure."""
    parser.addini(_LANG, "the language in which a failing case is explained: da or en", default="da")


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark of every case, and refuse a language that there is not."""
    config.addinivalue_line("markers", "vedligehold: a case of a municipal quality standard, from a `.cases.yaml` file")
    if config.getini(_LANG) not in LANGUAGES:
        raise pytest.UsageError(f"{_LANG} is `da` or `en`, not `{config.getini(_LANG)}`")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "CasesFile | None":
    """Take every file of cases."""
    return CasesFile.from_parent(parent, path=file_path) if file_path.name.endswith(ENDING) else None


class CasesFile(pytest.File):
    """A file of cases; its pack is the folder in which it stands."""

    def collect(self) -> Iterator["CaseItem"]:
        """One item a case.

        Raises:
            CollectError: something is wrong with the pack or its cases; the problems as the library tells them.
        """
        from vedligehold.errors import VedligeholdError
        from vedligehold.policy.cases import read_cases

        try:
            pack, cases = self._pack(), read_cases(self.path).cases
        except VedligeholdError as error:
            raise self.CollectError(str(error)) from None
        for mark in sorted({mark for case in cases for mark in case.marks}):
            self.config.addinivalue_line("markers", f"{mark}: stands in the file of cases")  # for `--strict-markers`
        for case in cases:
            # one line, and without what parts an id: by its id a case can be chosen
            name = " ".join(case.name.replace("::", ":").split())
            yield CaseItem.from_parent(self, name=name, pack=pack, case=case)

    def _pack(self) -> "Pack":
        """The pack in the file's folder, read once in a session."""
        from vedligehold.errors import PackError, Problem
        from vedligehold.policy.suite import rules_beside
        from vedligehold.reading.files import shown
        from vedligehold.reading.library import load_pack

        # `<version>.cases.yaml` and `<version>.suggested.cases.yaml`
        version = self.path.with_name(self.path.name.partition(".")[0] + ".yaml")
        if not version.is_file():
            message = f"there is no `{version.name}` beside this file of cases"
            raise PackError([Problem(shown(self.path), "unreadable", message, "cases stand beside their version")])
        packs = self.session.stash.setdefault(_PACKS, {})
        folder = self.path.parent
        if folder not in packs:
            packs[folder] = load_pack(folder, rules=rules_beside(folder))
        return packs[folder]


class CaseItem(pytest.Item):
    """One case: it passes when it is answered as it expects."""

    def __init__(self, *, pack: "Pack", case: "PolicyCase", **given: Any) -> None:
        super().__init__(**given)
        self.pack, self.case = pack, case
        self.lang = str(self.config.getini(_LANG))
        self.line = int(case.place.rpartition(":")[2])
        for mark in ("vedligehold", *case.marks):
            self.add_marker(mark)
        if not case.confirmed:
            self.add_marker(pytest.mark.skip(reason=_UNCONFIRMED[self.lang]))

    def runtest(self) -> None:
        """Decide the case.

        Raises:
            AnsweredOtherwise: something comes out that is not expected.
        """
        from vedligehold.policy.failure import failure
        from vedligehold.policy.run import run_case

        result = run_case(self.pack, self.case)
        if not result.passed:
            why = failure(self.pack, result)
            raise AnsweredOtherwise(why.text(self.lang), why.summary.said(self.lang))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Why the case fails, in words; the traceback of an error in the library itself."""
        if not isinstance(excinfo.value, AnsweredOtherwise):
            return super().repr_failure(excinfo, style)
        said = excinfo.getrepr(style="value")
        if said.reprcrash is not None:  # what a summary and `--tb=line` show: the place of the case, not of this code
            said.reprcrash.path, said.reprcrash.lineno = str(self.path), self.line
            said.reprcrash.message = excinfo.value.summary
        return said

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file, the line from zero, and the name."""
        return self.path, self.line - 1, self.name
