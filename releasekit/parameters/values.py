"""The kinds of values a parameter file holds, each with its rule and its refusal in plain words. Knows no file."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer

from releasekit.errors import InputError

KEY_PASSWORD = "RELEASEKIT_KEY_PASSWORD"  # noqa: S105 - the variable's name
SECRET = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]{0,127}")
# Windows keeps these for devices, whatever follows the first dot (learn.microsoft.com, "Naming Files, Paths")
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._+-]{0,62}")
_REF = re.compile(r"[A-Za-z0-9_@][A-Za-z0-9._/+@{}~^#-]{0,254}")
_URL = re.compile(r"https?://(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?(?:[/?#][^\s]*)?")
_HOST = re.compile(r"(?:\*\.)?[a-z0-9](?:[a-z0-9.-]{0,252})(?::[0-9]{1,5})?|\[[0-9a-f:.]+\](?::[0-9]{1,5})?")
_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# the form of metrics' criteria (Keptn's service level objectives)
_CRITERION = re.compile(r"\s*(?:<=|>=|<|>|=)\s*[+-]?\s*\d+(?:\.\d+)?(?:[eE][-+]?\d+)?\s*%?\s*")
_ITEM = re.compile(r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)*")
_JOB = re.compile(r"[^#\s][^#\n]{0,400}#[^#\n]{1,200}")


def resolve(reference: str, environ: Mapping[str, str]) -> str:
    """The value an ``env:NAME`` reference stands for; a text that is no reference is returned as it is.

    Raises InputError when the variable is not set or is empty. Call it where the value is used, and keep it nowhere.
    """
    if not is_reference(reference):
        return reference
    name = reference.removeprefix("env:")
    value = environ.get(name, "")
    if not value:
        raise InputError(f"the environment variable {name} is not set", do=f"set it where releasekit runs: {name}=...")
    return value


def is_reference(text: str) -> bool:
    """Whether a text is a reference to a secret, ``env:NAME``."""
    return SECRET.fullmatch(text) is not None


def seconds(duration: str) -> int:
    """A duration such as ``90s``, ``60m``, ``24h`` or ``7d`` in seconds. Raises InputError for anything else."""
    match = _DURATION.fullmatch(duration)
    if not match:
        raise InputError(f"{duration!r} is not a duration", do="write a number and s, m, h or d, such as 60m")
    return int(match[1]) * _SECONDS[match[2]]


def _check(pattern: re.Pattern[str], sentence: str) -> BeforeValidator:
    def check(value: object) -> object:
        if isinstance(value, str) and not pattern.fullmatch(value):
            raise ValueError(sentence)
        return value

    return BeforeValidator(check)


def _name(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _NAME.fullmatch(value) or value.endswith("."):
        raise ValueError(
            "must be 1 to 63 lower-case letters, digits, dots, dashes or underscores, and start with a letter or digit:"
            " it names a folder"
        )
    if value.partition(".")[0] in _DEVICES:
        raise ValueError("is a name that some systems keep for devices; choose another, such as svc-" + value)
    return value


def _version(value: object) -> object:
    if isinstance(value, str) and (not _VERSION.fullmatch(value) or value.endswith(".")):
        raise ValueError('must be a version such as "2.4.0": letters, digits, dots, dashes, + and _; it names a folder')
    return value


def _ref(value: object) -> object:
    if isinstance(value, str) and (not _REF.fullmatch(value) or ".." in value or value.endswith((".lock", "/"))):
        raise ValueError("must be one git revision: a tag, a branch, HEAD or a commit hash")
    return value


def _place(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not value.strip():
        raise ValueError("must not be empty; a full stop means this file's own folder")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://|[^/\\]+@[^/\\]+:", value):
        raise ValueError("must be a folder or file on this machine, not an address; clone the repository first")
    if value.startswith("~"):
        raise ValueError("~ is not expanded here; write the path relative to this file")
    return value


def _inside(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value.startswith("/") or "\\" in value or ":" in value or ".." in value.split("/") or not value.strip():
        raise ValueError("must be a folder inside the repository, such as services/web, without .. and without \\")
    return "/".join(part for part in value.split("/") if part not in {"", "."}) or "."


def _duration(value: object) -> object:
    if isinstance(value, str) and not _DURATION.fullmatch(value):
        raise ValueError("must be a number and s, m, h or d, such as 60m")
    return value


def _url(value: object) -> object:
    if isinstance(value, str) and not is_reference(value) and not _URL.fullmatch(value):
        raise ValueError("must be an address such as https://shop.example.com/health, or env:NAME")
    return value


def _moment(value: object) -> object:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise ValueError("must be a date and time such as 2026-11-24T20:00:00Z") from None
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("must say its time zone: end it with Z for UTC, or with an offset such as +01:00")
    return value


def _many(value: object) -> object:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


def _iso(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


SecretRef = Annotated[
    str,
    _check(SECRET, "must be env:NAME, the name of an environment variable; the secret itself is never written here"),
    Field(json_schema_extra={"pattern": f"^{SECRET.pattern}$", "examples": ["env:DATABASE_URL"]}),
]
ServiceName = Annotated[str, BeforeValidator(_name), Field(json_schema_extra={"pattern": f"^{_NAME.pattern}$"})]
Version = Annotated[str, BeforeValidator(_version), Field(json_schema_extra={"pattern": f"^{_VERSION.pattern}$"})]
Ref = Annotated[str, BeforeValidator(_ref), Field(json_schema_extra={"pattern": f"^{_REF.pattern}$"})]
Place = Annotated[str, BeforeValidator(_place)]
Inside = Annotated[str, BeforeValidator(_inside)]
Url = Annotated[
    str, BeforeValidator(_url), Field(json_schema_extra={"pattern": f"^({_URL.pattern}|{SECRET.pattern})$"})
]
Host = Annotated[
    str, _check(_HOST, "must be a host name such as shop.example.com, *.example.com or shop.example.com:8443")
]
Duration = Annotated[
    str, BeforeValidator(_duration), Field(json_schema_extra={"pattern": f"^{_DURATION.pattern}$", "examples": ["60m"]})
]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment, json_schema_input_type=str),
    PlainSerializer(_iso, return_type=str, when_used="json"),
    Field(json_schema_extra={"format": "date-time", "examples": ["2026-11-24T20:00:00Z"]}),
]
Criterion = Annotated[str, _check(_CRITERION, "must be a criterion such as <600, <=0.01 or <=+10%")]
ItemId = Annotated[str, _check(_ITEM, "must be an item's id such as execution.configuration-files-updated")]
PipelineJob = Annotated[str, _check(_JOB, "must be a file and a job of it, as .github/workflows/deploy.yml#production")]
Label = Annotated[str, Field(min_length=1, max_length=200)]
Glob = Annotated[str, Field(min_length=1, max_length=1000)]
Globs = Annotated[tuple[Glob, ...], BeforeValidator(_many, json_schema_input_type=str | list[str])]
Labels = Annotated[tuple[Label, ...], BeforeValidator(_many, json_schema_input_type=str | list[str])]
Criteria = Annotated[tuple[Criterion, ...], BeforeValidator(_many, json_schema_input_type=str | list[str])]
Hosts = Annotated[tuple[Host, ...], BeforeValidator(_many, json_schema_input_type=str | list[str])]
