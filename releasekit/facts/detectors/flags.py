"""Feature flags with their defaults, in the files of flag systems and in calls of their SDKs."""

import re
from collections.abc import Iterator

from releasekit.facts.code import line_at, own
from releasekit.facts.files import Files
from releasekit.facts.flag_files import flags_in
from releasekit.facts.model import Fact, Finding, Value
from releasekit.facts.places import aside
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node

_JSON_HINT = Expression(r'"(?:flags|features|flagValues|featureEnvironments)"\s*:')
_YAML_HINT = Expression(r"^(?:flags|features):|^\s+(?:defaultRule|defaultVariant):", re.MULTILINE)
_SOURCES = tuple(".py .ts .tsx .js .jsx .mjs .go .java .kt .cs .rb .php .rs .scala .dart".split())
_LITERAL = r"(?P<value>true|false|True|False|-?\d+(?:\.\d+)?|\"[^\"\n]{0,80}\"|'[^'\n]{0,80}')"
_KEY = r"[\"'](?P<key>[\w.:/-]{2,100})[\"']"
# the flag's key, then what is taken when the provider does not answer
_CALLS = (
    # OpenFeature in all languages; in Go a context comes first
    Expression(
        r"\b(?:get|use|fetch)?_?(?:[Bb]oolean|[Ss]tring|[Nn]umber|[Ii]nteger|[Ii]nt|[Ff]loat|[Dd]ouble|bool)_?(?:Flag_?)?"
        rf"(?:[Vv]alue|[Dd]etails)(?:Async)?\(\s*(?:ctx\s*,\s*|context\.\w+\(\)\s*,\s*)?{_KEY}\s*,\s*{_LITERAL}"
    ),
    # LaunchDarkly, with or without a type in the name; the context is the second argument
    Expression(
        rf"\b(?:[Bb]ool|[Ss]tring|[Ii]nt|[Ff]loat64|[Dd]ouble|number)?_?[Vv]ariation\("
        rf"\s*{_KEY}\s*,[^,()\n]{{1,80}},\s*{_LITERAL}\s*\)"
    ),
    # GrowthBook
    Expression(rf"\b(?:getFeatureValue|get_feature_value|useFeatureValue)\(\s*{_KEY}\s*,\s*{_LITERAL}"),
    # Unleash, where a fallback is the third argument
    Expression(rf"\b(?:isEnabled|is_enabled)\(\s*{_KEY}\s*,[^,()\n]{{1,80}},\s*{_LITERAL}\s*\)"),
)
_HINTS = ("openfeature", "launchdarkly", "ldclient", "growthbook", "unleash")


def detect(files: Files) -> Iterator[Fact | Finding]:
    """Declared flags with their default; a flag that only code knows has the default of the call."""
    declared: set[str] = set()
    for path, node in _documents(files):
        for name, value, line, how in flags_in(node):
            declared.add(name)
            yield Fact("feature_flag", name, value, f"{path}:{line}", how=how)
    seen: set[str] = set()
    for path in own(files, *_SOURCES):
        text = files.text(path)
        if not any(hint in text.lower() for hint in _HINTS):
            continue
        for pattern in _CALLS:
            for match in pattern.finditer(text):
                name = match["key"]
                if name not in declared and name not in seen:
                    seen.add(name)
                    source = f"{path}:{line_at(text, match.start('key'))}"
                    yield Fact("feature_flag", name, _value(match["value"]), source)


def _documents(files: Files) -> Iterator[tuple[str, Node]]:
    for path in files.tree.ending(".json", ".flagd", ".yaml", ".yml"):
        if aside(path) or files.tree.sizes[path] > 1 << 18 or path.endswith(("package-lock.json", "tsconfig.json")):
            continue
        text = files.text(path)
        if path.endswith(".json") and _JSON_HINT.search(text):
            yield path, files.json(path)
        elif path.endswith((".yaml", ".yml")) and _YAML_HINT.search(text) and "{{" not in text:
            for document in files.yaml(path):
                yield path, document


def _value(text: str) -> Value:
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    if text[0] in "\"'":
        return text[1:-1]
    return float(text) if "." in text else int(text)
