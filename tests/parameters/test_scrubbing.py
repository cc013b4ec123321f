import base64
import json
from urllib.parse import quote

import pytest

from releasekit.parameters.scrubbing import LOOKS, Scrubber, secrets

VALUE = "c4n@ry/+\"7'&<pw>"
PEM = "-----BEGIN X-----\nMIIEvQIBADANBgkqhkiG9w0\nBAQEFAASCBKcwggSjAgEAAo\n-----END X-----"


@pytest.mark.parametrize(
    "form",
    [
        VALUE,
        f"https://shop:{quote(VALUE, safe='')}@db/shop",
        json.dumps({"token": VALUE}),
        repr(VALUE),
        base64.b64encode(VALUE.encode()).decode(),
        base64.b64encode(f"user:{VALUE}".encode()).decode(),
        base64.urlsafe_b64encode(f"me:{VALUE} and more".encode()).decode(),
        VALUE.encode().hex(),
    ],
)
def test_a_value_is_replaced_in_every_form_and_counted(form: str) -> None:
    scrubber = Scrubber({"DATABASE_PASSWORD": VALUE})
    said = scrubber.text(f"failed with {form} at once")
    assert "[secret DATABASE_PASSWORD]" in said
    assert VALUE not in said
    assert base64.b64encode(VALUE.encode()).decode().rstrip("=")[:-1] not in said
    assert scrubber.found == {"DATABASE_PASSWORD": 1}


def test_each_line_of_a_key_of_many_lines_is_a_secret() -> None:
    said = Scrubber({"KEY": PEM}).text("line two: BAQEFAASCBKcwggSjAgEAAo")
    assert said == "line two: [secret KEY]"


def test_what_a_parameter_file_refers_to_is_a_secret_whatever_its_name() -> None:
    environ = {"SHOP": "plain-value", "OTHER": "nothing", "DEPLOY_TOKEN": "abcdefgh12", "PWD": "/work/place"}
    found = secrets({"database": {"url": "env:SHOP"}, "list": ["env:GONE"]}, environ)
    assert found == {"SHOP": "plain-value", "DEPLOY_TOKEN": "abcdefgh12"}


def test_the_password_of_an_address_is_a_secret_by_itself() -> None:
    found = secrets({}, {"WHERE": "postgresql://shop:s3%2Fcret@db:5432/shop"})
    assert Scrubber(found).text("password s3/cret refused for s3%2Fcret") == (
        "password [secret WHERE] refused for [secret WHERE]"
    )


def test_what_looks_like_a_credential_is_replaced_though_nobody_named_it() -> None:
    scrubber = Scrubber({})
    assert scrubber.text("use ghp_" + "a1B2" * 9 + " now") == f"use [{LOOKS}] now"
    assert scrubber.found == {LOOKS: 1}


def test_data_keeps_their_form_and_texts_without_secrets_are_left_alone() -> None:
    scrubber = Scrubber({"A": "secret-value"})
    assert scrubber.data({"a": ["secret-value", 3, None], "secret-value": True}) == {
        "a": ["[secret A]", 3, None],
        "[secret A]": True,
    }
    assert scrubber.text("nothing here") == "nothing here"
    assert scrubber.holds("a secret-value") == "A"
    assert scrubber.holds("nothing") == ""


def test_a_value_that_the_parameters_say_themselves_is_no_secret() -> None:
    environ = {"SHOP_PASSWORD": "storefront", "OTHER_PASSWORD": "not-the-name"}
    assert secrets({"application": {"name": "storefront"}}, environ) == {"OTHER_PASSWORD": "not-the-name"}


@pytest.mark.parametrize(
    "credential",
    [
        "AKIA" + "Q7" * 8,
        "ASIA" + "Q7" * 8,
        *(f"gh{kind}_" + "a1B2" * 9 for kind in "pousr"),
        "github_pat_" + "a1B2" * 6,
        "glpat-" + "a1B2" * 5,
        *(f"xox{kind}-" + "1234567890" for kind in "abeoprs"),
        "AIza" + "a1B2c" * 7,
        "sk_live_" + "a1B2" * 4,
        "rk_live_" + "a1B2" * 4,
        "npm_" + "a1B2" * 9,
        "pypi-" + "a1B2" * 8,
        "eyJ" + "a1B2" * 3 + ".eyJ" + "a1B2" * 3 + ".c2ln",
        "-----BEGIN EC PRIVATE KEY-----\nMHcCAQ\n-----END EC PRIVATE KEY-----",
    ],
)
def test_each_issuers_form_is_found_wherever_it_stands(credential: str) -> None:
    scrubber = Scrubber({})
    assert scrubber.data({"a": ["plain", {"b": f"is {credential} "}]}) == {"a": ["plain", {"b": f"is [{LOOKS}] "}]}
    assert scrubber.data({f"{credential} is": 1}) == {f"[{LOOKS}] is": 1}
    assert scrubber.found == {LOOKS: 2}
