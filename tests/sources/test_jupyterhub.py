"""Whose token it is, asked of a server that answers as JupyterHub's API does."""

import pytest
from pytest_httpserver import HTTPServer

from releasekit.errors import SourceError
from releasekit.sources.jupyterhub import user


def environ(server: HTTPServer, token: str = "t0ken") -> dict[str, str]:
    return {"JUPYTERHUB_API_URL": server.url_for("/hub/api"), "JUPYTERHUB_API_TOKEN": token}


def test_the_hub_says_whose_token_it_is(httpserver: HTTPServer) -> None:
    asked = httpserver.expect_request("/hub/api/user", headers={"Authorization": "token t0ken"})
    asked.respond_with_json({"kind": "user", "name": "ada", "admin": False})
    assert user(environ(httpserver)) == "ada"


def test_without_a_hub_nobody_is_asked() -> None:
    assert user({}) == ""
    assert user({"JUPYTERHUB_USER": "ada"}) == ""


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (403, '{"message": "Forbidden"}', "does not know the token"),
        (302, "", "does not know the token"),
        (200, "<html>", "names no user"),
        (200, '{"kind": "service", "name": "ada"}', "names no user"),
        (200, '{"kind": "user", "name": null}', "names no user"),
        (200, "[]", "names no user"),
        (200, " " * 100_000, "names no user"),
    ],
)
def test_what_names_no_user_is_an_error_without_the_token(
    status: int, body: str, why: str, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/hub/api/user").respond_with_data(body, status=status)
    with pytest.raises(SourceError, match=why) as caught:
        user(environ(httpserver))
    assert "t0ken" not in str(caught.value)


def test_a_hub_that_is_not_there_is_an_error() -> None:
    with pytest.raises(SourceError, match="does not answer"):
        user({"JUPYTERHUB_API_URL": "http://127.0.0.1:1/hub/api", "JUPYTERHUB_API_TOKEN": "t"})
