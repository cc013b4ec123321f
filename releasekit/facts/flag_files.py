"""Feature flag files by their shape: each flag with the value it has when no rule says otherwise. Opens no file."""

from collections.abc import Iterator

from releasekit.facts.model import Value
from releasekit.syntax.node import Node

Flag = tuple[str, Value, int, str]  # name, default, line, how the default was found


def flags_in(node: Node) -> Iterator[Flag]:
    """The flags of one document, whichever of the known shapes it has; nothing for any other file."""
    flags, features = node.at("flags"), node.at("features")
    if flags.is_map:
        for name, flag in flags.items():
            yield from _flagd(name, flag, flags.line_of(name))
            yield from _launchdarkly(name, flag, flags.line_of(name))
    if node.at("flagValues").is_map:  # LaunchDarkly's short form
        for name, value in node.at("flagValues").items():
            if value.is_scalar:
                yield name, _scalar(value), value.line, ""
    if flags.is_list:
        yield from _flipt(flags)
    if features.is_list:
        yield from _unleash(node, features)
    if features.is_map:
        for name, feature in features.items():
            yield from _growthbook(name, feature, features.line_of(name))
    if not flags and not features:
        yield from _go_feature_flag(node)


def _flagd(name: str, flag: Node, line: int) -> Iterator[Flag]:
    """flagd: the value of ``defaultVariant``; OpenFeature's manifest: ``defaultValue``."""
    variant, variants = flag.at("defaultVariant"), flag.at("variants")
    if variants.is_map and variant:
        chosen = variants.at(variant.text)
        value = _scalar(chosen) if chosen.is_scalar else variant.text
        yield name, value, line, f"the value of the default variant {variant.text}"
    elif flag.at("flagType") and flag.at("defaultValue").is_scalar:
        yield name, _scalar(flag.at("defaultValue")), line, ""


def _launchdarkly(name: str, flag: Node, line: int) -> Iterator[Flag]:
    """LaunchDarkly's flag data: ``on`` takes the fallthrough's variation, off the ``offVariation``."""
    variations = flag.at("variations")
    if not variations.is_list or not flag.at("on"):
        return
    on = flag.at("on").value is True
    index = flag.at("fallthrough", "variation").value if on else flag.at("offVariation").value
    chosen = variations.at(index) if isinstance(index, int) else None
    if chosen is not None and chosen.is_scalar:
        yield name, _scalar(chosen), line, "the variation that is served without a rule"


def _flipt(flags: Node) -> Iterator[Flag]:
    """Flipt's features file: a list of flags with ``key`` and ``enabled``."""
    for flag in flags:
        key, enabled = flag.at("key"), flag.at("enabled")
        if key.text and (enabled or flag.at("variants") or flag.at("type")):
            yield key.text, enabled.value is True, key.line, ""


def _unleash(node: Node, features: Node) -> Iterator[Flag]:
    """Unleash's export and bootstrap file; where environments are given, production decides."""
    states = {}
    for state in node.at("featureEnvironments"):
        if state.at("environment").text.lower() in {"production", "prod"}:
            states[state.at("featureName").text] = state.at("enabled").value is True
    for feature in features:
        name = feature.at("name")
        if not name.text or not (feature.at("enabled") or feature.at("strategies") or name.text in states):
            continue
        enabled = states.get(name.text, feature.at("enabled").value is True)
        for environment in feature.at("environments"):
            if environment.at("name").text.lower() in {"production", "prod"}:
                enabled = environment.at("enabled").value is True
        yield name.text, enabled, name.line, ""


def _growthbook(name: str, feature: Node, line: int) -> Iterator[Flag]:
    if feature.at("defaultValue").is_scalar:
        yield name, _scalar(feature.at("defaultValue")), line, ""


def _go_feature_flag(node: Node) -> Iterator[Flag]:
    """go-feature-flag: flags at the top, ``defaultRule`` names one of ``variations``."""
    for name, flag in node.items():
        variations, variation = flag.at("variations"), flag.at("defaultRule", "variation")
        if variations.is_map and variation.text:
            chosen = variations.at(variation.text)
            value = _scalar(chosen) if chosen.is_scalar else variation.text
            yield name, value, node.line_of(name), f"the variation {variation.text} of the default rule"


def _scalar(node: Node) -> Value:
    return node.value if isinstance(node.value, str | int | float | bool) else None
