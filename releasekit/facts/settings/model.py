"""Variables a program is configured with: how they are read, which are confidential by name, which values are none.

Knows no programming language and no deployment format. Holds names and places, never a secret's value.
"""

from dataclasses import dataclass

from releasekit.facts.settings.confidential import is_confidential, is_placeholder
from releasekit.syntax.expression import Expression

# a key is confidential unless it is meant to be seen or only finds something
_KEY = Expression(r"_KEY(?:_(?:BASE|B64|BASE64|HEX|PEM|\d+|OLD|NEW|PREVIOUS))?$")
_SEEN = Expression(
    r"(?:PUBLIC|PUBLISHABLE|SITE|PRIMARY|FOREIGN|SORT|PARTITION|HASH|CACHE|ROUTING|IDEMPOTENCY|OBJECT|HOST|MESSAGE|REGISTRY"
    r"|HOT|SHARD|INDEX|LOOKUP|GROUP|COOKIE|TRANSLATION|TOPIC|QUEUE)_?KEY|^(?:NEXT_PUBLIC|REACT_APP|VITE|PUBLIC|NUXT_PUBLIC"
    r"|EXPO_PUBLIC)_|^(?:OLD)?PWD$|(?:^|_)(?:SESSION|SECURE)_COOKIE$|_(?:BROKER|TABLE)$|(?:^|_)TEST(?:ING)?_"
)
# the keys of an encryption, whatever each of them is called
_ENCRYPTS = Expression(r"ENCRYPTION_(?:\w+_)?(?:KEY|SALT)$")
_DATABASE = Expression(
    r"(?:^|_)(?:DATABASE|DB|POSTGRES(?:QL)?|PG|MYSQL|MARIADB|MONGO(?:DB)?|AMQP|RABBITMQ|CLICKHOUSE)_?(?:URL|URI|DSN)$|CONNECTION_?STRING"
)
# set by shells, platforms and runtimes, not by an operator
_AMBIENT = Expression(
    r"(?:PORT|HOST|HOSTNAME|HOME|PATH|USER|USERNAME|LOGNAME|SHELL|PWD|OLDPWD|TERM|TZ|LANG|LC_\w+|CI|TMPDIR|TEMP|TMP"
    r"|EDITOR|DISPLAY|NODE_ENV|NODE_OPTIONS|RAILS_ENV|RACK_ENV|MIX_ENV|APP_ENV|FLASK_ENV|DJANGO_SETTINGS_MODULE"
    r"|PYTHONPATH|VIRTUAL_ENV|GOPATH|JAVA_HOME|JAVA_OPTS|KUBERNETES_\w+|GITHUB_\w+|GITLAB_\w+|CI_\w+|npm_\w+|VERCEL\w*"
    r"|NETLIFY\w*|DYNO|HEROKU_\w+|FLY_\w+|RENDER\w*|RAILWAY_\w+|AWS_(?:REGION|DEFAULT_REGION|LAMBDA_\w+|EXECUTION_ENV)"
    r"|XDG_\w+|OTEL_\w+|NO_COLOR|FORCE_COLOR|DEBUG|VERBOSE|CARGO_\w+|OUT_DIR|PROFILE|RUST_LOG|GOOS|GOARCH"
    r"|WEB_CONCURRENCY|RAILS_MAX_THREADS|PIDFILE|BUNDLE_GEMFILE|ASPNETCORE_\w+|DOTNET_\w+)"
)
NAME = Expression(r"[A-Z][A-Z0-9_]{1,80}")


@dataclass(frozen=True, slots=True)
class Read:
    """One place where code reads a variable.

    ``required``: the code fails there without it. ``default``: the text it falls back to, None when there is none or
    it is not a text. ``secret``: the code treats it as confidential, whatever its name. ``plain``: it reads a switch or
    a number, which is not confidential, whatever its name.
    """

    name: str
    path: str
    line: int
    required: bool = False
    default: str | None = None
    secret: bool = False
    plain: bool = False
    how: str = ""

    @property
    def source(self) -> str:
        return f"{self.path}:{self.line}"


def confidential(name: str) -> bool:
    """Whether a variable of this name holds something confidential."""
    upper = name.upper()
    if _ENCRYPTS.search(upper):
        return True
    return not _SEEN.search(upper) and (is_confidential(name) or _KEY.search(upper) is not None)


def database_address(name: str) -> bool:
    """Whether a variable of this name holds a data store's address, which usually carries credentials."""
    return _DATABASE.search(name.upper()) is not None


def placeholder(value: str) -> bool:
    """Whether a value only says that one belongs there. Empty is no placeholder: it may mean *switched off*."""
    return bool(value) and is_placeholder(value)


def ambient(name: str) -> bool:
    """Whether shells, platforms and runtimes set this variable by themselves."""
    return _AMBIENT.fullmatch(name) is not None
