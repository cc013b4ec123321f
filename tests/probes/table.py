"""``python -m tests.probes.table``: write MATRIX.md, items by sources and verdicts, from the tests' own cases."""

from pathlib import Path

from releasekit.checklist.template import load
from tests.probes import cases_files, cases_live, cases_repository
from tests.probes.matrix import STATES, Case

PLACE = Path(__file__).with_name("MATRIX.md")
HEAD = """# Which evidence gives which verdict

Made by `python -m tests.probes.table` from the cases that `tests/probes/test_matrix.py` runs: each cell is a test.
*Missing*: nothing is there, or nobody answers. *Stale*: older than its limit. *Foreign*: of another commit, version,
service or database. *Broken*: cut off, rubbish, or contradicting itself. A dash: the state does not occur, or is no
different from another. Only *good* may be green (pass, warn). Items without a line have no probe: people judge them.

"""


def cases() -> list[Case]:
    """All cases."""
    return [*cases_files.cases(), *cases_live.cases(), *cases_repository.cases()]


def table() -> str:
    """The table as Markdown."""
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for case in cases():
        cells.setdefault((case.probe, case.source), {})[case.state] = str(case.verdict)
    rows = [f"| item | probe | source | {' | '.join(STATES)} |", f"|{'---|' * (len(STATES) + 3)}"]
    for entry in load().entries:
        for (probe, source), found in cells.items():
            if probe == entry.item.probe:
                shown = " | ".join(found.get(state, "-") for state in STATES)
                rows.append(f"| {entry.item.text} | `{probe}` | {source} | {shown} |")
    judged = sum(1 for entry in load().entries if entry.item.probe)
    return f"{HEAD}{judged} of {len(load().entries)} items have a probe.\n\n" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PLACE.write_text(table(), encoding="utf-8")
