"""A file that is read: its bytes, once, and its path as a person sees it."""

from pathlib import Path

from vedligehold.errors import PackError, Problem, masked

LARGEST_FILE = 2_000_000


def shown(path: Path) -> str:
    """The path as a person follows it from where they stand."""
    near = path.relative_to(Path.cwd()) if path.is_absolute() and path.is_relative_to(Path.cwd()) else path
    return masked("".join(char if char.isprintable() else "·" for char in str(near)))


def read_bytes(path: Path) -> bytes:
    """The bytes of the file at *path*, read once.

    Raises:
        PackError: it cannot be read, is no ordinary file, or is larger than a pack can be.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise PackError([Problem(shown(path), "unreadable", "this is no ordinary file")])  # a pipe never ends
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        problem = Problem(shown(path), "unreadable", f"the file cannot be read: {(error.strerror or 'error').lower()}")
    except ValueError:
        problem = Problem("", "unreadable", f"`{shown(path)}` is no path of a file")
    else:
        if len(raw) <= LARGEST_FILE:
            return raw
        problem = Problem(shown(path), "too-large", f"the file has more than {LARGEST_FILE:,} bytes")
    # raised outside the handler: the context of an exception would hold the name, or all that stands in the file
    raise PackError([problem])
