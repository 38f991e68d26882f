"""Which packs there are, and loading them: an id or a path to a `Pack` with all its versions."""

import os
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from vedligehold.calendar import read_date
from vedligehold.errors import PackError, Problem, nearest, quoted
from vedligehold.pack import Nation, Pack, Version
from vedligehold.reading.files import read_bytes, shown

CASES_ENDING = ".cases.yaml"
_NATION_FILE = "denmark.yaml"


def rules_folder() -> Path:
    """The folder with the packs that come with the library: beside the code in a wheel, at the root of a checkout."""
    installed = Path(__file__).parents[1] / "rules"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "rules"


def load_pack(pack: str | Path, *, on: date | None = None, rules: str | Path | None = None) -> Pack:
    """The standard with the id *pack*, with all its versions; or the one at a path (a folder, or one version's file).

    `on` narrows it to a day and checks that it is in force; `rules` is another folder than the library's own.

    >>> load_pack("rebild").versions[0].valid_from
    datetime.date(2010, 1, 1)

    Raises:
        PackError: there is no such pack, or something is wrong with it.
        NotInForce: no version is in force on the day `on`.
    """
    if not isinstance(pack, str | Path):
        raise PackError([Problem("", "wrong-type", f"a pack is named by its id or path, not by {quoted(pack)}")])
    folder = _folder(rules)
    nation = _nation(folder)
    if isinstance(pack, Path) or any(sign in pack for sign in ("/", os.sep)) or pack.endswith(".yaml"):
        path = Path(pack)
        return Pack([_read(path, nation)] if _is_file(path) else _versions(path, path, nation), nation, on)
    return Pack(_versions(folder / _known(pack, folder), folder, nation), nation, on)


def packs(rules: str | Path | None = None) -> list[Pack]:
    """Every pack in the library's own folder, or in the folder *rules*, by id.

    >>> [pack.id for pack in packs()]
    ['rebild', 'sundhed-og-traening']

    Raises:
        PackError: something is wrong with one of them; the problems of every pack.
    """
    folder = _folder(rules)
    ids = _ids(folder)
    nation = _nation(folder)
    found: list[Pack] = []
    wrong: list[PackError] = []
    for name in ids:
        try:
            found.append(Pack(_versions(folder / name, folder, nation), nation))
        except PackError as error:
            wrong.append(error)
    if wrong:
        raise _together(wrong)
    return found


def _together(errors: list[PackError]) -> PackError:
    return PackError((each for error in errors for each in error.problems), sum(error.more for error in errors))


def _folder(rules: str | Path | None) -> Path:
    if rules is None:
        return rules_folder()
    if isinstance(rules, str | Path):
        return Path(rules)
    raise PackError([Problem("", "wrong-type", f"a folder of rules is a path, not {quoted(rules)}")])


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than any can be
        return False


def pack_folders(folder: Path) -> list[Path]:
    """The folders of packs in a folder of rules; none where it is no such folder."""
    return [folder / name for name in _ids(folder)] if folder.is_dir() else []


def version_files(folder: Path) -> list[Path]:
    """The files of a pack's versions in its folder."""
    try:
        files = (file for file in folder.glob("*.yaml") if file.name != _NATION_FILE)
        return sorted(file for file in files if not file.name.endswith(CASES_ENDING))
    except (OSError, ValueError):  # a zero byte, which Python 3.13 takes amiss
        return []


def has_nation(folder: Path) -> bool:
    """Whether a folder of rules has a national layer of its own."""
    return _is_file(folder / _NATION_FILE)


def _ids(folder: Path) -> list[str]:
    try:
        return sorted(each.name for each in folder.iterdir() if each.is_dir() and version_files(each))
    except (OSError, ValueError):
        pass
    raise PackError([Problem(shown(folder), "unreadable", "the folder of rules cannot be read")])


def _known(name: str, folder: Path) -> str:
    ids = _ids(folder)
    if name not in ids:
        hint = nearest(name, ids) or ("there is " + ", ".join(f"`{each}`" for each in ids) if ids else None)
        raise PackError([Problem("", "unknown-pack", f"there is no pack {quoted(name)}", hint)])
    return name


def _read(file: Path, nation: Nation) -> Version:
    from vedligehold.reading.reader import read_version

    return read_version(file, nation)


def _nation(folder: Path) -> Nation:
    own = folder / _NATION_FILE
    if not _is_file(own):
        own = rules_folder() / _NATION_FILE
    elif not _inside(own, folder):
        raise PackError([_leads_out(own)])
    return _nation_at(own, read_bytes(own))


@lru_cache(maxsize=8)
def _nation_at(path: Path, raw: bytes) -> Nation:
    from vedligehold.reading.reader import read_nation  # the format's models are loaded when a pack is read

    return read_nation(path, raw)


def _versions(folder: Path, home: Path, nation: Nation) -> list[Version]:
    """The versions in *folder*, whose files lie in *home*, also where a link leads to them."""
    files = version_files(folder)
    if not files:
        there = "there is no such file or folder" if _is_gone(folder) else "it has no versions"
        raise PackError([Problem(shown(folder), "unreadable", f"no pack can be read here: {there}")])
    versions: list[Version] = []
    wrong: list[PackError] = []
    for file in files:
        try:
            if not _inside(file, home):
                raise PackError([_leads_out(file)])
            version = _read(file, nation)
            if misplaced := list(_misplaced(file, version)):
                raise PackError(misplaced)
            versions.append(version)
        except PackError as error:
            wrong.append(error)
    if wrong:
        raise _together(wrong)
    if overlaps := list(_overlaps(versions)):
        raise PackError(overlaps)
    return versions


def _is_gone(folder: Path) -> bool:
    try:
        return not folder.is_dir()
    except OSError:
        return True


def _inside(file: Path, home: Path) -> bool:
    """Whether *file* lies in *home* once every link is followed."""
    # `Path.resolve` gives up on links that go round in a circle
    return Path(os.path.realpath(file)).is_relative_to(os.path.realpath(home))


def _leads_out(file: Path) -> Problem:
    return Problem(shown(file), "outside-folder", "a link leads out of the folder of rules", "copy the file")


def _misplaced(file: Path, version: Version) -> Iterator[Problem]:
    if version.pack != file.resolve().parent.name:
        message = f"the pack is called `{version.pack}`, and its folder {quoted(file.resolve().parent.name)}"
        yield Problem(version.file, "wrong-name", message, "give both the same name")
    if file.stem != version.valid_from.isoformat():
        hint = f"call it `{version.valid_from}.yaml`"
        if read_date(file.stem) is None:
            hint += f"; a file of cases ends in `{CASES_ENDING}`"
        yield Problem(version.file, "wrong-name", f"the version is valid from {version.valid_from}", hint)


def _overlaps(versions: list[Version]) -> Iterator[Problem]:
    """`version-overlap`: two versions of a pack are in force on one day."""
    ordered = sorted(versions, key=lambda version: version.valid_from)
    for earlier, later in pairwise(ordered):
        if earlier.valid_to is not None and earlier.valid_to >= later.valid_from:
            message = f"valid to {earlier.valid_to}, and the next version is valid from {later.valid_from}"
            yield Problem(earlier.file, "version-overlap", message, f"end it on {later.valid_from - timedelta(days=1)}")
