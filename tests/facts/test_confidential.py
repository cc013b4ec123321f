"""Which names are secrets, and which values are none."""

import pytest

from releasekit.facts.settings.confidential import has_credentials, is_confidential, is_placeholder


@pytest.mark.parametrize(
    "name",
    [
        *(
            "POSTGRES_PASSWORD",
            "SECRET_KEY",
            "SECRET_KEY_BASE",
            "API_TOKEN",
            "clientSecret",
            "SMTP_PASS",
            "STRIPE_API_KEY",
        ),
        *("AWS_SECRET_ACCESS_KEY", "GITHUB_PRIVATE_KEY", "RAILS_MASTER_KEY", "db-password", "REDIS_AUTH", "SENTRY_DSN"),
    ],
)
def test_these_hold_secrets(name: str) -> None:
    assert is_confidential(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "PASSWORD_MIN_LENGTH",
            "TOKEN_EXPIRE_MINUTES",
            "POSTGRES_PASSWORD_FILE",
            "PUBLIC_KEY",
            "SECRET_NAME",
            "USE_TOKEN",
        ),
        *(
            "MYSQL_ALLOW_EMPTY_PASSWORD",
            "TOKEN_URL",
            "POSTGRES_HOST_AUTH_METHOD",
            "COMPASS",
            "KEYBOARD",
            "PORT",
            "AUTHOR",
        ),
    ],
)
def test_these_do_not(name: str) -> None:
    assert not is_confidential(name)


@pytest.mark.parametrize("value", ["", " ", "changeme", "change-this", "<your key>", "---", "xxx", "your-token-here"])
def test_these_are_placeholders(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize("value", ["postgres", "localhost", "https://a.org", "8000", "true", "s3cr3t"])
def test_these_are_values(value: str) -> None:
    assert not is_placeholder(value)


def test_credentials_in_addresses() -> None:
    assert has_credentials("postgres://app:pw@db/app") == "pw"
    assert has_credentials("postgres://app:${PW:?set it}@db/app") == "${PW:?set it}"
    assert has_credentials("Host=db;Username=a;Password=pw;Database=d") == "pw"
    assert has_credentials("http://web:8000/users/me@example.org") == ""
    assert has_credentials("postgres://db/app") == ""
