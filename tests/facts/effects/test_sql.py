import pytest

from releasekit.facts.effects.model import Effect, Effects
from releasekit.facts.effects.sql import classify


@pytest.mark.parametrize(
    ("statement", "effect", "removes"),
    [
        ("CREATE TABLE a (id int)", Effect.ADDITIVE, ""),
        ("ALTER TABLE a ADD COLUMN b int", Effect.ADDITIVE, ""),
        ("ALTER TABLE a ADD COLUMN b int NOT NULL DEFAULT 0", Effect.ADDITIVE, ""),
        ("ALTER TABLE a ADD COLUMN b int NOT NULL", Effect.DESTRUCTIVE, ""),
        ("CREATE INDEX CONCURRENTLY i ON a (b)", Effect.ADDITIVE, ""),
        ("CREATE UNIQUE INDEX i ON a (b)", Effect.LOCKING, ""),
        ("ALTER TABLE a ALTER COLUMN b TYPE text", Effect.LOCKING, ""),
        ("ALTER TABLE a ALTER COLUMN b SET NOT NULL", Effect.LOCKING, ""),
        ("ALTER TABLE a ALTER COLUMN b DROP NOT NULL", Effect.ADDITIVE, ""),
        ("ALTER TABLE a ALTER COLUMN b SET DEFAULT 1", Effect.ADDITIVE, ""),
        ("ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c (d)", Effect.LOCKING, ""),
        ("ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c (d) NOT VALID", Effect.ADDITIVE, ""),
        ("ALTER TABLE a DROP COLUMN b", Effect.DESTRUCTIVE, "a.b"),
        ('ALTER TABLE "Order" DROP COLUMN "shippingNote"', Effect.DESTRUCTIVE, "Order.shippingNote"),
        ("ALTER TABLE a ADD c int, DROP COLUMN b", Effect.DESTRUCTIVE, "a.b"),
        ("ALTER TABLE a RENAME COLUMN b TO c", Effect.DESTRUCTIVE, "a.b"),
        ("ALTER TABLE a RENAME TO b", Effect.DESTRUCTIVE, "a"),
        ("DROP TABLE IF EXISTS a", Effect.DESTRUCTIVE, "a"),
        ("DROP INDEX CONCURRENTLY i", Effect.ADDITIVE, ""),
        ("TRUNCATE a", Effect.DESTRUCTIVE, "a"),
        ("DELETE FROM a WHERE b = 1", Effect.DESTRUCTIVE, "a"),
        ("UPDATE a SET b = 1", Effect.DESTRUCTIVE, "a"),
        ("INSERT INTO a VALUES (1)", Effect.ADDITIVE, ""),
        ("ALTER TYPE e ADD VALUE 'x'", Effect.ADDITIVE, ""),
        ("COMMENT ON TABLE a IS 'drop table a'", Effect.ADDITIVE, ""),
        ("SELECT pg_sleep(1)", Effect.ADDITIVE, ""),
        ("DO $$ BEGIN DROP TABLE x; END $$", Effect.UNKNOWN, ""),
        ("FROBNICATE THE TABLE", Effect.UNKNOWN, ""),
        ("ALTER TABLE (", Effect.UNKNOWN, ""),
    ],
)
def test_each_statement_has_its_effect_and_what_it_takes_away(statement: str, effect: Effect, removes: str) -> None:
    (operation,) = classify(statement)
    assert (operation.effect, operation.removes) == (effect, removes)


def test_the_worst_statement_decides_and_its_line_is_named() -> None:
    text = "-- first\nCREATE TABLE a (id int);\n\n/* x; y */ ALTER TABLE b\n  DROP COLUMN c;\nCREATE INDEX i ON a (id);"
    decides = Effects(classify(text)).decides
    assert decides is not None
    assert (decides.effect, decides.line, decides.statement) == (Effect.DESTRUCTIVE, 4, "ALTER TABLE b DROP COLUMN c")


def test_semicolons_in_texts_and_dollar_quotes_end_no_statement() -> None:
    assert len(classify("INSERT INTO a VALUES ('x;y'); SELECT $$ ; $$;")) == 2


def test_an_empty_text_and_a_comment_do_nothing() -> None:
    assert classify("") == ()
    assert classify("-- nothing\n") == ()
    assert Effects(()).decides is None


def test_what_is_done_to_a_table_that_the_same_migration_makes_harms_nobody() -> None:
    decides = Effects(
        classify("CREATE TABLE a (b int); CREATE INDEX i ON a (b); ALTER TABLE a ADD c int NOT NULL;")
    ).decides
    assert decides is not None
    assert decides.effect is Effect.ADDITIVE
    after = Effects(classify("CREATE INDEX i ON a (b); CREATE TABLE a (b int);")).decides
    assert after is not None
    assert after.effect is Effect.LOCKING
