"""Start order: waves, and cycles that are said and broken."""

from hypothesis import given
from hypothesis import strategies as st

from releasekit.facts.model import Fact
from releasekit.facts.order import start_order


def services(*names: str) -> list[Fact]:
    return [Fact("service", name, "app", "c.yml:1") for name in names]


def needs(service: str, name: str, value: str = "service_started", kind: str = "depends_on") -> Fact:
    return Fact(kind, name, value, f"c.yml:{service}", service)


def test_waves_keep_the_order_of_the_files() -> None:
    facts = [*services("web", "db", "cache", "seed"), needs("web", "db"), needs("web", "cache"), needs("seed", "web")]
    assert start_order(facts) == ((("db", "cache"), ("web",), ("seed",)), ())


def test_hooks_and_waves_count_as_well() -> None:
    facts = [*services("web", "migrate"), needs("web", "migrate", "applied", "order_after")]
    assert start_order(facts)[0] == (("migrate",), ("web",))


def test_what_is_no_service_is_in_no_wave() -> None:
    assert start_order([*services("web"), needs("web", "elsewhere")])[0] == (("web",),)


def test_a_cycle_is_a_finding_that_names_its_places_and_the_rest_is_ordered() -> None:
    facts = [
        *services("a", "b", "c", "d"),
        needs("a", "b", "service_healthy"),
        needs("b", "a"),
        needs("c", "b"),
        needs("d", "c"),
    ]
    order, findings = start_order(facts)
    assert order == (("b",), ("a", "c"), ("d",))
    assert [finding.rule for finding in findings] == ["cycle"]
    assert set(findings[0].places) == {"c.yml:a", "c.yml:b"}


def test_a_service_that_waits_for_itself_is_a_cycle() -> None:
    order, findings = start_order([*services("a"), needs("a", "a")])
    assert order == (("a",),)
    assert findings[0].sentence == "a depends on itself"


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=30))
def test_every_service_is_in_one_wave_whatever_depends_on_what(edges: list[tuple[str, str]]) -> None:
    order, findings = start_order([*services(*"abcdef"), *(needs(a, b) for a, b in edges)])
    assert sorted(name for wave in order for name in wave) == list("abcdef")
    place = {name: number for number, wave in enumerate(order) for name in wave}
    if not findings:
        assert all(place[b] < place[a] for a, b in edges)
