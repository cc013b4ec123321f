import pytest

from releasekit.errors import SourceError
from releasekit.sources.addresses import checked, target


def leads_to(*addresses: str):  # type: ignore[no-untyped-def] # a Lookup
    return lambda host, port: addresses


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://shop.example:70/",
        "//shop.example",
        "http://user:secret@shop.example/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:169.254.169.254]/",
        "http://[fe80::1]/",
        "http://[fd00:ec2::254]/",
        "http://0x7f.1/",
        "http://0xa9fea9fe/",
        "http://2852039166/",
        "http://0251.0376.0251.0376/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://224.0.0.1/",
        "http://240.0.0.1/",
        "http://:80/",
        "http://shop.example:99999/",
        "https://",
        "",
    ],
)
def test_addresses_that_are_never_asked(url: str) -> None:
    with pytest.raises(SourceError):
        target(url, leads_to("192.0.2.10"))


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "127.0.0.1", "::1", "fe80::1%eth0", "0.0.0.0", "::ffff:127.0.0.1"]
)
def test_a_name_may_not_lead_there_either_not_even_beside_a_good_address(address: str) -> None:
    with pytest.raises(SourceError):
        checked("shop.example", 443, leads_to("192.0.2.10", address))


def test_the_name_is_looked_up_once_and_the_checked_address_is_the_one_to_connect_to() -> None:
    asked = []

    def rebinding(host: str, port: int) -> tuple[str, ...]:
        asked.append(host)
        return ("192.0.2.10",) if len(asked) == 1 else ("127.0.0.1",)

    found = target("https://shop.example:8443/health?deep=1#x", rebinding)
    assert (found.ip, found.host, found.port, found.path, asked) == (
        "192.0.2.10",
        "shop.example",
        8443,
        "/health?deep=1",
        ["shop.example"],
    )
    assert found.name == "shop.example:8443"


def test_this_machine_is_asked_under_its_own_names_only() -> None:
    assert checked("127.0.0.1", 80) == "127.0.0.1"
    assert checked("localhost", 80, leads_to("127.0.0.1")) == "127.0.0.1"
