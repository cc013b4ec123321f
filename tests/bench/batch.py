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
from itertools import pairwise
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
STOCK = "papermill + nbconvert html + nbconvert markdown"
POOL = f"pool of {WORKERS} over the APIs of papermill and nbconvert"
OURS = f"releasekit batch --workers {WORKERS}"


def measure(folder: Path) -> dict[str, Any]:
    """Seconds a service of each contender, split into the notebook's own work and the rest, and the ratios.

    Of a few services and, from the difference to three times as many, of each further one, without what is done once.
    The command lines do nothing once: each service pays for all.
    """
    services = lay_out_services(folder, 3 * SERVICES)
    few = services[:SERVICES]
    whole = {STOCK: stock(folder, few), POOL: pool(folder, few), OURS: ours(folder, few)}
    further = {STOCK: whole[STOCK]} | {
        name: (contender(folder, services) - whole[name]) / (len(services) - SERVICES)
        for name, contender in ((POOL, pool), (OURS, ours))
    }
    own = warm(folder, few)
    return {
        "services": SERVICES,
        "the notebook's own work": own,
        "all": _split({name: seconds / SERVICES for name, seconds in whole.items()} | {STOCK: whole[STOCK]}, own),
        "each further service": _split(further, own),
        "MB of a running kernel that are its own": memory(),
    }


def _split(taken: dict[str, float], own: float) -> dict[str, Any]:
    """Seconds a service, what of them is not the notebook's own work, and how many times ours that is."""
    shares = {STOCK: 1, POOL: WORKERS, OURS: WORKERS}
    rest = {name: max(seconds - own / shares[name], 0.0) for name, seconds in taken.items()}
    return {
        "seconds a service": {name: round(seconds, 3) for name, seconds in taken.items()},
        "of that not the notebook's own work": {name: round(seconds, 3) for name, seconds in rest.items()},
        "times ours": {name: round(rest[name] / rest[OURS], 1) for name in (STOCK, POOL)} if rest[OURS] else None,
    }


def flat(folder: Path) -> dict[str, Any]:
    """Seconds a service of ours for 10, 100 and 1,000 services: all, and each further one beyond the number before."""
    taken: dict[int, float] = {}
    for number in FLAT:
        root = folder / str(number)
        root.mkdir()
        taken[number] = ours(root, lay_out_services(root, number))
    return {
        "seconds a service": {number: round(seconds / number, 3) for number, seconds in taken.items()},
        "each further service": {
            f"{less} to {more}": round((taken[more] - taken[less]) / (more - less), 3) for less, more in pairwise(FLAT)
        },
    }


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
    """Seconds of three command lines for a service, the mean."""
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

    return statistics.mean(map(one, services))


def pool(folder: Path, services: list[Path]) -> float:
    """Seconds of a script over the APIs, as one would write it today: processes, started once, execute and export."""
    out = folder / "pool"
    out.mkdir(exist_ok=True)
    jobs = [(str(folder / "release.ipynb"), str(out / f"{one.stem}.ipynb"), str(one)) for one in services]
    start = time.perf_counter()
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as executor:
        for _ in executor.map(_api_job, jobs):
            pass
    return time.perf_counter() - start


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


def ours(folder: Path, services: list[Path]) -> float:
    """Seconds of ``releasekit batch`` as a command, from its start to its end."""
    out = folder / f"ours-{len(services)}"
    command = [PROGRAMS / "releasekit", "batch", *services, "--out", out, "--workers", WORKERS]
    return seconds([str(part) for part in command], folder)


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
