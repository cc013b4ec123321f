"""Variables a program is configured with: how they are read, which are confidential by name, which values are none.

Knows no programming language and no deployment format. Holds names and places, never a secret's value.
"""

import re
from dataclasses import dataclass

# confidential by the end of the name; what follows a known end only says its form
_CONFIDENTIAL = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|TOKEN|API_?TOKENS|ACCESS_?TOKENS|CREDENTIALS?|\w*KEY|SALT"
    r"|PEPPER|CONNECTION_?STRING|KEY_BASE|COOKIE_SECRET\w*)"
    r"(?:_(?:BASE|B64|BASE64|HEX|PEM|JSON|\d+|OLD|NEW|PREVIOUS|PROD|PRODUCTION))?$"
)
_PUBLIC = re.compile(
    r"(?:PUBLIC|PUBLISHABLE|SITE|PRIMARY|FOREIGN|SORT|PARTITION|HASH|CACHE|ROUTING|IDEMPOTENCY|OBJECT|HOST|MESSAGE|REGISTRY"
    r"|HOT|SHARD|INDEX|LOOKUP|GROUP|SESSION_COOKIE|STORAGE_BUCKET|TRANSLATION|MONKEY|TURKEY)_?KEY$|CSRF_?TOKEN$|MAX_?TOKEN"
    r"|^(?:NEXT_PUBLIC|REACT_APP|VITE|PUBLIC|NUXT_PUBLIC|EXPO_PUBLIC)_|^(?:OLD)?PWD$|^KEY$|^TOKEN_?(?:URL|TYPE)"
)
_DATABASE = re.compile(
    r"(?:^|_)(?:DATABASE|DB|POSTGRES(?:QL)?|PG|MYSQL|MARIADB|MONGO(?:DB)?|AMQP|RABBITMQ|CLICKHOUSE)_?(?:URL|URI|DSN)$"
)
_CREDENTIALS_IN = re.compile(r"://[^/\s:@]*:[^/\s@]+@")
_PLACEHOLDER = re.compile(
    r"(?:.*(?:change[-_ ]?(?:this|me|it)|fix[-_]?me|replace[-_ ]?(?:this|me|with)|insert[-_ ]|placeholder|to-?do\b"
    r"|your[-_ ]?(?:own|secret|key|password|token|domain|api|project|app|email|user|account|client|host|bucket|org"
    r"|server|smtp|database|db)|put[-_ ]?your|enter[-_ ]your|generate[-_]|some[-_ ](?:secret|random)|secret[-_ ]?here"
    r"|here$).*|<[^>]*>|\[[a-z _-]+\]|\{\{?[a-z _-]+\}?\}|x{3,}|\*{3,}|-{2,}|\.{3}|\?+|_+)",
    re.IGNORECASE,
)
# set by shells, platforms and runtimes, not by an operator
_AMBIENT = re.compile(
    r"(?:PORT|HOST|HOSTNAME|HOME|PATH|USER|USERNAME|LOGNAME|SHELL|PWD|OLDPWD|TERM|TZ|LANG|LC_\w+|CI|TMPDIR|TEMP|TMP"
    r"|EDITOR|DISPLAY|NODE_ENV|NODE_OPTIONS|RAILS_ENV|RACK_ENV|MIX_ENV|APP_ENV|FLASK_ENV|DJANGO_SETTINGS_MODULE"
    r"|PYTHONPATH|VIRTUAL_ENV|GOPATH|JAVA_HOME|JAVA_OPTS|KUBERNETES_\w+|GITHUB_\w+|GITLAB_\w+|CI_\w+|npm_\w+|VERCEL\w*"
    r"|NETLIFY\w*|DYNO|HEROKU_\w+|FLY_\w+|RENDER\w*|RAILWAY_\w+|AWS_(?:REGION|DEFAULT_REGION|LAMBDA_\w+|EXECUTION_ENV)"
    r"|XDG_\w+|OTEL_\w+|NO_COLOR|FORCE_COLOR|DEBUG|VERBOSE|CARGO_\w+|OUT_DIR|PROFILE|RUST_LOG|GOOS|GOARCH"
    r"|WEB_CONCURRENCY|RAILS_MAX_THREADS|PIDFILE|BUNDLE_GEMFILE|ASPNETCORE_\w+|DOTNET_\w+)"
)
NAME = re.compile(r"[A-Z][A-Z0-9_]{1,80}")


@dataclass(frozen=True, slots=True)
class Read:
    """One place where code reads a variable.

    ``required``: the code fails there without it. ``default``: the text it falls back to, None when there is none or
    it is not a text. ``secret``: the code treats it as confidential, whatever its name.
    """

    name: str
    path: str
    line: int
    required: bool = False
    default: str | None = None
    secret: bool = False
    how: str = ""

    @property
    def source(self) -> str:
        return f"{self.path}:{self.line}"


def confidential(name: str) -> bool:
    """Whether a variable of this name holds something confidential."""
    upper = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).upper().replace("-", "_").replace(".", "_").replace("__", "_")
    return _CONFIDENTIAL.search(upper) is not None and not _PUBLIC.search(upper)


def database_address(name: str) -> bool:
    """Whether a variable of this name holds a data store's address, which usually carries credentials."""
    return _DATABASE.search(name.upper()) is not None


def carries_credentials(value: str) -> bool:
    """Whether a value is an address with a password in it."""
    return _CREDENTIALS_IN.search(value) is not None


def placeholder(value: str) -> bool:
    """Whether a value only says that one belongs there. Empty is no placeholder: it may mean *switched off*."""
    return bool(value) and _PLACEHOLDER.fullmatch(value) is not None


def ambient(name: str) -> bool:
    """Whether shells, platforms and runtimes set this variable by themselves."""
    return _AMBIENT.fullmatch(name) is not None
