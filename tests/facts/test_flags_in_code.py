"""Flags that a program declares itself, and tables that only look like it."""

import pytest

from releasekit.facts.detectors import flags_in_code
from tests.facts.saying import pairs

TYPED = """export type IFlags = Partial<Record<string, boolean>>;
const flags: IFlags = {
    plain: false,
    byVariable: parseBoolean(process.env.BY_VARIABLE, true),
    compared: process.env.COMPARED === 'true',
    unlessOff: process.env.UNLESS_OFF !== 'false',
    fallsBack: readFlag(process.env.FALLS_BACK) ?? false,
    banner: { name: 'banner', enabled: parseBoolean(process.env.BANNER, false), payload: {} },
    variant: parse(process.env.VARIANT, 'control'),
};
"""


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "src/experimental.ts",
            TYPED,
            [
                ("plain", False),
                ("byVariable", True),
                ("compared", False),
                ("unlessOff", True),
                ("fallsBack", False),
                ("banner", False),
                ("variant", "control"),
            ],
        ),
        (
            "src/config.js",
            "export const FEATURE_FLAGS = Object.freeze({\n  newCart: false,\n  'old-menu': !!process.env.OLD,\n});\n",
            [("newCart", False), ("old-menu", False)],
        ),
        (
            "src/toggles.ts",
            "const featureToggles = [\n  { key: 'a-b', default: true },\n  { key: 'c', enabled: false },\n];\n",
            [("a-b", True), ("c", False)],
        ),
        (
            "app/config.py",
            'FEATURE_FLAGS: dict[str, bool] = {\n    "NEW_CART": False,\n    "MENU": True,\n}\n',
            [("NEW_CART", False), ("MENU", True)],
        ),
        ("app/flags.py", "class FeatureFlags(BaseSettings):\n    new_cart: bool = False\n", [("new_cart", False)]),
        (
            "internal/features/features.go",
            'var featureFlags = map[string]bool{\n\t"new-cart": false, // soon\n\t"menu":     true,\n}\n',
            [("new-cart", False), ("menu", True)],
        ),
        (
            "pkg/features/kube.go",
            "var gates = map[Feature]FeatureSpec{\n\tNewCart: {Default: false, PreRelease: featuregate.Alpha},\n}\n",
            [("NewCart", False)],
        ),
        (
            "src/main/resources/application.yml",
            "app:\n  features:\n    new-cart: false\n    menu:\n      enabled: true\n",
            [("new-cart", False), ("menu", True)],
        ),
        (
            "Api/appsettings.json",
            '{"FeatureManagement": {\n"NewCart": false,\n"Beta": {"EnabledFor": [{"Name": "Percentage"}]}}}',
            [("NewCart", False), ("Beta", False)],
        ),
        (
            "config/feature_flags/ops/new_cart.yml",
            "---\nname: new_cart\ndefault_enabled: false\n",
            [("new_cart", False)],
        ),
    ],
)
def test_a_table_of_flags_says_their_defaults(path: str, text: str, expected: list[tuple[str, object]]) -> None:
    assert pairs(flags_in_code.detect, {path: text}) == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/regex.ts", "const flags = { global: true, multiline: false };\n"),
        ("src/countries.ts", "export const flags = { de: '\\ud83c', us: 'x' };\n"),
        ("src/names.ts", "export const FEATURE_FLAGS = { cart: 'new-cart', menu: 'menu' } as const;\n"),
        ("src/options.ts", "const options = { enabled: true };\n"),
        ("tests/flags.ts", "const featureFlags = { a: true };\n"),
        ("app/settings.py", 'FEATURES = {"a": True}\nMIXED_FLAGS_TEXT = {"a": "b"}\n'),
    ],
)
def test_other_tables_are_no_flags(path: str, text: str) -> None:
    assert pairs(flags_in_code.detect, {path: text}) == []
