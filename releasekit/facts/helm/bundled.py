"""Well-known charts that a chart takes along and that lie elsewhere, as far as the parent's values describe them.

Names follow what the charts themselves do (`common.names.fullname` of Bitnami, which others took over).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from releasekit.facts import images
from releasekit.facts.helm.charts import Dependency
from releasekit.facts.model import Fact
from releasekit.facts.traced import UNKNOWN, Said, Table, Value

# what Bitnami's charts add to the name of the one that is written to: always, or only when it is replicated
_ALWAYS = {"redis": "-master", "valkey": "-primary"}
_REPLICATED = {"postgres": "-primary", "mysql": "-primary", "mariadb": "-primary"}
# the paths of a container's port in the values of these charts, old and new
_PORTS = ("containerPorts", "service.ports", "master.containerPorts", "primary.containerPorts", "primary.service.ports")
_HOSTS = ("", "-master", "-primary", "-headless", "-hl", "-rw", "-ha", "-svc")


@dataclass(frozen=True, slots=True, eq=False)
class Bundled:
    """A dependency, the values that it sees, and the name of the release."""

    dependency: Dependency
    values: Value
    release: str

    @property
    def store(self) -> tuple[str, str] | None:
        """(technology, role) when the chart is known to be a data store or a broker."""
        return images.stores(self.dependency.name)

    @property
    def base(self) -> Said:
        """The name that its objects begin with, and where that is said."""
        whole = _at(self.values, "fullnameOverride")
        if whole.value:
            return whole
        own = _at(self.values, "nameOverride")
        name = str(own.value or self.dependency.alias)
        return Said(self.release if name in self.release else f"{self.release}-{name}", own.places if own.value else ())

    @property
    def name(self) -> str:
        """The workload that takes what is written."""
        technology = self.store[0] if self.store else ""
        suffix = ""
        if "bitnami" in self.dependency.repository:
            replicated = _at(self.values, "architecture").value == "replication"
            suffix = _ALWAYS.get(technology, "") or (_REPLICATED.get(technology, "") if replicated else "")
        return f"{self.base.value}{suffix}"

    def hosts(self) -> dict[str, str]:
        """Host names under which it answers, each with its service."""
        return {f"{self.base.value}{suffix}": self.name for suffix in _HOSTS} if self.store else {}


def facts(bundled: Bundled) -> Iterator[Fact]:
    """The service, its data store, image and port; nothing for charts that are not known."""
    store, name = bundled.store, bundled.name
    if store is None or UNKNOWN in name:
        return
    place = next(iter(bundled.base.places), bundled.dependency.place)
    how = f"the chart {bundled.dependency.name} of the release {bundled.release}"
    yield Fact("service", name, store[1], place, how=how)
    yield Fact("datastore", name, store[0], place, name, (), f"a well-known chart: {bundled.dependency.name}")
    yield from (replace(fact, how=how) for fact in _image(bundled, name))
    for path in _PORTS:
        for port in (_at(bundled.values, f"{path}.{bundled.dependency.name}"), _at(bundled.values, f"{path}.amqp")):
            if isinstance(port.value, int) and port.places:
                yield Fact("port", path, port.value, port.places[0], name, (), how)


def _image(bundled: Bundled, name: str) -> Iterator[Fact]:
    registry, tag, digest = (_at(bundled.values, f"image.{key}") for key in ("registry", "tag", "digest"))
    repository = _at(bundled.values, "image.repository")
    if not repository.value or not repository.places or UNKNOWN in f"{repository.value}{tag.value}{digest.value}":
        return
    whole = "/".join(str(part.value) for part in (registry, repository) if part.value)
    text = f"{whole}@{digest.value}" if digest.value else f"{whole}:{tag.value}" if tag.value else whole
    others = tuple(place for part in (tag, digest) for place in part.places)
    yield Fact("image", whole, text, repository.places[0], name, others)
    if tag.value == "latest" and not digest.value:
        yield Fact("image_unpinned", whole, text, tag.places[0] if tag.places else repository.places[0], name)


def _at(values: Value, path: str) -> Said:
    here: Value = values
    for key in path.split("."):
        here = here.pairs.get(key, Said(None)) if isinstance(here, Table) else Said(None)
    return here if isinstance(here, Said) else Said(None)
