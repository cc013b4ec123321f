from pathlib import Path

from releasekit.demo.layout import lay_out
from releasekit.parameters.reading import read
from releasekit.plan.propose import assumed, propose


def test_a_proposal_is_valid_as_it_stands_and_says_where_its_values_come_from(tmp_path: Path) -> None:
    layout = lay_out(tmp_path / "demo")
    file = tmp_path / "shop.yaml"
    file.write_text(propose(layout.repository, folder=tmp_path), encoding="utf-8")
    application = read(file).parameters.application
    assert (application.name, application.version, application.running) == ("storefront", "2.4.0", "v2.3.1")
    assert application.repository == "demo/storefront"
    text = file.read_text(encoding="utf-8")
    assert "# the tag v2.4.0 of HEAD" in text
    assert 'web: "https://shop.example.com"  # deploy/k8s/' in text
    assert "url: env:DATABASE_URL  # named in" in text


def test_a_folder_that_says_nothing_gives_a_file_that_says_what_to_write(tmp_path: Path) -> None:
    repository = tmp_path / "My Shop"
    repository.mkdir()
    (repository / "main.c").write_text("int main(void) { return 0; }\n", encoding="utf-8")
    file = tmp_path / "shop.yaml"
    file.write_text(propose(repository, folder=tmp_path), encoding="utf-8")
    assert read(file).parameters.application.name == "my-shop"
    assert "not found: write the version that is released" in file.read_text(encoding="utf-8")


def test_a_bare_repository_stands_for_its_own_release(tmp_path: Path) -> None:
    layout = lay_out(tmp_path / "demo")
    parameters = assumed(layout.repository)
    assert (parameters.application.version, parameters.configuration.environment) == ("2.4.0", "production")
