import pytest

from releasekit.facts.effects import javascript, rails
from releasekit.facts.effects.model import Effect


def of_rails(body: str, method: str = "change") -> tuple[Effect, str, int]:
    text = f"class M < ActiveRecord::Migration[7.1]\n  def {method}\n    {body}\n  end\nend\n"
    decides = rails.read(text).decides
    assert decides is not None
    return decides.effect, decides.removes, decides.line


@pytest.mark.parametrize(
    ("body", "effect", "removes"),
    [
        ("create_table :a do |t|\n      t.string :b, null: false\n    end", Effect.ADDITIVE, ""),
        ("add_column :a, :b, :string", Effect.ADDITIVE, ""),
        ("add_column :a, :b, :string, null: false", Effect.DESTRUCTIVE, ""),
        ("add_column :a, :b, :string, null: false, default: ''", Effect.ADDITIVE, ""),
        ("remove_column :users, :note, :text", Effect.DESTRUCTIVE, "users.note"),
        ("remove_columns :users, :a, :b", Effect.DESTRUCTIVE, "users.a, users.b"),
        ("rename_column :users, :a, :b", Effect.DESTRUCTIVE, "users.a"),
        ("drop_table :users", Effect.DESTRUCTIVE, "users"),
        ("add_index :a, :b", Effect.LOCKING, ""),
        ("add_index :a, :b, algorithm: :concurrently", Effect.ADDITIVE, ""),
        ("add_foreign_key :a, :b, validate: false", Effect.ADDITIVE, ""),
        ("change_column_null :a, :b, false", Effect.LOCKING, ""),
        ("change_table :a do |t|\n      t.remove :b\n      t.string :c\n    end", Effect.DESTRUCTIVE, "a.b"),
        ("safety_assured { remove_column :a, :b }", Effect.DESTRUCTIVE, "a.b"),
        ('execute "DROP TABLE x"', Effect.DESTRUCTIVE, "x"),
        ('execute "DROP TABLE #{x}"', Effect.UNKNOWN, ""),
        ("execute <<~SQL\n      DROP TABLE y\n    SQL", Effect.DESTRUCTIVE, "y"),
        ("execute <<~SQL.squish\n      DROP TABLE y\n    SQL", Effect.DESTRUCTIVE, "y"),
        ("User.update_all(a: 1)", Effect.UNKNOWN, ""),
        (
            "reversible do |dir|\n      dir.up { remove_column :a, :b }\n      dir.down { drop_table :c }\n    end",
            Effect.DESTRUCTIVE,
            "a.b",
        ),
        ("frobnicate :a", Effect.UNKNOWN, ""),
    ],
)
def test_rails_operations(body: str, effect: Effect, removes: str) -> None:
    assert of_rails(body)[:2] == (effect, removes)


def test_a_statement_inside_a_heredoc_has_its_own_line() -> None:
    assert of_rails("execute <<~SQL\n      SELECT 1;\n      DROP TABLE y\n    SQL")[2] == 5


@pytest.mark.parametrize(
    ("text", "reversible"),
    [
        ("class M\n def change\n  remove_column :a, :b, :string\n end\nend", True),
        ("class M\n def change\n  remove_column :a, :b\n end\nend", False),
        (
            "class M\n def up\n  drop_table :a\n end\n def down\n  raise IrreversibleMigration\n end\nend",
            False,
        ),
        ("class M\n def up\n  drop_table :a\n end\nend", False),
        ("class M\n def up\n  drop_table :a\n end\n def down\n  create_table :a\n end\nend", True),
    ],
)
def test_rails_ways_down(text: str, reversible: bool) -> None:
    assert rails.read(text).reversible is reversible


def of_javascript(body: str) -> tuple[Effect, str]:
    decides = javascript.read(f"exports.up = async function (knex) {{\n  {body}\n}};\n").decides
    assert decides is not None
    return decides.effect, decides.removes


@pytest.mark.parametrize(
    ("body", "effect", "removes"),
    [
        (
            "await knex.schema.createTable('a', (t) => { t.string('b').notNullable(); t.index('b'); });",
            Effect.ADDITIVE,
            "",
        ),
        ("await knex.schema.alterTable('users', (t) => { t.dropColumn('note'); });", Effect.DESTRUCTIVE, "users.note"),
        ("await knex.schema.table('users', (t) => { t.string('n').notNullable(); });", Effect.DESTRUCTIVE, ""),
        (
            "await knex.schema.table('users', (t) => { t.string('n').notNullable().defaultTo(''); t.index('n') });",
            Effect.LOCKING,
            "",
        ),
        ("await knex.schema.dropTableIfExists('users');", Effect.DESTRUCTIVE, "users"),
        ("await knex.raw('DROP TABLE x');", Effect.DESTRUCTIVE, "x"),
        ("await queryInterface.removeColumn('users', 'note');", Effect.DESTRUCTIVE, "users.note"),
        ("await queryInterface.addColumn('a', 'b', { type: T, allowNull: false });", Effect.DESTRUCTIVE, ""),
        ("await queryInterface.addColumn('a', 'b', { type: T, allowNull: true });", Effect.ADDITIVE, ""),
        ('await queryRunner.query(`ALTER TABLE "user" DROP COLUMN "x"`);', Effect.DESTRUCTIVE, "user.x"),
        ("await queryRunner.query(`ALTER TABLE ${name} DROP COLUMN x`);", Effect.UNKNOWN, ""),
    ],
)
def test_javascript_operations(body: str, effect: Effect, removes: str) -> None:
    assert of_javascript(body) == (effect, removes)


def test_a_typeorm_class_is_read_as_typescript_and_knows_its_way_down() -> None:
    effects = javascript.read(
        "export class A1 implements MigrationInterface {\n"
        "  public async up(queryRunner: QueryRunner): Promise<void> {\n"
        '    await queryRunner.query(`ALTER TABLE "user" ADD "x" integer`);\n  }\n'
        "  public async down(queryRunner: QueryRunner): Promise<void> {\n"
        '    await queryRunner.query(`ALTER TABLE "user" DROP COLUMN "x"`);\n  }\n}\n',
        "typescript",
    )
    assert effects.decides is not None
    assert (effects.decides.effect, effects.reversible) == (Effect.ADDITIVE, True)
