import pytest

from releasekit.facts.detectors import flags
from tests.facts.operations import detect, of


@pytest.mark.parametrize(
    ("path", "text", "name", "value"),
    [
        (
            "flags.flagd.json",
            '{"flags": {"new-cart": {"defaultVariant": "on", "variants": {"on": true, "off": false}}}}',
            "new-cart",
            True,
        ),
        (
            "flags.json",
            '{"flags": {"share": {"defaultVariant": "none", "variants": {"none": 0, "half": 0.5}}}}',
            "share",
            0,
        ),
        ("manifest.json", '{"flags": {"a": {"flagType": "boolean", "defaultValue": false}}}', "a", False),
        (
            "ld.json",
            '{"flags": {"b": {"on": true, "variations": ["x", "y"], "fallthrough": {"variation": 1}}}}',
            "b",
            "y",
        ),
        ("values.json", '{"flagValues": {"c": true}}', "c", True),
        (
            "unleash.json",
            """{"version": 1, "features": [{"name": "d", "enabled": false}],
            "featureEnvironments": [{"featureName": "d", "environment": "production", "enabled": true}]}""",
            "d",
            True,
        ),
        ("growthbook.json", '{"features": {"e": {"defaultValue": "blue", "rules": []}}}', "e", "blue"),
        ("features.yml", "namespace: default\nflags:\n- key: f\n  name: F\n  enabled: true\n", "f", True),
        (
            "goff.yaml",
            "g:\n  variations: {A: false, B: true}\n  defaultRule: {variation: B}\n",
            "g",
            True,
        ),
    ],
)
def test_each_file_format_gives_the_default(path: str, text: str, name: str, value: object) -> None:
    facts, findings = detect(flags.detect, {path: text})
    assert of(facts, "feature_flag") == {(None, name, value)}
    assert findings == []


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("app/a.py", 'from openfeature import api\nclient.get_boolean_value("beta", False)\n', False),
        ("src/a.ts", 'import {OpenFeature} from "@openfeature/x";\nawait c.getStringValue("beta", "red");\n', "red"),
        ("a.go", 'import "github.com/open-feature/x" // OpenFeature\nc.BooleanValue(ctx, "beta", true, e)\n', True),
        ("A.java", 'import com.launchdarkly.sdk;\nboolean b = client.boolVariation("beta", user, false);\n', False),
        ("a.js", 'import {GrowthBook} from "x";\ngb.getFeatureValue("beta", 3)\n', 3),
    ],
)
def test_a_flag_that_only_code_knows_has_the_default_of_the_call(path: str, text: str, value: object) -> None:
    assert of(detect(flags.detect, {path: text})[0], "feature_flag") == {(None, "beta", value)}


def test_the_file_decides_where_code_has_another_default() -> None:
    declared = '{"flags": {"beta": {"defaultVariant": "on", "variants": {"on": true}}}}'
    code = 'from openfeature import api\nclient.get_boolean_value("beta", False)\n'
    assert of(detect(flags.detect, {"f.json": declared, "a.py": code})[0], "feature_flag") == {(None, "beta", True)}


def test_other_files_with_such_words_are_none() -> None:
    files = {
        "package.json": '{"name": "x", "features": ["a", "b"]}',
        "devcontainer.json": '{"features": {"ghcr.io/x/y:1": {}}}',
        "app/a.py": 'parser.get_boolean_value("x", False)\n',
        "compose.yml": "flags: []\n",
    }
    assert detect(flags.detect, files) == ([], [])
