"""Takes the values of secrets out of a plan: a tag, a subject or a comment may repeat one. Reads no file."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from releasekit.parameters.scrubbing import Scrubber, secrets
from releasekit.plan.model import Plan, from_data, seal, to_data

# words of ours, by which items and facts are found again, and hashes; parameters hold no secret by their own rules
_OURS = frozenset(
    {
        *("parameters", "service", "version", "environment", "level", "tool", "hash", "sha"),
        *("kind", "rule", "severity", "touches", "status", "effect", "id", "phase", "role", "levels", "probe"),
        *("hint", "applies", "title", "label"),
    }
)


def without_secrets(plan: Plan, environ: Mapping[str, str]) -> Plan:
    """The plan, sealed anew where what the repository says held a secret's value, or what looks like a credential."""
    scrubber = Scrubber(secrets(plan.parameters, environ))
    data = to_data(plan)
    if scrubber.clean(json.dumps(data, ensure_ascii=False)):
        return plan
    hidden = _hidden(data, scrubber)
    return seal(replace(from_data(hidden), hash="")) if scrubber.found else plan


def _hidden(value: Any, scrubber: Scrubber, key: str = "") -> Any:
    if key in _OURS:
        return value
    if isinstance(value, dict):
        item = "id" in value and "text" in value  # an item of the checklist, whose words are fixed
        return {name: one if item and name == "text" else _hidden(one, scrubber, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_hidden(one, scrubber) for one in value]
    return scrubber.text(value) if isinstance(value, str) else value
