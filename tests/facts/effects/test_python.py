import ast

import pytest

from releasekit.facts.effects import alembic, django
from releasekit.facts.effects.model import Effect, Effects

ALEMBIC = """
from alembic import op
import sqlalchemy as sa

def upgrade():
{up}

def downgrade():
{down}
"""


def of_alembic(up: str, down: str = "op.drop_column('a', 'b')") -> Effects:
    indent = "\n    ".join
    text = ALEMBIC.format(up="    " + indent(up.split("\n")), down="    " + indent(down.split("\n")))
    return alembic.read(ast.parse(text))


@pytest.mark.parametrize(
    ("call", "effect", "removes"),
    [
        ("op.add_column('a', sa.Column('b', sa.Text(), nullable=True))", Effect.ADDITIVE, ""),
        ("op.add_column('a', sa.Column('b', sa.Text(), nullable=False))", Effect.DESTRUCTIVE, ""),
        ("op.add_column('a', sa.Column('b', sa.Text(), nullable=False, server_default='x'))", Effect.ADDITIVE, ""),
        ("op.drop_column('orders', 'note')", Effect.DESTRUCTIVE, "orders.note"),
        ("op.drop_table('a')", Effect.DESTRUCTIVE, "a"),
        ("op.alter_column('a', 'b', new_column_name='c')", Effect.DESTRUCTIVE, "a.b"),
        ("op.alter_column('a', 'b', type_=sa.Text())", Effect.LOCKING, ""),
        ("op.alter_column('a', 'b', nullable=True)", Effect.ADDITIVE, ""),
        ("op.create_index('i', 'a', ['b'])", Effect.LOCKING, ""),
        ("op.create_index('i', 'a', ['b'], postgresql_concurrently=True)", Effect.ADDITIVE, ""),
        ("op.execute('DROP TABLE a')", Effect.DESTRUCTIVE, "a"),
        ("op.execute(sa.text('ALTER TABLE a DROP ' + 'COLUMN b'))", Effect.DESTRUCTIVE, "a.b"),
        ("op.execute(f'DROP TABLE {name}')", Effect.UNKNOWN, ""),
        ("op.do_something_else()", Effect.UNKNOWN, ""),
        ("op.get_bind().execute(sa.text('DELETE FROM a'))", Effect.DESTRUCTIVE, "a"),
        ("with op.batch_alter_table('a') as batch:\n    batch.drop_column('b')", Effect.DESTRUCTIVE, "a.b"),
        ("with op.get_context().autocommit_block():\n    op.drop_table('a')", Effect.DESTRUCTIVE, "a"),
        ("op.create_table('a')\nop.create_index('i', 'a', ['b'])", Effect.ADDITIVE, ""),
        ("op.create_table('a')\nop.create_foreign_key('f', 'a', 'c', ['x'], ['y'])", Effect.ADDITIVE, ""),
        ("if True:\n    op.drop_table('a')", Effect.DESTRUCTIVE, "a"),
    ],
)
def test_alembic_operations(call: str, effect: Effect, removes: str) -> None:
    decides = of_alembic(call).decides
    assert decides is not None
    assert (decides.effect, decides.removes) == (effect, removes)


def test_alembic_names_the_line_of_the_statement_inside_a_multi_line_text() -> None:
    decides = of_alembic('op.execute("""\nCREATE TABLE a (id int);\nDROP TABLE b\n""")').decides
    assert decides is not None
    assert (decides.effect, decides.line) == (Effect.DESTRUCTIVE, 8)


@pytest.mark.parametrize("down", ["pass", "raise NotImplementedError('no way back')", '"""nothing"""\npass'])
def test_alembic_without_a_way_down_is_not_reversible(down: str) -> None:
    assert of_alembic("op.drop_table('a')", down).reversible is False


def test_alembic_with_a_way_down_is_reversible() -> None:
    assert of_alembic("op.drop_table('a')").reversible is True


def of_django(operation: str) -> Effects:
    return django.read(
        ast.parse(f"class Migration(migrations.Migration):\n    operations = [\n        {operation},\n    ]\n")
    )


@pytest.mark.parametrize(
    ("operation", "effect", "removes", "back"),
    [
        ("migrations.CreateModel(name='A', fields=[])", Effect.ADDITIVE, "", True),
        ("migrations.AddField('a', 'b', models.TextField(null=True))", Effect.ADDITIVE, "", True),
        (
            "migrations.AddField(model_name='a', name='b', field=models.TextField(default=''))",
            Effect.DESTRUCTIVE,
            "",
            True,
        ),
        ("migrations.RemoveField(model_name='a', name='b')", Effect.DESTRUCTIVE, "a.b", True),
        ("migrations.RenameField('a', 'b', 'c')", Effect.DESTRUCTIVE, "a.b", True),
        ("migrations.DeleteModel('A')", Effect.DESTRUCTIVE, "A", True),
        ("migrations.AddIndex('a', models.Index(fields=['b'], name='i'))", Effect.LOCKING, "", True),
        ("AddIndexConcurrently('a', models.Index(fields=['b'], name='i'))", Effect.ADDITIVE, "", True),
        ("migrations.RunPython(forward)", Effect.UNKNOWN, "", False),
        ("migrations.RunPython(forward, backward)", Effect.UNKNOWN, "", True),
        ("migrations.RunSQL('DROP TABLE a')", Effect.DESTRUCTIVE, "a", False),
        ("migrations.RunSQL('CREATE TABLE a (b int)', 'DROP TABLE a')", Effect.ADDITIVE, "", True),
        (
            "migrations.SeparateDatabaseAndState(database_operations=[migrations.DeleteModel('A')])",
            Effect.DESTRUCTIVE,
            "A",
            True,
        ),
        ("OurOwnOperation()", Effect.UNKNOWN, "", True),
    ],
)
def test_django_operations(operation: str, effect: Effect, removes: str, back: bool) -> None:
    effects = of_django(operation)
    assert effects.decides is not None
    assert (effects.decides.effect, effects.decides.removes, effects.reversible) == (effect, removes, back)


def test_a_computed_list_of_operations_is_unknown() -> None:
    effects = django.read(ast.parse("class Migration(M):\n    operations = build()\n"))
    assert effects.decides is not None
    assert effects.decides.effect is Effect.UNKNOWN
