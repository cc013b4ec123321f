"""``python -m tests.probes.table``: write MATRIX.md, items by sources and verdicts, from the tests' own cases."""

from pathlib import Path

from releasekit.checklist.template import load
from releasekit.probes.evidence import FACTS
from tests.probes import cases_files, cases_live, cases_repository, cases_told
from tests.probes.matrix import STATES, Case

PLACE = Path(__file__).with_name("MATRIX.md")
HEAD = """# Which evidence gives which verdict

Made by `python -m tests.probes.table` from the cases that `tests/probes/test_matrix.py` runs: each cell is a test.
*Missing*: nothing is there, or nobody answers. *Stale*: older than its limit. *Foreign*: of another commit, version,
service or database. *Broken*: cut off, rubbish, or contradicting itself. A dash: the state does not occur, or is no
different from another. Only *good* may be green (pass, warn). *Facts* are for the person who decides: never green,
whatever they say. Items without a line have neither: people judge them.

"""


def cases() -> list[Case]:
    """All cases."""
    return [*cases_files.cases(), *cases_live.cases(), *cases_repository.cases(), *cases_told.cases()]


def table() -> str:
    """The table as Markdown."""
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for case in cases():
        for_people = case.probe.startswith(FACTS) and case.state in ("good", "bad")
        cells.setdefault((case.probe, case.source), {})[case.state] = "facts" if for_people else str(case.verdict)
    rows = [f"| item | probe | source | {' | '.join(STATES)} |", f"|{'---|' * (len(STATES) + 3)}"]
    for entry in load().entries:
        for (probe, source), found in cells.items():
            if probe in (entry.item.probe, entry.item.hint):
                shown = " | ".join(found.get(state, "-") for state in STATES)
                rows.append(f"| {entry.item.text} | `{probe}` | {source} | {shown} |")
    items = [entry.item for entry in load().entries]
    judged, told = sum(bool(item.probe) for item in items), sum(bool(item.hint and not item.probe) for item in items)
    said = f"Of {len(items)} items {judged} have a probe that judges them, {told} more one that brings facts."
    return f"{HEAD}{said}\n\n" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PLACE.write_text(table(), encoding="utf-8")
