"""Data stores that only configuration names."""

import pytest

from releasekit.facts.detectors import datastores
from tests.facts.saying import facts, pairs, values

RAILS = "default: &default\n  adapter: postgresql\n\nproduction:\n  <<: *default\n"


@pytest.mark.parametrize(
    ("path", "text", "store"),
    [
        ("config/database.yml", RAILS, "postgres"),
        (
            "prisma/schema.prisma",
            'generator c {\n  provider = "x"\n}\ndatasource db {\n  provider = "mysql"\n}\n',
            "mysql",
        ),
        ("src/main/resources/application.properties", "spring.datasource.url=jdbc:postgresql://${H}/x\n", "postgres"),
        ("shop/settings.py", 'E = "django.db.backends.postgresql"\n', "postgres"),
        ("lib/shop/repo.ex", "adapter: Ecto.Adapters.Postgres\n", "postgres"),
    ],
)
def test_configuration_names_the_store(path: str, text: str, store: str) -> None:
    assert pairs(datastores.detect, {path: text}) == [(store, store)]


def test_files_in_memory_alternatives_and_containers_are_not_repeated() -> None:
    assert not facts(datastores.detect, {"src/main/resources/application.yml": "url: jdbc:h2:mem:x\n"})
    both = 'A = "django.db.backends.postgresql"\nB = "django.db.backends.mysql"\n'
    assert not facts(datastores.detect, {"shop/settings.py": both})
    compose = "services:\n  db:\n    image: postgres:16\n"
    assert not facts(datastores.detect, {"config/database.yml": RAILS, "compose.yaml": compose})


def test_rails_template_stands_for_the_file_made_on_the_server_and_sqlite_may_be_the_store() -> None:
    text = "default: &default\n  adapter: sqlite3\nproduction:\n  <<: *default\n"
    gems = {"Gemfile": 'gem "rails"\ngem "sqlite3"\n'}
    assert values(datastores.detect, {**gems, "config/database.yml.sample": text}, "datastore") == ["sqlite"]
    other = {"Gemfile": 'gem "sqlite3"\ngem "pg"\n'}
    assert not values(datastores.detect, {**other, "config/database.yml": text}, "datastore")
    real = {"config/database.yml": text.replace("sqlite3", "postgresql"), "config/database.example.yml": text}
    assert values(datastores.detect, {**gems, **real}, "datastore") == ["postgres"]
