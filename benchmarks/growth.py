"""What more requirements and more packs cost."""

import tempfile
from datetime import date
from pathlib import Path

from cases import drawn, first
from measure import Side, interleaved, say, table
from packs import write_pack

from vedligehold import Case, Pack, decide, load_pack, packs
from vedligehold.prepared import prepared

DAY = date(2017, 5, 10)
FACTS = "chronic_condition needs_maintenance needs_therapist_support can_self_train receives_free_physiotherapy".split()


def requirements() -> str:
    """A table: what a case and loading cost where a pack has more requirements."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [_with_requirements(Path(folder) / str(number), number) for number in (10, 100, 1000)]
    head = ("decide and read", "with an answer not had before", "the whole decision as data", "load the pack")
    return table(("µs (for each requirement)", *head), rows)


def _with_requirements(rules: Path, number: int) -> list[str]:
    say(f"{number} requirements")
    _write(rules, "grown", number)
    pack = load_pack("grown", rules=rules)
    cases = [Case.model_validate(each) for each in drawn(200, DAY)]
    micros = [
        _once(lambda: [first(decide(pack, case, on=DAY)) for case in cases], 200, 15),
        _once(lambda: [_anew(pack, case) for case in cases[:50]], 50, 5),
        _once(lambda: [decide(pack, case, on=DAY).model_dump() for case in cases[:10]], 10, 5),
        _once(lambda: load_pack("grown", rules=rules), 1, 5),
    ]
    return [f"{number} requirements", *(f"{each:,.1f} ({each / number:,.2f})" for each in micros)]


def folders() -> str:
    """A table: what loading costs where a folder has more packs."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [_with_packs(Path(folder) / str(number), number) for number in (10, 100)]
    return table(("ms (for each pack)", "load one by its id", "load all"), rows)


def _with_packs(rules: Path, number: int) -> list[str]:
    say(f"{number} packs")
    for place in range(number):
        _write(rules, f"pack-{place}", 5)
    one = _once(lambda: load_pack("pack-7", rules=rules), 1, 7) / 1000
    every = _once(lambda: packs(rules), 1, 3) / 1000
    return [f"{number} packs", f"{one:,.1f}", f"{every:,.1f} ({every / number:,.1f})"]


def _anew(pack: Pack, case: Case) -> object:
    prepared(pack.at(DAY)).forget()
    return first(decide(pack, case, on=DAY))


def _once(side: Side, batch: int, rounds: int) -> float:
    return interleaved({"it": side}, batch=batch, rounds=rounds)["it"].micros


def _write(rules: Path, name: str, number: int) -> None:
    """A pack of that many requirements, each on two facts."""
    entries = []
    for place in range(number):
        one, other = FACTS[place % 5], FACTS[(place + 1 + place // 5 % 4) % 5]
        entries.append({"id": f"r{place}", "kind": "discretionary", "require": {"any": [one, {"not": other}]}})
    write_pack(rules, pack=name, requirements=entries)
