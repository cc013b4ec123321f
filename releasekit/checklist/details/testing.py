"""What the items on testing mean for this service: its test commands, its reports, its scanners."""

from collections.abc import Iterator

from releasekit.checklist.context import Context, about, some
from releasekit.checklist.model import Detail
from releasekit.checklist.words import listed
from releasekit.facts.model import Fact

_WHOLE = ("integration", "e2e", "end-to-end", "playwright", "cypress", "newman", "behave", "cucumber", "selenium")
_LOAD = ("k6", "locust", "jmeter", "gatling", "artillery", "wrk", "load", "perf", "bench")


def unit_tests(c: Context) -> Iterator[Detail]:
    """The commands that run them, and the report that proves it."""
    commands = [fact for fact in c.of("test_command") if not _says(fact, _WHOLE + _LOAD)]
    yield from (
        about(fact, _named("Unit tests", fact), code=str(fact.value), expect="exit status 0") for fact in commands
    )
    if not commands:
        yield c.nothing("unit test command", "CI files", "project files", "Makefiles", "scripts")
    yield from _report(c, "unit_tests", "JUnit XML")
    yield from _workflows(c, ("test",))


def integration_tests(c: Context) -> Iterator[Detail]:
    """The commands that run them against real services."""
    commands = [fact for fact in c.of("test_command") if _says(fact, _WHOLE)]
    for fact in commands:
        yield about(fact, _named("Integration tests", fact), code=str(fact.value), expect="exit status 0")
    if not commands:
        yield c.nothing("integration test command", *_WHOLE[:5])
    stores = dict.fromkeys(f"{fact.value} ({fact.name})" for fact in c.of("datastore"))
    if stores:
        yield Detail(f"They count when they run against {listed(stores)}.", source=c.of("datastore")[0].source)
    yield from _report(c, "integration_tests", "JUnit XML")


def performance_tests(c: Context) -> Iterator[Detail]:
    """Load test commands and the routes that carry the load."""
    commands = [fact for fact in c.of("test_command") if _says(fact, _LOAD)]
    for fact in commands:
        yield about(fact, _named("Performance tests", fact), code=str(fact.value), expect="all thresholds hold")
    if not commands:
        yield c.nothing("performance test", *_LOAD[:5])
    yield from (Detail(f"Has to hold: {sentence}.") for sentence in c.release.objectives)
    yield from _report(c, "performance", "k6, Locust or JMeter results")


def security_scans(c: Context) -> Iterator[Detail]:
    """The scanners that this repository uses, and the images that have to be scanned."""
    scans = c.of("scan")
    yield from some((about(fact, f"{fact.name} is set up in {fact.value or fact.path}.") for fact in scans), "scanners")
    if not scans:
        yield c.nothing("scanner", "dependency, image and code scanners in CI", "update bots")
    own = {fact.name for fact in c.own}
    images = {str(fact.value): fact for fact in c.of("image") if fact.service in own}
    text = "The scan has to be of the image that is deployed:"
    yield from some((about(fact, text, code=image) for image, fact in images.items()), "images", 8)
    yield from _report(c, "security", "SARIF or Trivy JSON")


def user_acceptance(c: Context) -> Iterator[Detail]:
    """Who accepts, and where it can be tried."""
    owner = c.release.team.get("product_owner")
    yield Detail(
        f"{owner or 'The product owner'} accepts {c.release.new}; leave the link to the acceptance record here."
    )
    hosts = dict.fromkeys(str(fact.value) for fact in c.of("host"))
    if hosts:
        yield Detail(f"Users reach this service at {listed(hosts)}.", source=c.of("host")[0].source)
    flags = [key.name for key in c.change.keys if key.kind in {"feature_flag", "flag"} and key.before is None]
    if flags:
        yield Detail(f"New behind a flag, so it has to be switched on to be seen: {listed(flags)}.")
    yield from _report(c, "acceptance", "JUnit XML")


def _says(fact: Fact, words: tuple[str, ...]) -> bool:
    text = f"{fact.name} {fact.value}".lower()
    return any(word in text for word in words)


def _named(what: str, fact: Fact) -> str:
    where = fact.service or fact.name
    return f"{what} of {where}:" if where else f"{what}:"


def _report(c: Context, kind: str, form: str) -> Iterator[Detail]:
    globs = c.release.reports.get(kind)
    if globs:
        yield Detail(f"Report ({form}):", code=" ".join(globs))
    else:
        yield Detail(f"No report is named: reports.{kind} in the parameter file takes the files ({form}).")


def _workflows(c: Context, uses: tuple[str, ...]) -> Iterator[Detail]:
    for fact in c.of("ci"):
        if str(fact.value) in uses:
            yield about(fact, f"CI runs them in {fact.name}.")
