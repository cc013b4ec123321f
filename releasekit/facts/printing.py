"""An analysis as the JSON data that `releasekit facts` prints. Knows no terminal."""

from typing import Any

from releasekit.facts.model import Analysis


def data(analysis: Analysis) -> dict[str, Any]:
    """``{"facts": [{kind, name, value, service, source}], "start_order": [[...]], "findings": [...]}``.

    ``also`` (further places) and ``how`` (how a value was derived) are there when they say something.
    """
    facts = []
    for fact in analysis.facts:
        row: dict[str, Any] = {
            "kind": fact.kind,
            "name": fact.name,
            "value": fact.value,
            "service": fact.service,
            "source": fact.source,
        }
        facts.append(row | ({"also": list(fact.also)} if fact.also else {}) | ({"how": fact.how} if fact.how else {}))
    findings = [
        {
            "rule": finding.rule,
            "severity": str(finding.severity),
            "sentence": finding.sentence,
            "places": list(finding.places),
            "service": finding.service,
            "do": finding.do,
        }
        for finding in analysis.findings
    ]
    return {"facts": facts, "start_order": [list(wave) for wave in analysis.start_order], "findings": findings}
