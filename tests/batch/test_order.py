from hypothesis import given
from hypothesis import strategies as st

from releasekit.batch.order import ordered
from releasekit.document.board import Row


def test_providers_come_before_their_consumers() -> None:
    rows = [
        Row("web", needs=("orders.shop.svc.cluster.local", "db")),
        Row("orders", needs=("stock.example.com",)),
        Row("stock", hosts=("stock.example.com",)),
    ]
    found, cycles = ordered(rows)
    assert {row.service: row.wave for row in found} == {"web": 3, "orders": 2, "stock": 1}
    assert {row.service: row.needs for row in found} == {"web": ("orders",), "orders": ("stock",), "stock": ()}
    assert cycles == ()


def test_services_that_need_each_other_are_named_and_share_a_wave() -> None:
    rows = [Row("a", needs=("b",)), Row("b", needs=("c",)), Row("c", needs=("a",)), Row("d", needs=("a",))]
    found, cycles = ordered(rows)
    assert cycles == (("a", "b", "c"),)
    assert {row.service: row.wave for row in found} == {"a": 1, "b": 1, "c": 1, "d": 2}
    assert {row.service: row.needs for row in found}["a"] == ("b",)


def test_a_service_that_stands_alone_has_no_order() -> None:
    assert ordered([Row("a", needs=("a", "b"))])[0] == (Row("a"),)
    assert ordered([]) == ((), ())


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40))
def test_whoever_needs_another_outside_of_every_circle_comes_later(pairs: list[tuple[int, int]]) -> None:
    names = [f"s{number}" for number in range(10)]
    rows = [Row(name, needs=tuple(names[to] for of, to in pairs if names[of] == name)) for name in names]
    found, cycles = ordered(rows)
    wave = {row.service: row.wave for row in found}
    circles = [set(cycle) for cycle in cycles]
    for row in found:
        for needed in row.needs:
            assert wave[needed] < wave[row.service] or any({needed, row.service} <= circle for circle in circles)
