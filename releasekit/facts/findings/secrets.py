"""Secrets whose values stand in the repository. Says where, never what."""

from collections.abc import Iterator, Sequence

from releasekit.facts.model import Fact, Finding, Severity

_COMMITTED = {"hardcoded", "committed .env", "default in the file"}


def committed(facts: Sequence[Fact]) -> Iterator[Finding]:
    """``secret-committed``: a value for a secret stands in a file of the repository."""
    for fact in facts:
        if fact.kind != "secret" or fact.value not in _COMMITTED:
            continue
        of = f" of {fact.service}" if fact.service else ""
        # a committed .env is named in `also`: that is where the value is
        places = (*[place for place in fact.also if ".env" in place], fact.source)
        yield Finding(
            "secret-committed",
            Severity.RISK,
            f"a value for {fact.name}{of} stands in the repository, in its history for ever",
            places if fact.value == "committed .env" else (fact.source, *fact.also),
            fact.service,
            "give production another value, from a secret store, and make sure this one is not in use",
        )
