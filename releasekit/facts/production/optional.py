"""Which variables services commonly do without, told from their names alone."""

from releasekit.syntax.expression import Expression

# what frameworks put before the names that they hand to code
_PREFIX = Expression(r"^(?:NEXT_(?:PUBLIC|PRIVATE)_|VITE_|REACT_APP_|NUXT_(?:PUBLIC_)?|PUBLIC_|DJANGO_|RAILS_|APP_)")
_OPTIONAL = Expression(
    r"^(?:SMTP|MAIL|EMAILS?|SENTRY|OTEL|DATADOG|DD|NEW_?RELIC|HTTPS?_PROXY|NO_PROXY|TZ|LOG_?LEVEL|DEBUG|S3|AWS|MINIO|GCS|GCP"
    r"|AZURE|STRIPE|PAYPAL|TWILIO|SENDGRID|MAILGUN|POSTMARK|SLACK|DISCORD|TELEGRAM|GITHUB|GITLAB|GOOGLE|FACEBOOK|TWITTER"
    r"|OAUTH|OIDC|SAML|LDAP|OPENAI|ANTHROPIC|POSTHOG|SEGMENT|ANALYTICS|RECAPTCHA|HCAPTCHA|CAPTCHA|LICENSE|USER_?ID|UID|GID"
    r"|PUID|PGID|CI|HOME|USER|PWD|HOSTNAME|EXTRA|CUSTOM|OPTIONAL|FEATURE|ENABLE|DISABLE|JAVA|JVM|NODE_OPTIONS)(?:_|$)"
    r"|(?:_OPTS|_OPTIONS|_ARGS|_DEBUG|_LOG_LEVEL|_SAMPLE_RATE|_PROXY)$"
)


def is_optional(name: str) -> bool:
    """Whether a variable is of an integration or a tuning that a service starts without."""
    return bool(_OPTIONAL.search(name) or _OPTIONAL.search(_PREFIX.sub("", name)))
