"""Asks JupyterHub's API whose token this is (``GET /user``). Knows no run."""

from collections.abc import Mapping

from releasekit.errors import SourceError

LIMIT = 1 << 16


def user(environ: Mapping[str, str], timeout: float = 10.0) -> str:
    """The name of the user to whom the token in the environment belongs; "" where there is no hub.

    The address and the token are those that JupyterHub gives each user's server: JUPYTERHUB_API_URL and
    JUPYTERHUB_API_TOKEN. Raises SourceError when the hub does not answer, or does not know the token.
    """
    address, token = environ.get("JUPYTERHUB_API_URL", "").rstrip("/"), environ.get("JUPYTERHUB_API_TOKEN", "")
    if not address or not token:
        return ""
    import httpx2

    url = f"{address}/user"
    try:
        with (
            httpx2.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", url, headers={"Authorization": f"token {token}"}) as answer,
        ):
            body = answer.read() if int(answer.headers.get("content-length") or 0) <= LIMIT else b""
            status = answer.status_code
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise SourceError(f"JupyterHub does not answer: {type(error).__name__}", address) from None
    if status != 200:
        raise SourceError(f"JupyterHub does not know the token (HTTP {status})", address)
    return _name(body, address)


def _name(body: bytes, address: str) -> str:
    import json

    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict) or said.get("kind") != "user" or not isinstance(said.get("name"), str):
        raise SourceError("JupyterHub's answer names no user", address)
    return str(said["name"])
