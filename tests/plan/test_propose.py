from pathlib import Path

from releasekit.parameters.reading import read
from releasekit.plan.propose import propose

CI = """
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: pytest tests/unit --junitxml=build/unit.xml
      - run: pytest tests/integration --junit-xml build/integration.xml
      - run: pytest tests/other --junitxml=$OUT/other.xml
"""


def test_reports_that_the_tests_of_ci_write_are_proposed(tmp_path: Path) -> None:
    repository = tmp_path / "shop"
    (repository / ".github/workflows").mkdir(parents=True)
    (repository / ".github/workflows/ci.yml").write_text(CI)
    (repository / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1.0.0"\n')
    (tmp_path / "shop.yaml").write_text(propose(repository, folder=tmp_path))
    found = read(tmp_path / "shop.yaml").parameters.configuration.reports
    assert {kind: report.files for kind, report in found.items()} == {
        "unit_tests": ("shop/build/unit.xml",),
        "integration_tests": ("shop/build/integration.xml",),
    }
