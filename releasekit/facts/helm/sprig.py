"""The functions that Helm's templates call, on plain values: pure and bounded. What asks a cluster is not here."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from math import prod
from typing import Any

# functions whose result nobody can know from the files; what they give is a secret, a hash or a time
OPAQUE = frozenset(
    [
        "b64dec",
        "sha256sum",
        "sha1sum",
        "md5sum",
        "adler32sum",
        "randAlphaNum",
        "randAlpha",
        "randNumeric",
        "randAscii",
        "randInt",
        "uuidv4",
        "now",
        "date",
        "ago",
        "dateInZone",
        "dateModify",
        "unixEpoch",
        "htmlDate",
        "duration",
        "bcrypt",
        "htpasswd",
        "derivePassword",
        "genPrivateKey",
        "encryptAES",
        "decryptAES",
        "buildCustomCert",
        "b32enc",
        "sha512sum",
    ]
)
_LONGEST = 1 << 18  # characters of one result: repeat and printf cannot fill the memory

Function = Callable[..., Any]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else str(value)


def _whole(value: object) -> int:
    """``int`` and ``int64``: what is no number is 0."""
    if isinstance(value, bool | int | float):
        return int(value)
    match = re.match(r"\s*[+-]?\d{1,18}", _text(value))
    return int(match[0]) if match else 0


def _real(value: object) -> float:
    match = re.fullmatch(r"\s*[+-]?\d+(?:\.\d+)?\s*", _text(value))
    return float(match[0]) if match else 0.0


def _trunc(length: object, value: object) -> str:
    number, text = _whole(length), _text(value)
    return text[:number] if number >= 0 else text[number:]


def _printf(template: object, *values: object) -> str:
    """The verbs that charts use: %s %v %d %q %t %f %x, with flags and widths."""
    rest = list(values)

    def verb(match: re.Match[str]) -> str:
        if match["verb"] == "%":
            return "%"
        value = rest.pop(0) if rest else None
        if match["verb"] == "q":
            return json.dumps(_text(value))
        if match["verb"] in "dxXo":
            return f"%{match['flags']}{match['verb']}" % _whole(value)
        if match["verb"] in "fge":
            return f"%{match['flags']}{match['verb']}" % _real(value)
        return _text(value)

    found = re.sub(r"%(?P<flags>[-+ 0#]*\d{0,3}(?:\.\d{1,2})?)(?P<verb>[a-zA-Z%])", verb, _text(template))
    return found[:_LONGEST]


def _contains(needle: object, hay: object) -> bool:
    return _text(needle) in _text(hay)


def _default(preset: object, value: object = None) -> object:
    return value or preset


def _ternary(yes: object, no: object, test: object) -> object:
    return yes if test else no


def _coalesce(*values: object) -> object:
    return next((value for value in values if value), None)


def _same(first: object, *others: object) -> bool:
    return any(first == other and isinstance(first, bool) == isinstance(other, bool) for other in others)


def _compare(sign: str) -> Callable[[Any, Any], bool]:
    def compare(left: Any, right: Any) -> bool:
        if isinstance(left, str) != isinstance(right, str):
            left, right = _real(left), _real(right)
        return bool({"lt": left < right, "le": left <= right, "gt": left > right, "ge": left >= right}[sign])

    return compare


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        if isinstance(value, Mapping):
            value = value.get(_text(key))
        elif isinstance(value, list) and 0 <= _whole(key) < len(value):
            value = value[_whole(key)]
        else:
            return None
    return value


def _dig(*arguments: Any) -> Any:
    *path, preset, value = arguments
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return preset
        value = value[key]
    return value


def _slice(values: Any, start: Any = 0, end: Any = None) -> Any:
    return values[_whole(start) : None if end is None else _whole(end)]


def _until(*bounds: Any) -> list[int]:
    start, end, step = (0, bounds[0], 1) if len(bounds) == 1 else (*bounds, 1)[:3]
    return list(range(_whole(start), _whole(end), _whole(step) or 1))[:1000]


def _regex(act: Callable[..., Any]) -> Function:
    """RE2 and Python's syntax agree on what charts write; only RE2 is linear, so what could take long is refused."""

    def apply(pattern: Any, text: Any, *rest: Any) -> Any:
        quantified = re.findall(r"(?<!\\)[*+{]", _text(pattern))
        if len(_text(text)) > 200 or len(quantified) > 3 or re.search(r"\)[*+{]", _text(pattern)):
            raise ValueError("a regular expression that may take long")
        try:
            return act(re.compile(_text(pattern)), _text(text), *rest)
        except re.error:
            raise ValueError("a regular expression of another dialect") from None

    return apply


def _words(value: object) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", _text(value))
    return [word for word in re.split(r"[\s_\-.]+", spaced) if word]


def _version(value: object) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", _text(value).partition("-")[0])[:3])


def _semver(constraint: object, version: object) -> bool:
    """Comparisons joined by ``,`` or a space (and) and ``||`` (or); Masterminds/semver's other signs are refused."""
    have = (*_version(version), 0, 0, 0)[:3]
    for choice in _text(constraint).split("||"):
        parts = re.findall(r"([<>=!~^]*)\s*v?(\d[\w.\-+*]*)", choice)
        if all(_holds(sign, have, (*_version(wanted), 0, 0, 0)[:3], len(_version(wanted))) for sign, wanted in parts):
            return True
    return False


def _holds(sign: str, have: tuple[int, ...], wanted: tuple[int, ...], given: int) -> bool:
    if sign in {"", "="}:
        return have[:given] == wanted[:given]
    if sign in {"~", "^"}:
        fixed = 1 if sign == "^" or given == 1 else 2
        return have >= wanted and have[:fixed] == wanted[:fixed]
    signs = {">": have > wanted, ">=": have >= wanted, "<": have < wanted, "<=": have <= wanted, "!=": have != wanted}
    if sign not in signs:
        raise ValueError(f"the version constraint {sign!r}")
    return signs[sign]


def _each(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else []


def _unique(values: Any) -> list[Any]:
    found: list[Any] = []
    for value in _each(values):
        if value not in found:
            found.append(value)
    return found


def _joined(separator: object, values: Any) -> str:
    listed = values if isinstance(values, list) else [values]
    return _text(separator).join(_text(value) for value in listed)[:_LONGEST]


def _decoded(value: object) -> str:
    try:
        return base64.b64decode(_text(value), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ValueError("what is no base64 of a text") from None


def _title(value: object) -> str:
    return re.sub(r"(?:^|(?<=\s))\w", lambda match: match[0].upper(), _text(value))


TEXT: Mapping[str, Function] = {
    "b64dec": _decoded,
    "trim": lambda v: _text(v).strip(),
    "trimAll": lambda c, v: _text(v).strip(_text(c)),
    "trimSuffix": lambda c, v: _text(v).removesuffix(_text(c)),
    "trimPrefix": lambda c, v: _text(v).removeprefix(_text(c)),
    "trunc": _trunc,
    "lower": lambda v: _text(v).lower(),
    "upper": lambda v: _text(v).upper(),
    "title": _title,
    "untitle": lambda v: _text(v)[:1].lower() + _text(v)[1:],
    "repeat": lambda n, v: (_text(v) * max(0, min(_whole(n), 10_000)))[:_LONGEST],
    "substr": lambda a, b, v: _text(v)[_whole(a) : _whole(b)] if _whole(b) >= 0 else _text(v)[_whole(a) :],
    "nospace": lambda v: re.sub(r"\s", "", _text(v)),
    "replace": lambda old, new, v: _text(v).replace(_text(old), _text(new))[:_LONGEST],
    "contains": _contains,
    "hasPrefix": lambda p, v: _text(v).startswith(_text(p)),
    "hasSuffix": lambda p, v: _text(v).endswith(_text(p)),
    "quote": lambda *v: " ".join(json.dumps(_text(x), ensure_ascii=False) for x in v if x is not None),
    "squote": lambda *v: " ".join(f"'{_text(x)}'" for x in v if x is not None),
    "cat": lambda *v: " ".join(_text(x) for x in v),
    "printf": _printf,
    "print": lambda *v: "".join(_text(x) for x in v),
    "println": lambda *v: " ".join(_text(x) for x in v) + "\n",
    "toString": _text,
    "kebabcase": lambda v: "-".join(_words(v)).lower(),
    "snakecase": lambda v: "_".join(_words(v)).lower(),
    "camelcase": lambda v: "".join(word[:1].upper() + word[1:] for word in _words(v)),
    "join": _joined,
    "toJson": lambda v: json.dumps(v, separators=(",", ":")),
    "toRawJson": lambda v: json.dumps(v, separators=(",", ":")),
    "toPrettyJson": lambda v: json.dumps(v, indent=2),
    "urlquery": _text,
    "html": _text,
    "regexReplaceAll": lambda p, v, new: _regex(lambda r, t: r.sub(re.sub(r"\$\{?(\d+)\}?", r"\\\1", _text(new)), t))(
        p, v
    ),
    "regexReplaceAllLiteral": lambda p, v, new: _regex(lambda r, t: r.sub(lambda _: _text(new), t))(p, v),
    "regexMatch": _regex(lambda r, t: bool(r.search(t))),
    "regexFind": _regex(lambda r, t: (r.search(t) or [""])[0]),
    "semverCompare": _semver,
}

OTHER: Mapping[str, Function] = {
    "default": _default,
    "empty": lambda v=None: not v,
    "coalesce": _coalesce,
    "ternary": _ternary,
    "eq": _same,
    "ne": lambda a, b: not _same(a, b),
    "lt": _compare("lt"),
    "le": _compare("le"),
    "gt": _compare("gt"),
    "ge": _compare("ge"),
    "not": lambda v: not v,
    "int": _whole,
    "int64": _whole,
    "float64": _real,
    "atoi": _whole,
    "toDecimal": _whole,
    "add": lambda *v: sum(map(_whole, v)),
    "add1": lambda v: _whole(v) + 1,
    "sub": lambda a, b: _whole(a) - _whole(b),
    "mul": lambda *v: prod(map(_whole, v)),
    "div": lambda a, b: int(_whole(a) / _whole(b)) if _whole(b) else 0,
    "mod": lambda a, b: _whole(a) % _whole(b) if _whole(b) else 0,
    "max": lambda *v: max(map(_whole, v)),
    "min": lambda *v: min(map(_whole, v)),
    "floor": lambda v: int(_real(v) // 1),
    "ceil": lambda v: int(-(-_real(v) // 1)),
    "len": lambda v: len(v) if v is not None else 0,
    "index": _index,
    "dig": _dig,
    "slice": _slice,
    "list": lambda *v: list(v),
    "tuple": lambda *v: list(v),
    "dict": lambda *v: {_text(v[i]): v[i + 1] if i + 1 < len(v) else "" for i in range(0, len(v), 2)},
    "hasKey": lambda m, k: isinstance(m, Mapping) and k in m,
    "get": lambda m, k: m.get(k, "") if isinstance(m, Mapping) else "",
    "pluck": lambda k, *maps: [m[k] for m in maps if isinstance(m, Mapping) and k in m],
    "keys": lambda *maps: [k for m in maps for k in (m or {})],
    "values": lambda m: list((m or {}).values()),
    "pick": lambda m, *keys: {k: v for k, v in m.items() if k in keys},
    "omit": lambda m, *keys: {k: v for k, v in (m or {}).items() if k not in keys},
    "first": lambda v: v[0] if v else None,
    "last": lambda v: v[-1] if v else None,
    "rest": lambda v: v[1:],
    "initial": lambda v: v[:-1],
    "append": lambda v, x: [*_each(v), x],
    "prepend": lambda v, x: [x, *_each(v)],
    "concat": lambda *v: [x for part in v for x in _each(part)],
    "uniq": _unique,
    "compact": lambda v: [x for x in _each(v) if x],
    "without": lambda v, *gone: [x for x in _each(v) if x not in gone],
    "has": lambda x, v: x in (v or []),
    "reverse": lambda v: _each(v)[::-1],
    "sortAlpha": lambda v: sorted(map(_text, _each(v))),
    "split": lambda s, v: {f"_{i}": part for i, part in enumerate(_text(v).split(_text(s)))},
    "splitList": lambda s, v: _text(v).split(_text(s)),
    "toStrings": lambda v: [_text(x) for x in _each(v)],
    "until": _until,
    "untilStep": _until,
    "seq": lambda *v: " ".join(str(n) for n in range(_whole(v[0]), _whole(v[-1]) + 1)[:1000]),
    "deepCopy": lambda v: v,
    "all": lambda *v: all(v),
    "any": lambda *v: any(v),
}
