"""Which names hold something confidential, and which values are no values. Sees values, keeps none."""

import re

from releasekit.syntax.expression import Expression

# names and placeholders are short; the patterns below are not linear in what others may send (A23)
_LONGEST_NAME = 200
_LONGEST_VALUE = 2000
_SECRET = Expression(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|PASSCODE|PASS|PWD|PW|SECRETS?|TOKENS?|CREDENTIALS?|CREDS|AUTH$|SALT|PEPPER|DSN|COOKIE"
    r"|API_?KEYS?|APIKEYS?|ACCESS_?KEY|SECRET_?KEYS?|PRIVATE_?KEY|AUTH_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY|MASTER_?KEY"
    r"|LICENSE_?KEY|APP_?KEY|JWT_?KEY|SESSION_?KEY|HMAC_?KEY|SSH_?KEY|DEPLOY_?KEY|SERVICE_?KEY|KEY_BASE|WEBHOOK_?KEY"
    r"|FERNET_?KEY|CRYPTO_?KEY|ADMIN_?KEY|SHARED_?KEY|CLIENT_?KEY|METRICS_?KEY|STORAGE_?KEY|ACCOUNT_?KEY|VAPID_PRIVATE_KEY)"
    r"(?=$|_)",
)
_JOINED = Expression(r"(?:PASSWORD|PASSWD|SECRET|APIKEY|TOKENS?)$")
_HARMLESS = Expression(
    r"(?:_|^)(?:FILE|PATH|DIR|URL|URI|ENDPOINT|HOST|PORT|EXPIRE|EXPIRES|EXPIRY|EXPIRATION|EXPIRES_IN|TTL|LIFETIME|AGE|MINUTES|HOURS"
    r"|SECONDS|DAYS|LENGTH|MIN|MAX|LIMIT|SIZE|ALGORITHM|ALGO|NAME|HEADER|PREFIX|SUFFIX|ENABLED|DISABLED|ENABLE|DISABLE"
    r"|ISSUER|AUDIENCE|TYPE|POLICY|VALIDATORS?|RESET|REQUIRED|ROUNDS|DOMAIN|SECURE|SAMESITE|HTTPONLY|ID|COUNT|VERSION"
    r"|MODE|PROVIDER|USERNAME|REGION|TIMEOUT|ITERATIONS|FIELD|COST|PER_(?:SECOND|MINUTE|HOUR|DAY)|NOTIFICATIONS?|ROTATION|STRENGTH|VALIDITY|CHECKS?|ATTEMPTS|KILL_SWITCH|REFRESH|LENGTHS|STORE|MANAGER|BACKEND|ARN)$"
)
_NOT_AT_ALL = Expression(
    r"(?:^|_)(?:PUBLIC|ALLOW_EMPTY|NO|SKIP|USE|HAS|IS|MAX|MIN|RANDOM|REQUIRE|ENABLE|DISABLE)(?:_|$)(?!PRIVATE)"
)
_WITH_CREDENTIALS = Expression(r"[a-z][a-z0-9+.\-]*://[^/\s:@]*:(?P<password>\$\{[^}]*\}|[^@/\s]+)@", re.IGNORECASE)
_IN_CONNECTION_STRING = Expression(r"(?:^|;)\s*(?:Password|Pwd)\s*=\s*(?P<password>[^;]+)", re.IGNORECASE)
_PLACEHOLDER = Expression(
    r"(?:.*(?:change[-_ ]?(?:me|this|it)|fix[-_ ]?me|replace[-_ ]?(?:me|this|with)"
    r"|to[-_ ]be[-_ ](?:changed|replaced|set)|[-_ ]to[-_ ]change\b|place[-_ ]?holder|your[-_ ].*"
    r"|insert[-_ ]|fill[-_ ]?(?:in|me)|<[^>]+>|\bxxx+\b|example\.(?:com|org|net)|my[-_]?secret"
    r"|(?:enter|put|set|add|paste)[-_ ](?:your|a|the|me|this)|super[-_ ]?secret|dummy).*"
    r"|todo|tbd|x{3,}|-{2,}|\*{3,}|\.{3,}|\?+|none|null)",
    re.IGNORECASE,
)

# STRONG_DB_PASSWORD, SECRET-KEY-HERE: what belongs here, in capitals
_SHOUTED = Expression(r"(?:[A-Z]+[_-])+(?:PASSWORD|SECRET|TOKEN|KEY|HERE|STRING)(?:[_-][A-Z]+)*")


def is_confidential(name: str) -> bool:
    """Whether a variable of this name holds something confidential (its value does not matter)."""
    if len(name) > _LONGEST_NAME:
        return False
    upper = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper().replace("-", "_").replace(".", "_")
    if upper in {"PWD", "OLDPWD"}:  # the folder that a shell is in
        return False
    if _HARMLESS.search(upper) or _NOT_AT_ALL.search(upper):
        return False
    return bool(_SECRET.search(upper) or _JOINED.search(upper))


def has_credentials(value: str) -> str:
    """The password in a URL or a connection string, as written (a literal or a variable); "" when there is none."""
    value = value[:_LONGEST_VALUE]
    match = _WITH_CREDENTIALS.search(value) or _IN_CONNECTION_STRING.search(value)
    return match["password"] if match else ""


def is_placeholder(value: str) -> bool:
    """Whether a value only says that a value belongs here: empty, ``changeme``, ``<your key>``, ``---``."""
    text = value.strip().strip("\"'")
    if len(text) > _LONGEST_NAME:
        return False
    return not text or bool(_PLACEHOLDER.fullmatch(text) or _SHOUTED.fullmatch(text))
