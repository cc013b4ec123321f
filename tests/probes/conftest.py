from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.probes import chains
from tests.probes.matrix import World
from tests.probes.serving import site
from tests.run.postgresql import Server, postgresql

__all__ = ["authority", "postgresql", "servers", "world"]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> chains.Chains:
    """Certificates by what is the matter with them."""
    return chains.make(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def servers(authority: chains.Chains, postgresql: Server) -> Iterator[World]:
    """One server of each kind; `world` clears them before each test."""
    with ExitStack() as stack:
        secure = {name: stack.enter_context(site(chain)) for name, chain in authority.servers.items()}
        yield World(stack.enter_context(site()), secure, postgresql)


@pytest.fixture
def world(servers: World, authority: chains.Chains, monkeypatch: pytest.MonkeyPatch) -> World:
    """The servers, without anything to answer; the authority of the tests is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.trusted))
    for one in (servers.site, *servers.secure.values()):
        one.replies.clear()
        one.asked.clear()
    return servers
