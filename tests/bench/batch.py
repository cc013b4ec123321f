"""Many services: stock command lines, a pool over the APIs, ``releasekit batch``, and the cells without any kernel.

Every contender releases the same services with the same notebook; parameters differ in the name alone. "The rest" is
what is not the notebook's own work: a contender's seconds a service less those of the cells in one warm process.
"""

import json
import shutil
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from releasekit.demo.layout import lay_out, write_parameters
from releasekit.record.resources import find
from tests.bench.clock import seconds

SERVICES = 8
WORKERS = 2
FLAT = (10, 100, 1000)
PROGRAMS = Path(sys.executable).parent


def measure(folder: Path) -> dict[str, Any]:
    """Seconds a service of each contender, split into the notebook's own work and the rest, and the ratios."""
    services = lay_out_services(folder, SERVICES)
    taken = {
        "papermill + nbconvert html + nbconvert markdown": stock(folder, services),
        f"pool of {WORKERS} over the APIs of papermill and nbconvert": pool(folder, services),
        f"releasekit batch --workers {WORKERS}": ours(folder, services[0].parent, len(services)),
    }
    own = warm(folder, services)
    rest = {
        name: round(max(found - own / share, 0.0), 3)
        for (name, found), share in zip(taken.items(), (1, WORKERS, WORKERS), strict=True)
    }
    (stock_rest, pool_rest, our_rest) = rest.values()
    return {
        "services": SERVICES,
        "seconds a service": {**taken, "cells in one warm process, no kernel": own},
        "of that not the notebook's own work": rest,
        "ratio of the rest, stock / ours": round(stock_rest / our_rest, 1) if our_rest else None,
        "ratio of the rest, pool / ours": round(pool_rest / our_rest, 1) if our_rest else None,
        "MB of a running kernel that are its own": memory(),
    }


def flat(folder: Path) -> dict[str, Any]:
    """Seconds a service of ours for 10, 100 and 1,000 services, start-up included and, from the difference, without."""
    taken = {}
    for number in FLAT:
        root = folder / str(number)
        root.mkdir()
        services = lay_out_services(root, number)
        taken[number] = ours(root, services[0].parent, number)
    small, *_, large = FLAT
    marginal = (taken[large] * large - taken[small] * small) / (large - small)
    return {"seconds a service": taken, "without start-up": round(marginal, 3)}


def lay_out_services(root: Path, number: int) -> list[Path]:
    """So many parameter files that release the example under other names, from one repository."""
    file = write_parameters(lay_out(root / "demo"), find("parameters"))
    shutil.copy(find("notebooks/release.ipynb"), root / "release.ipynb")
    text, files = file.read_text(encoding="utf-8"), []
    many = file.parent / "many"
    many.mkdir()
    for name in ("storefront", "ci", "organisation.yaml"):
        (many / name).symlink_to(file.parent / name)
    (many / "organisation.yaml").unlink()
    shutil.copy(file.parent / "organisation.yaml", many / "organisation.yaml")
    for one in range(number):
        files.append(many / f"storefront-{one:04}.yaml")
        files[-1].write_text(text.replace("name: storefront\n", f"name: storefront-{one:04}\n", 1), encoding="utf-8")
    return files


def stock(folder: Path, services: list[Path]) -> float:
    """Three command lines for each service, one after the other."""
    out = folder / "stock"
    out.mkdir()

    def one(parameters: Path) -> float:
        notebook = str(out / f"{parameters.stem}.ipynb")
        commands = [
            [
                str(PROGRAMS / "papermill"),
                "release.ipynb",
                notebook,
                "-f",
                str(parameters),
                "-p",
                "base",
                str(parameters.parent),
            ],
            *([str(PROGRAMS / "jupyter"), "nbconvert", "--to", form, notebook] for form in ("html", "markdown")),
        ]
        return sum(seconds(command, folder) for command in commands)

    return round(statistics.mean(map(one, services)), 3)


def pool(folder: Path, services: list[Path]) -> float:
    """A script over the APIs, as one would write it today: processes that execute and export, started once."""
    out = folder / "pool"
    out.mkdir()
    jobs = [(str(folder / "release.ipynb"), str(out / f"{one.stem}.ipynb"), str(one)) for one in services]
    start = time.perf_counter()
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as executor:
        for _ in executor.map(_api_job, jobs):
            pass
    return round((time.perf_counter() - start) / len(services), 3)


def _api_job(job: tuple[str, str, str]) -> None:
    import nbformat
    import papermill
    from nbconvert import HTMLExporter, MarkdownExporter

    from tests.bench.cells import given_by

    source, target, parameters = job
    given = given_by(Path(parameters))
    papermill.execute_notebook(source, target, parameters=given, progress_bar=False, log_output=False)
    notebook = nbformat.read(target, as_version=4)
    for exporter, ending in ((HTMLExporter(), ".html"), (MarkdownExporter(), ".md")):
        Path(target).with_suffix(ending).write_text(exporter.from_notebook_node(notebook)[0], encoding="utf-8")


def ours(folder: Path, services: Path, number: int) -> float:
    """``releasekit batch`` as a command, from its start to its end."""
    command = [
        str(PROGRAMS / "releasekit"),
        "batch",
        str(services),
        "--out",
        str(folder / "ours"),
        "--workers",
        str(WORKERS),
    ]
    return round(seconds(command, folder) / number, 3)


def warm(folder: Path, services: list[Path]) -> float:
    """The notebook's code cells in one IPython shell, and the exports, once everything was imported."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.cells", str(folder / "release.ipynb"), *map(str, services)],
        check=True,
        capture_output=True,
        text=True,
    )
    return round(statistics.median(json.loads(done.stdout)), 3)


def memory() -> dict[str, float]:
    """What a kernel that did nothing has for itself (private pages): forked, and started as usual."""
    from jupyter_client.manager import start_new_kernel

    found = {}
    for name in ("releasekit", "python3"):
        for _ in range(2):  # the first that is forked teaches the zygote, if nobody did
            manager, client = start_new_kernel(kernel_name=name)
            said = "sum(int(line.split()[1]) for line in open('/proc/self/smaps_rollup') if line.startswith('Private'))"
            reply = client.execute("", user_expressions={"kB": said}, reply=True, timeout=60)
            kilobytes = int(reply["content"]["user_expressions"]["kB"]["data"]["text/plain"])
            client.stop_channels()
            manager.shutdown_kernel(now=True)
        found[name] = round(kilobytes / 1024, 1)
    return found
