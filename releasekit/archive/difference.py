"""What differed between two releases, as their bundles have it. Judges neither."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from releasekit.archive.layout import Bundle
from releasekit.archive.reopening import state
from releasekit.run.state import RunState

GROUPS = ("release", "parameters", "facts", "findings", "items", "evidence", "metrics", "people", "durations")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same: its group (one of GROUPS), what, and how it was in either ("": it was not)."""

    about: str
    what: str
    before: str
    after: str


def differences(before: Bundle, after: Bundle) -> tuple[Difference, ...]:
    """What differs, in the order of GROUPS. Raises InputError, StoreError for a bundle whose log cannot be read."""
    one, other = _told(state(before)), _told(state(after))
    return tuple(
        Difference(group, what, one[group].get(what, ""), other[group].get(what, ""))
        for group in GROUPS
        for what in [*one[group], *(what for what in other[group] if what not in one[group])]
        if one[group].get(what, "") != other[group].get(what, "")
    )


def _told(run: RunState) -> Mapping[str, Mapping[str, str]]:
    plan = run.plan
    return {
        "release": {
            "service": run.service,
            "version": run.version,
            "environment": run.environment,
            "commit": run.commit,
            "outcome": run.outcome,
            "rollback": run.rollback_reason,
            "interrupted at": ", ".join(one.cell for one in run.interruptions),
            "level": plan.level if plan else "",
        },
        "parameters": dict(_flat(plan.parameters)) if plan else {},
        "facts": _facts(run),
        "findings": {f"{one.rule} {', '.join(one.places[:1])}".strip(): one.sentence for one in plan.analysis.findings}
        if plan
        else {},
        "items": {item.id: str(run.items[item.id].status) for item in plan.checklist.items} if plan else {},
        "evidence": {
            f"{item} ({one.probe})": f"{one.verdict}: {one.sentence}"
            for item, known in run.items.items()
            for one in known.evidence
        },
        "metrics": dict(_metrics(run)),
        "people": {f"{one.role}, {one.scope}": one.by for one in run.signoffs if not one.void and not one.refused},
        "durations": {str(phase): _time(seconds) for phase, seconds in run.durations().items()},
    }


def _metrics(run: RunState) -> Iterator[tuple[str, str]]:
    """Verdict and means of each objective, as it was measured last; "" for a run of before they were kept."""
    measured = sorted((one for known in run.items.values() for one in known.evidence), key=lambda one: one.at)
    latest = {series.name: series for one in measured for series in one.series}
    for name, series in sorted(latest.items()):
        yield f"{name}: verdict", series.outcome
        for what, mean in (("now", series.now), ("baseline", series.baseline)):
            yield f"{name}: {what}", "" if mean is None else f"{mean:.4g} {series.unit}".rstrip()


def _facts(run: RunState) -> dict[str, str]:
    """By kind, service and name; of several with one name all values, since their order says nothing."""
    found: dict[str, list[str]] = {}
    for fact in run.plan.analysis.facts if run.plan else ():
        name = " ".join(filter(None, (fact.kind, fact.service or "", fact.name)))
        found.setdefault(name, []).append(str(fact.value))
    return {name: ", ".join(sorted(values)) for name, values in sorted(found.items())}


def _flat(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield from _flat(child, f"{at}.{key}" if at else str(key))
    elif isinstance(value, list | tuple):
        for number, child in enumerate(value):
            yield from _flat(child, f"{at}.{number}")
    elif value is not None:
        yield at, str(value)


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def as_data(found: tuple[Difference, ...]) -> list[dict[str, str]]:
    """The same as JSON data."""
    return [asdict(one) for one in found]
