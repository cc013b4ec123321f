import csv
from datetime import UTC, date, datetime
from pathlib import Path

from releasekit.demo.layout import lay_out, write_parameters
from releasekit.parameters.reading import read

PARAMETERS = Path(__file__).parents[2] / "parameters"


def test_reports_and_window_are_of_the_day_on_which_the_example_is_laid_out(tmp_path: Path) -> None:
    today = date(2031, 3, 1)
    layout = lay_out(tmp_path, today)
    rows = list(csv.DictReader((tmp_path / "ci/metrics.csv").read_text().splitlines()))
    assert rows[0]["time"] == "2031-02-26T14:30:00Z"
    assert 'timestamp="2031-02-26T10:14:37' in (tmp_path / "ci/unit-tests.xml").read_text()
    dated = {datetime.fromtimestamp(path.stat().st_mtime, UTC).date() for path in (tmp_path / "ci").iterdir()}
    assert dated == {today}
    window = read(write_parameters(layout, PARAMETERS, today)).parameters.configuration.window
    assert window is not None
    assert window.start.date() == date(2031, 3, 2)
