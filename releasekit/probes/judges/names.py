"""Where the service's names lead, as this machine's resolver answers. Connects to nothing."""

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from releasekit.errors import SourceError
from releasekit.parameters.values import resolve
from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Judgement, Request, unknown
from releasekit.sources.addresses import lookup

LINE = "give configuration.dns where each name must lead, such as {shop.example.com: [203.0.113.10]}"
SOURCE = "this machine's resolver"


def lead_where_they_must(request: Request) -> Judgement:
    """The names in ``configuration.dns``, looked up: each leads where the file says, and nowhere else.

    What a name must lead to is an address, or a name (a load balancer's) that is looked up as well. pass: all do. fail:
    one leads elsewhere. unknown: no name is given, one cannot be resolved, or where it must lead cannot. Other
    resolvers may still answer with the address from before, for as long as its time to live.
    """
    expected = request.parameters.configuration.dns
    if not expected:
        return _nothing_expected(request)
    wrong: list[str] = []
    right: list[str] = []
    for name, wanted in expected.items():
        found, allowed = _addresses([name]), _addresses(wanted)
        others = sorted(found - allowed)
        said = f"{name} leads to {', '.join(sorted(found))}"
        (wrong if others else right).append(f"{said}, not to {', '.join(wanted)}" if others else said)
    if wrong:
        return Judgement(Verdict.FAIL, "; ".join(wrong), SOURCE, None, "update the records, and wait for their TTL")
    return Judgement(Verdict.PASS, "; ".join(right), SOURCE)


def _nothing_expected(request: Request) -> Judgement:
    """Where the names of the endpoints lead: facts for a person, since nobody said where they must."""
    hosts = [
        urlsplit(resolve(one, request.environ)).hostname for one in request.parameters.configuration.endpoints.values()
    ]
    said: list[str] = []
    for host in dict.fromkeys(filter(None, hosts)):
        try:
            said.append(f"{host} leads to {', '.join(sorted(_addresses([host])))}")
        except SourceError as error:
            said.append(f"{host}: {error.problems[0].what}")
    shown = "; ".join(said) or "no name is known"
    return unknown(f"{shown}; where the names must lead is not given", LINE, SOURCE if said else "")


def _addresses(hosts: Iterable[str]) -> set[str]:
    """The addresses of hosts, in one spelling each. Raises SourceError for a name that has none."""
    return {str(ipaddress.ip_address(text.partition("%")[0])) for host in hosts for text in lookup(host, 443)}
