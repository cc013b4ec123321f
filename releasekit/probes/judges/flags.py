"""Feature flags as the repository declares them: new ones are off, code's are declared. Asks no server."""

from pathlib import PurePosixPath

from releasekit.facts.change import KeyChange
from releasekit.facts.model import Fact
from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Judgement, Request, unknown

NAMED = 5
_OFF = frozenset({"false", "off", "disabled", "none", "null", "no", "control", "0", "0.0", ""})
_FILES = frozenset({".json", ".yaml", ".yml", ".toml"})


def configured(request: Request) -> Judgement:
    """The flag files of the candidate (flagd, LaunchDarkly, Flipt, Unleash, GrowthBook, go-feature-flag), as written.

    pass: flags that this release brings are off by default, and each that the code asks for is declared. warn: a flag
    has another default than before, or a new one serves something that is neither on nor off. fail: a new flag is on,
    or code asks for one that no file declares. unknown: no flag file, or what is new cannot be known.
    """
    flags = request.analysis.of("feature_flag")
    declared = [fact for fact in flags if PurePosixPath(fact.path).suffix in _FILES]
    if not declared:
        return unknown("no file declares feature flags", "confirm how flags are set in production, with a link")
    source = ", ".join(dict.fromkeys(fact.path for fact in declared))
    undeclared = [fact for fact in flags if fact not in declared]
    if undeclared:
        sentence = f"asked for in code, declared in no file: {_places(undeclared)}"
        then = "declare them, off by default"
        return Judgement(Verdict.FAIL, sentence, source, request.candidate, then)
    if request.change.unknown or request.change.first:
        why = request.change.unknown or "there is no earlier version"
        text = f"{len(declared)} flags, but which of them are new is not known: {why}"
        return unknown(text, request.change.mend or "look at the defaults", source)
    changed = [key for key in request.change.keys if key.kind == "flag"]
    new = [key for key in changed if key.before is None]
    on = [key for key in new if _is(key.after, "true", "on", "enabled", "1")]
    if on:
        return Judgement(
            Verdict.FAIL, f"new, and on by default: {_names(on)}", source, request.candidate, "turn them off by default"
        )
    odd = [key for key in new if str(key.after).strip().casefold() not in _OFF]
    turned = [key for key in changed if key.before is not None and key.after is not None]
    if odd or turned:
        parts = [f"{key.name}: {key.before} to {key.after}" for key in turned[:NAMED]]
        parts += [f"new {key.name} serves {key.after}" for key in odd[:NAMED]]
        then = "see that this is meant for production"
        return Judgement(Verdict.WARN, "; ".join(parts), source, request.candidate, then)
    gone = [key for key in changed if key.after is None]
    words = [f"{len(declared)} flags declared"]
    words += [f"new and off: {_names(new)}"] if new else ["none is new"]
    words += [f"no longer declared: {_names(gone)}"] if gone else []
    return Judgement(Verdict.PASS, "; ".join(words), source, request.candidate)


def _is(value: str | None, *words: str) -> bool:
    return str(value).strip().casefold() in words


def _names(keys: list[KeyChange]) -> str:
    return ", ".join(key.name for key in keys[:NAMED]) + (f" and {len(keys) - NAMED} more" if len(keys) > NAMED else "")


def _places(facts: list[Fact]) -> str:
    return ", ".join(f"{fact.name} ({fact.source})" for fact in facts[:NAMED])
