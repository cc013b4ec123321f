"""Variables that code reads, told from its text, for the languages other than Python. Knows no deployment format.

A read is required when the same expression, or a check within the next lines, stops the program without the value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from releasekit.facts.code import line_at
from releasekit.facts.settings.model import Read
from releasekit.syntax.expression import Expression

_N = r"(?P<name>[A-Z][A-Z0-9_]{1,80})"
_Q = r"['\"`]"


@dataclass(frozen=True, slots=True)
class Language:
    """How a language reads variables. ``hint``: a word without which no read can be in a file.

    ``reads`` match a read; its groups are ``name`` and, where the syntax has one, ``default``. ``demands`` match reads
    that fail by themselves. ``stops`` match, after a read, a check that ends the program.
    """

    endings: tuple[str, ...]
    hint: Expression
    reads: tuple[Expression, ...]
    demands: tuple[Expression, ...] = ()
    stops: Expression | None = None


def _all(*patterns: str) -> tuple[Expression, ...]:
    return tuple(Expression(pattern, re.MULTILINE) for pattern in patterns)


_JS_DEFAULT = r"(?:\s*(?:\|\||\?\?)\s*(?P<default>[^\s;,)}]+))?"
NODE = Language(
    (".js", ".ts", ".mjs", ".cjs", ".tsx", ".jsx", ".mts", ".cts"),
    Expression(r"process\.env|Deno\.env|Bun\.env|\benv\b|config|createEnv|cleanEnv|[eE]nvSchema"),
    _all(
        rf"\bprocess\.env(?:\.|\[{_Q}){_N}(?:{_Q}\])?(?!\w){_JS_DEFAULT}",
        rf"\b(?:Deno\.env\.get|env\.get|config(?:Service)?\.get)(?:<\w+>)?\(\s*{_Q}{_N}{_Q}\s*(?:,\s*(?P<default>[^)]+))?\)",
        rf"\bBun\.env\.{_N}(?!\w){_JS_DEFAULT}",
    ),
    _all(
        rf"\b\w*(?:[rR]equire|[mM]ust|[mM]andatory|OrThrow|OrFail|[eE]nsure|[aA]ssert)\w*(?:<\w+>)?\(\s*(?:process\.env,\s*)?{_Q}{_N}{_Q}\s*\)",
        rf"\benv\.get\(\s*{_Q}{_N}{_Q}\s*\)\.required\(",
        rf"^\s*{_N}\s*:\s*(?:str|num|url|port|host|email|json)\(\s*(?:\{{(?![^}}]*(?:default|devDefault))[^}}]*\}})?\s*\)",
    ),
    Expression(r"throw\b|process\.exit\(|panic\("),
)
GO = Language(
    (".go",),
    Expression(r"Getenv|LookupEnv|env:\"|envconfig|[mM]ust\w*\(|Envar|EnvVar|EnvironmentVar"),
    _all(
        rf"\bos\.(?:Getenv|LookupEnv)\(\s*\"{_N}\"\s*\)",
        rf"\b(?:get|load|lookup|read)\w*[eE]nv\w*\(\s*\"{_N}\"\s*(?:,\s*(?P<default>[^)]+))?\)",
        rf"`[^`]*\b(?:env|envconfig):\"{_N}[^`]*`",
        rf"\b(?:Envar|EnvVars?|EnvironmentVariables?)\b[^\n\"]{{0,40}}\"{_N}\"",
    ),
    _all(
        rf"\b\w*(?:[mM]ust|[rR]equire)\w*\([^()\n]*\"{_N}\"\s*\)",
        rf"`[^`]*\benv:\"{_N},[^\"`]*(?:required|notEmpty)[^`]*`",
        rf"`(?=[^`]*(?:\brequired|env-required):\"true\")[^`]*\b(?:env|envconfig):\"{_N}\"[^`]*`",
    ),
    Expression(
        r"log\.(?:Fatal|Panic)|\bpanic\(|os\.Exit\(|Fatal(?:f|ln)?\(|return\s[^\n]*(?:fmt\.Errorf|errors\.New|\berr\w*)"
    ),
)
RUBY = Language(
    (".rb", ".ru", ".rake"),
    Expression(r"\bENV\b"),
    _all(
        rf"\bENV\[{_Q}{_N}{_Q}\](?:\s*(?:\|\||\.presence\s*\|\|)=?\s*(?P<default>[^\s;,)}}]+))?",
        rf"\bENV\.fetch\(?\s*{_Q}{_N}{_Q}\s*(?:,\s*(?P<default>[^)\n]+)|\)?\s*(?:\{{|do\b)(?P<block>[^}}\n]*))",
    ),
    _all(
        rf"\bENV\.fetch\(\s*{_Q}{_N}{_Q}\s*\)(?!\s*(?:\{{|do\b))",
        rf"\bENV\.fetch\s+{_Q}{_N}{_Q}\s*$",
        rf"\bENV\[{_Q}{_N}{_Q}\]\s*\|\|\s*(?:raise|abort|fail)\b",
        rf"\bENV\.fetch\(?\s*{_Q}{_N}{_Q}\)?\s*(?:\{{|do)[^}}\n]*\b(?:raise|abort)\b",
    ),
    Expression(r"\b(?:raise|abort|exit)\b"),
)
JVM = Language(
    (".java", ".kt", ".scala", ".groovy"),
    Expression(r"getenv|\$\{|System\.env"),
    _all(rf"\bgetenv\(\s*\"{_N}\"\s*\)(?:\s*\?:\s*(?P<default>[^\s;,)]+))?", rf"\$\{{{_N}(?::(?P<default>[^}}]*))?\}}"),
    _all(
        rf"\bgetenv\(\s*\"{_N}\"\s*\)\s*(?:\?:\s*(?:throw|error\()|!!)",
        rf"\brequireNonNull\(\s*System\.getenv\(\s*\"{_N}\"",
        rf"@Value\(\s*\"\$\{{{_N}\}}\"",
    ),
    Expression(r"\bthrow\b|System\.exit\("),
)
DOTNET = Language(
    (".cs", ".fs"),
    Expression(r"GetEnvironmentVariable|GetConnectionString|onfiguration\["),
    _all(
        rf"\bGetEnvironmentVariable\(\s*\"{_N}\"\s*\)(?:\s*\?\?\s*(?P<default>[^\s;,)]+))?",
        rf"onfiguration\[\"{_N}\"\]",
    ),
    _all(
        rf"\bGetEnvironmentVariable\(\s*\"{_N}\"\s*\)\s*\?\?\s*throw\b",
        rf"onfiguration\[\"{_N}\"\]\s*\?\?\s*throw\b",
    ),
    Expression(r"\bthrow\b|Environment\.(?:Exit|FailFast)\("),
)
PHP = Language(
    (".php",),
    Expression(r"env\(|_ENV|_SERVER"),
    _all(
        rf"\b(?:env|getenv)\(\s*['\"]{_N}['\"]\s*(?:,\s*(?P<default>[^)]+))?\)",
        rf"\$_(?:ENV|SERVER)\[['\"]{_N}['\"]\](?:\s*\?\?\s*(?P<default>[^\s;,)]+))?",
    ),
    _all(rf"\$_(?:ENV|SERVER)\[['\"]{_N}['\"]\]\s*\?\?\s*throw\b"),
    Expression(r"\bthrow\b|\bdie\(|\bexit\("),
)
RUST = Language(
    (".rs",),
    Expression(r"\bvar(?:_os)?\(|env\s*=\s*\""),
    _all(
        rf"\bvar(?:_os)?\(\s*\"{_N}\"\s*\)(?:\s*\.(?:unwrap_or(?:_else|_default)?|ok|map_or(?:_else)?)\((?P<default>[^)]*)\))?",
        rf"\benv\s*=\s*\"{_N}\"",
    ),
    _all(rf"\bvar\(\s*\"{_N}\"\s*\)\s*(?:\.(?:expect|unwrap)\(|\.(?:context|with_context|map_err)\([^\n]*\)\s*\?|\?)"),
)
ELIXIR = Language(
    (".ex", ".exs"),
    Expression(r"System\."),
    _all(
        rf"\bSystem\.(?:get_env|fetch_env)\(\s*\"{_N}\"\s*(?:,\s*(?P<default>[^)]+))?\)(?:\s*\|\|\s*(?P<fallback>[^\s]+))?"
    ),
    _all(rf"\bSystem\.fetch_env!\(\s*\"{_N}\"\s*\)", rf"\bSystem\.get_env\(\s*\"{_N}\"\s*\)\s*\|\|\s*raise\b"),
)
SHELL = Language(
    (".sh", "entrypoint"),
    Expression(r"file_env|:\?"),
    # the helper of many official images: the variable, or a file that the variable with _FILE names
    _all(rf"^[ \t]*file_env[ \t]+['\"]?{_N}\b(?:['\"]?[ \t]+['\"]?(?P<default>[^\s'\"]+))?"),
    _all(rf"\$\{{{_N}:\?"),
)
CPP = Language((".cpp", ".cc", ".cxx", ".c"), Expression(r"getenv"), _all(rf"\bgetenv\(\s*\"{_N}\"\s*\)"))
PRISMA = Language((".prisma",), Expression(r"env\("), (), _all(rf"=\s*env\(\s*\"{_N}\"\s*\)"))
LANGUAGES: tuple[Language, ...] = (NODE, GO, RUBY, JVM, DOTNET, PHP, RUST, ELIXIR, SHELL, CPP, PRISMA)
_BOUND = Expression(
    r"(?:(?:const|let|var|val|final|string|String|auto)\s+)?\$?(\w+)\s*(?::\s*\w+\s*)?(?::=|=)\s*[^\n=]*$"
)
_COMMENT = Expression(r"\s*(?:#|//|\*|/\*|--|;)")
# a schema of zod, Joi and their like that is held against the environment
_SCHEMA = Expression(r"process\.env|createEnv|cleanEnv|validationSchema|ConfigModule|envSchema|EnvSchema")
_ENTRY = Expression(rf"^\s*{_N}\s*:\s*(?:z|Joi|joi|yup|v|t)\s*\.", re.MULTILINE)
_LENIENT = Expression(r"optional\b|[dD]efault\(|catch\(|nullish\(|nullable\(|prefault\(|coerce\s*\.\s*boolean|\|\|")
_TYPES = r"[bB]ool(?:ean)?|[nN]umber|[iI]nt(?:eger|\d\d)?|[fF]loat|[dD]uration|[dD]ecimal"
_PLAIN_DEFAULT = Expression(r"true|false|\d{1,9}", re.IGNORECASE)
_PLAIN_BEFORE = Expression(rf"(?:(?:{_TYPES})\w*(?:<\w+>)?\(|\b(?:bool|u?int\d*|float\d*|time\.Duration)\s|!!|\+)\s*$")
_PLAIN_AFTER = Expression(
    r"\s*(?:[=!]==?\s*['\"](?:true|false|[01]|yes|no|on|off)['\"]|,\s*(?:true|false|\d+)\s*,?\s*\)|\.to_[if]\b)",
    re.IGNORECASE,
)
_PLAIN_CALL = Expression(rf"[eE]nv\w*(?:{_TYPES})\w*\(|\b\w*(?:{_TYPES})\w*[eE]nv\w*\(")
_PLAIN_RULE = Expression(r"coerce\.(?:number|boolean)|\.(?:boolean|number)\(|enum\(\[\s*['\"](?:[01]|true|false)['\"]")
# lines after a read within which a check of its value stops the program
_REACH = 6


def reads(language: Language, text: str, path: str) -> Iterator[Read]:
    """Every read of a variable in the text of one file."""
    if not language.hint.search(text):
        return
    seen: set[tuple[str, int]] = set()
    if language is NODE and _SCHEMA.search(text):
        for read in _schema(text, path):
            seen.add((read.name, read.line))
            yield read
    for pattern in language.demands:
        for match in pattern.finditer(text):
            line = line_at(text, match.start("name"))
            if not _in_comment(text, match.start()):
                seen.add((match["name"], line))
                yield Read(match["name"], path, line, required=True)
    for pattern in language.reads:
        for match in pattern.finditer(text):
            line = line_at(text, match.start("name"))
            if (match["name"], line) in seen or _in_comment(text, match.start()):
                continue
            groups = match.groupdict()
            default = next(
                (groups[key] for key in ("default", "fallback", "block") if groups.get(key) is not None), None
            )
            default = default.strip("'\"` ") if default is not None else None
            required = default is None and language.stops is not None and _checked(text, match, language.stops)
            yield Read(match["name"], path, line, required, default, plain=_is_plain(text, match, default))


def _is_plain(text: str, match: re.Match[str], default: str | None) -> bool:
    """Whether a read takes a switch or a number: by the call around it, what it is compared with, or its default."""
    if default is not None and _PLAIN_DEFAULT.fullmatch(default):
        return True
    before = text[max(match.start() - 80, 0) : match.start()]
    after = text[match.end() : match.end() + 60]
    return bool(_PLAIN_BEFORE.search(before) or _PLAIN_AFTER.match(after) or _PLAIN_CALL.search(match[0]))


def _schema(text: str, path: str) -> Iterator[Read]:
    """The entries of a schema that the environment is checked with: each ends where the next one begins."""
    starts = list(_ENTRY.finditer(text))
    for index, match in enumerate(starts):
        end = starts[index + 1].start() if index + 1 < len(starts) else len(text)
        rule = re.split(r"\n\s*\}|;", text[match.end() : end], maxsplit=1)[0]
        required = not _LENIENT.search(rule) and not _in_comment(text, match.start("name"))
        line = line_at(text, match.start("name"))
        yield Read(match["name"], path, line, required, plain=_PLAIN_RULE.search(rule) is not None)


def _in_comment(text: str, offset: int) -> bool:
    return _COMMENT.match(text, text.rfind("\n", 0, offset) + 1, offset + 1) is not None


def _checked(text: str, match: re.Match[str], stops: Expression) -> bool:
    """Whether the program stops when the value is missing: in the condition around the read, or in one on its name."""
    start = text.rfind("\n", 0, match.start()) + 1
    before = text[start : match.start()]
    after = text[match.end() :].split("\n", _REACH + 1)[: _REACH + 1]
    tested = re.search(
        r"\b(?:if|unless)\b[^\n]*(?:!|not|==|unless|is_?[nN]ull|isEmpty|empty\(|blank|nil)", before + after[0]
    )
    if tested and re.match(r"\s*(?:\}?\s*else\s+)?(?:if|unless)\b", before):
        return any(stops.search(line) for line in after[:3])
    bound = _BOUND.search(before)
    if not bound:
        return False
    name = re.escape(bound[1])
    absent = re.compile(
        rf"\b(?:if|unless)\b[^\n]*(?:!\s*\$?{name}\b(?!\.)|\${name}\s*===?\s*(?:null|''|false)|\b{name}\s*(?:==|===|is)\s*(?:\"\"|''|nil|null|None|undefined)"
        rf"|empty\(\s*\${name}|IsNullOrEmpty\(\s*{name}|IsNullOrWhiteSpace\(\s*{name}|{name}\.(?:isEmpty|isBlank|nil\?|blank\?|empty\?)|unless\s+{name}\b)"
    )
    for index, line in enumerate(after):
        if absent.search(line):
            return any(stops.search(later) for later in after[index : index + 4])
    return False
