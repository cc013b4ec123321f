"""The live metric table follows a real Prometheus that scrapes a small service."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.probes.serving import site
from tests.run.postgresql import free_port
from tests.views.walking import SLOW, cells, changed, person

# each verdict that the row showed, one a sample
WATCH = """() => {
    const mark = () => document.querySelector('.rk-sheet tbody .rk-mark')?.textContent.replace(/[^a-z]/g, '');
    const part = [...document.querySelectorAll('.rk-sheet')].find(one => one.textContent.includes('objective'));
    window.rkVerdicts = [];
    new MutationObserver(() => window.rkVerdicts.push(mark())).observe(part, {childList: true, subtree: true});
}"""


@contextmanager
def prometheus(program: Path, folder: Path, target: str) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    folder.mkdir()
    port = free_port()
    jobs = [{"job_name": "shop", "static_configs": [{"targets": [target.removeprefix("http://")]}]}]
    configured = {"global": {"scrape_interval": "500ms"}, "scrape_configs": jobs}
    (folder / "prometheus.yml").write_text(json.dumps(configured))
    command = [str(program), f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    command += [f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}", server
    finally:
        server.terminate()
        server.wait(timeout=30)


def measured_by(text: str, address: str) -> str:
    """The parameter file with one objective that this Prometheus answers."""
    objective = {
        "name": "Latency",
        "query": "max(latency_seconds)",
        "unit": "s",
        "pass": ["<=+10%"],
        "fail": [">0.3"],
    }
    metrics = {"prometheus": address, "baseline": "60s", "now": "2s", "objectives": [objective]}
    return re.sub(r"  metrics:\n.*?(?=\n  endpoints:)", f"  metrics: {json.dumps(metrics)}\n", text, flags=re.DOTALL)


def verdict(page: Page, word: str) -> None:
    expect(page.locator(".rk-sheet tbody .rk-mark").first).to_contain_text(word, timeout=SLOW)


@pytest.mark.real_time("Prometheus, linked statically, has samples of the machine's clock")
def test_a_row_turns_red_recovers_and_is_unknown_without_a_click(
    tmp_path: Path, require: Callable[[str], Path], chromium: Browser
) -> None:
    with site() as shop:
        shop.answers("/metrics", "latency_seconds 0.2\n")
        with prometheus(require("prometheus"), tmp_path / "prometheus", shop.address) as (address, server):
            shown = changed(tmp_path, lambda text: measured_by(text, address))
            with person(chromium, shown, cells(shown, "release.metrics(every=4)"), "Lena Hoffmann") as page:
                verdict(page, "pass")
                expect(page.locator(".rk-sheet .rk-spark")).to_be_visible()
                page.evaluate(WATCH)
                shop.answers("/metrics", "latency_seconds 0.32\n")
                verdict(page, "fail")
                # one sample may have been under way, one may fall into the scrape
                assert page.evaluate("window.rkVerdicts").index("fail") <= 2
                shop.answers("/metrics", "latency_seconds 0.2\n")
                verdict(page, "pass")
                server.terminate()
                verdict(page, "unknown")
                expect(page.locator(".rk-sheet tbody .rk-good")).to_have_count(0)
