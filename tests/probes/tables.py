"""The history tables of migration tools, as their documentation and source say that the tools make them."""

TABLES = {
    # alembic, runtime/migration.py
    "alembic": """
        CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
        INSERT INTO alembic_version VALUES ('f4b6d2c09e31')""",
    # django, db/migrations/recorder.py
    "django": """
        CREATE TABLE django_migrations (id BIGSERIAL PRIMARY KEY, app VARCHAR(255) NOT NULL, name VARCHAR(255) NOT NULL,
          applied TIMESTAMPTZ NOT NULL);
        INSERT INTO django_migrations (app, name, applied) VALUES
          ('shop', '0001_initial', now()), ('shop', '0002_coupons', now())""",
    # rails, ActiveRecord::SchemaMigration
    "rails": """
        CREATE TABLE schema_migrations (version VARCHAR NOT NULL PRIMARY KEY);
        INSERT INTO schema_migrations VALUES ('20260101120000'), ('20260201120000')""",
    # golang-migrate, database/postgres
    "golang-migrate": """
        CREATE TABLE schema_migrations (version BIGINT NOT NULL PRIMARY KEY, dirty BOOLEAN NOT NULL);
        INSERT INTO schema_migrations VALUES (2, false)""",
    # flyway, PostgreSQLDatabase.getRawCreateScript
    "flyway": """
        CREATE TABLE flyway_schema_history (installed_rank INT NOT NULL PRIMARY KEY, version VARCHAR(50),
          description VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL, checksum INTEGER,
          installed_by VARCHAR(100) NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT now(),
          execution_time INTEGER NOT NULL, success BOOLEAN NOT NULL);
        INSERT INTO flyway_schema_history VALUES (1, '1', 'a', 'SQL', 'V1__a.sql', 1, 'me', now(), 1, true),
          (2, '1.10', 'b', 'SQL', 'V1_10__b.sql', 1, 'me', now(), 1, true)""",
    # liquibase, CreateDatabaseChangeLogTableGenerator
    "liquibase": """
        CREATE TABLE databasechangelog (id VARCHAR(255) NOT NULL, author VARCHAR(255) NOT NULL,
          filename VARCHAR(255) NOT NULL, dateexecuted TIMESTAMP NOT NULL, orderexecuted INTEGER NOT NULL,
          exectype VARCHAR(10) NOT NULL, md5sum VARCHAR(35));
        CREATE TABLE databasechangeloglock (id INTEGER PRIMARY KEY, locked BOOLEAN NOT NULL, lockgranted TIMESTAMP);
        INSERT INTO databasechangeloglock VALUES (1, false, NULL);
        INSERT INTO databasechangelog VALUES ('2-coupons', 'me', 'changelog.xml', now(), 1, 'EXECUTED', '9:abc')""",
    # prisma, schema-engine
    "prisma": """
        CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY, checksum VARCHAR(64) NOT NULL,
          finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
          started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0);
        INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name)
          VALUES ('1', 'x', now(), '20260201_coupons')""",
}
# by tool: folder, the newest migration as the files name it
HEADS = {
    "alembic": ("migrations", "f4b6d2c09e31"),
    "django": ("shop/migrations", "0002_coupons"),
    "rails": ("db/migrate", "20260201120000_coupons"),
    "golang-migrate": ("migrations", "000002_coupons"),
    "flyway": ("db/migration", "V1_10__b"),
    "liquibase": ("db/changelog", "2-coupons"),
    "prisma": ("prisma/migrations", "20260201_coupons"),
}
BEHIND = {
    "alembic": "UPDATE alembic_version SET version_num = '3e9a5c71d80f'",
    "django": "DELETE FROM django_migrations WHERE name = '0002_coupons'",
    "rails": "DELETE FROM schema_migrations WHERE version = '20260201120000'",
    "golang-migrate": "UPDATE schema_migrations SET version = 1",
    "flyway": "DELETE FROM flyway_schema_history WHERE version = '1.10'",
    "liquibase": "DELETE FROM databasechangelog",
    "prisma": "UPDATE _prisma_migrations SET rolled_back_at = now()",
}
HALF = {
    "golang-migrate": "UPDATE schema_migrations SET dirty = true",
    "flyway": "UPDATE flyway_schema_history SET success = false WHERE version = '1.10'",
    "liquibase": "UPDATE databasechangeloglock SET locked = true",
    "prisma": "UPDATE _prisma_migrations SET finished_at = NULL",
}
