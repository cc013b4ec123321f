from releasekit.facts.analysis import analyse
from releasekit.facts.change import Change, Migration, Touched
from releasekit.facts.comparing import compare
from releasekit.tree import of_texts

ENV = "from alembic import context\n"
INI = "[alembic]\nscript_location = migrations\n"
REVISION = """revision = "{name}"
down_revision = {before}
from alembic import op
import sqlalchemy as sa

def upgrade():
    {up}

def downgrade():
    {down}
"""
FIRST = REVISION.format(name="a1", before=None, up="op.create_table('orders')", down="op.drop_table('orders')")
BASE = {
    "alembic.ini": INI,
    "migrations/env.py": ENV,
    "migrations/versions/a1_first.py": FIRST,
    "requirements.txt": "fastapi==0.115.0\nredis==7.1.0\nalembic==1.13.0\n",
    "app/models.py": "class Order:\n    shipping_note = Column(Text)\n",
    "tests/test_orders.py": "assert order.shipping_note\n",
}


def change(*files: Touched) -> Change:
    return Change(running="r" * 40, candidate="c" * 40, files=files)


def compared(new: dict[str, str], *files: Touched) -> Change:
    before, after = of_texts(BASE), of_texts({**BASE, **new})
    return compare(change(*files), before, analyse(before), after, analyse(after))


def migration(up: str, down: str) -> Migration:
    path = "migrations/versions/b2_second.py"
    text = REVISION.format(name="b2", before='"a1"', up=up, down=down)
    (found,) = compared({path: text}, Touched(path, "A")).migrations
    return found


def test_a_dropped_column_that_the_running_version_reads_is_named_with_the_place() -> None:
    found = migration(
        "op.drop_column('orders', 'shipping_note')", "op.add_column('orders', sa.Column('shipping_note'))"
    )
    assert (found.effect, found.removes, found.reversible) == ("destructive", "orders.shipping_note", True)
    assert found.source == "migrations/versions/b2_second.py:7"
    assert found.read_by == ("app/models.py:2",)


def test_a_destructive_migration_without_a_way_down_is_irreversible() -> None:
    assert migration("op.drop_table('orders')", "pass").effect == "irreversible"


def test_an_added_column_is_additive() -> None:
    assert (
        migration("op.add_column('orders', sa.Column('b', sa.Text()))", "op.drop_column('orders', 'b')").effect
        == "additive"
    )


def test_a_migration_that_was_changed_after_its_release_is_unknown() -> None:
    path = "migrations/versions/a1_first.py"
    (found,) = compared({path: FIRST.replace("'orders'", "'sales'")}, Touched(path, "M")).migrations
    assert found.effect == "unknown"
    assert found.statement == "this migration was changed after it was released"


def test_a_released_migration_of_which_only_the_form_changed_is_none_of_this_release() -> None:
    path = "migrations/versions/a1_first.py"
    lines = FIRST.replace("def upgrade():", "def upgrade() -> None:  # as before").split("\n")
    alembic, sa = lines.index("from alembic import op"), lines.index("import sqlalchemy as sa")
    lines[alembic], lines[sa] = lines[sa], lines[alembic]
    assert not compared({path: '"""The first."""\n' + "\n".join(lines)}, Touched(path, "M")).migrations


def test_a_released_migration_whose_names_come_from_elsewhere_now_is_a_changed_one() -> None:
    path = "migrations/versions/a1_first.py"
    text = FIRST.replace("from alembic import op", "from ours.operations import op")
    assert compared({path: text}, Touched(path, "M")).migrations


def test_a_dependency_raised_over_a_major_version_is_named_with_its_line() -> None:
    new = {"requirements.txt": "fastapi==0.116.0\nredis==8.0.0\nalembic==1.14.0\n"}
    keys = [key for key in compared(new, Touched("requirements.txt", "M")).keys if key.kind == "dependency"]
    assert [(key.name, key.before, key.after, key.source) for key in keys] == [
        ("redis", "7", "8", "requirements.txt:2")
    ]


def test_what_cannot_be_compared_is_left_as_it_was() -> None:
    unknown = Change(unknown="a shallow clone", mend="git fetch --unshallow")
    after = of_texts(BASE)
    assert compare(unknown, None, None, after, analyse(after)) is unknown
