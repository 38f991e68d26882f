"""What is tested: the standards that were named, each with the files of its cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vedligehold.errors import PackError, Problem
from vedligehold.pack import Pack, Version
from vedligehold.policy.cases import CaseFile, PolicyCase, case_files, cases_beside, read_cases
from vedligehold.reading.files import shown
from vedligehold.reading.library import has_nation, load_pack, pack_folders, rules_folder, version_files


@dataclass(frozen=True, slots=True)
class Suite:
    """One standard in its folder, the versions that are tested, and the files of their cases."""

    folder: Path
    pack: Pack
    versions: tuple[Version, ...]
    files: tuple[CaseFile, ...]

    @property
    def cases(self) -> list[PolicyCase]:
        """The cases that a person has confirmed."""
        return [case for file in self.files for case in file.cases if case.confirmed]

    @property
    def to_confirm(self) -> list[PolicyCase]:
        """The cases that nobody has confirmed yet, which are no tests."""
        return [case for file in self.files for case in file.cases if not case.confirmed]


@dataclass(frozen=True, slots=True)
class Suites:
    """Everything that is tested; `nation`: the national layer too, because it stands in a folder that was named."""

    packs: tuple[Suite, ...]
    nation: bool

    @property
    def cases(self) -> list[PolicyCase]:
        """The confirmed cases of every standard."""
        return [case for suite in self.packs for case in suite.cases]


def suites_of(paths: Iterable[Path], rules: Path | None = None) -> Suites:
    """What *paths* name: packs by id or folder, one version's file, a file of cases, or a whole folder of packs.

    Without paths it is every pack in the folder *rules*, or else in the one that `home_of` finds.

    Raises:
        PackError: a path leads to nothing, or something is wrong with a pack or its cases.
    """
    chosen = chosen_paths(paths, home_of(rules))
    folders: dict[Path, set[Path]] = {}
    for path in folders_of(chosen):
        folder = path.parent if path.is_file() else path
        folders.setdefault(folder, set()).update(
            [path] if path.is_file() else [*version_files(folder), *case_files(folder)]
        )
    suites = tuple(_suite(folder, files, rules) for folder, files in folders.items())
    return Suites(suites, any(path.is_dir() and has_nation(path) for path in chosen))


def home_of(rules: Path | None) -> Path:
    """The folder of rules that is meant: the one that was named, else `rules` where one stands, else the library's."""
    here = Path("rules")
    if rules is not None:
        return rules
    return here if here.is_dir() and pack_folders(here) else rules_folder()


def rules_beside(folder: Path, rules: Path | None = None) -> Path:
    """The folder of rules that the pack in *folder* belongs to: the one named, else the one around it.

    Its national layer applies; where it has none, the library's does.
    """
    return folder.resolve().parent if rules is None else rules


def chosen_paths(paths: Iterable[Path], home: Path) -> list[Path]:
    """The paths that are meant: an id is as good as a path, and none is the whole folder *home*.

    Raises:
        PackError: a path leads to nothing, or to what is neither a pack nor a file of cases.
    """
    chosen = [home / path if not path.exists() and (home / path).is_dir() else path for path in paths] or [home]
    gone = [path for path in chosen if not path.exists()]
    if gone:
        raise PackError(Problem(shown(path), "unreadable", "there is no such file or folder") for path in gone)
    strange = [path for path in chosen if path.is_file() and path.suffix != ".yaml"]
    if strange:
        hint = "a pack and its cases are `.yaml` files"
        raise PackError(
            Problem(shown(path), "unreadable", "this is no pack and no file of cases", hint) for path in strange
        )
    return chosen


def folders_of(paths: Iterable[Path]) -> list[Path]:
    """A folder of packs is all of them."""
    return [folder for path in paths for folder in pack_folders(path) or [path]]


def _suite(folder: Path, named: set[Path], rules: Path | None) -> Suite:
    """The versions and the files of cases that are named, by themselves or by each other."""
    pack = load_pack(folder, rules=rules_beside(folder, rules))
    files = {cases_beside(file) for file in named}
    versions = tuple(version for version in pack.versions if cases_beside(folder / _file(version)) in files)
    cases = [file for file in sorted(files) if file.exists() or file in named]
    return Suite(folder, pack, versions, tuple(read_cases(file) for file in cases))


def _file(version: Version) -> str:
    return f"{version.valid_from}.yaml"
