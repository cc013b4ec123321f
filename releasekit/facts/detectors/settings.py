"""Configuration that production must be given, and what of it is confidential: names and places, never values."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from releasekit.facts.code import kept, line_at, own, owner
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.settings import environment, guide
from releasekit.facts.settings import node as reads_node
from releasekit.facts.settings import python as reads_python
from releasekit.facts.settings import spring as reads_spring
from releasekit.facts.settings import text as reads_text
from releasekit.facts.settings import viper as reads_viper
from releasekit.facts.settings.confidential import has_credentials
from releasekit.facts.settings.environment import Entry
from releasekit.facts.settings.model import (
    NAME,
    Read,
    ambient,
    confidential,
    database_address,
    placeholder,
)
from releasekit.syntax.expression import Expression

# Python modules that speak of the environment and are parsed; a program has a handful of them
PARSED = 1_000
# values that a build puts into pages: who runs the service cannot give them
_BUILT_IN = ("NEXT_PUBLIC_", "VITE_", "REACT_APP_", "NUXT_PUBLIC_", "EXPO_PUBLIC_", "PUBLIC_")
_RAILS_CREDENTIALS = ("config/credentials/production.yml.enc", "config/credentials.yml.enc")
_READS_CREDENTIALS = Expression(r"^[^#\n]*\bRails\.application\.credentials\b", re.MULTILINE)
# a key base that the code itself sets
_KEY_BASE = Expression(r"^[^#\n]*\bsecret_key_base\b\s*[:=]\s*(?!.*(?:ENV|Rails\.application\.))", re.MULTILINE)
_INTEGRATION = Expression(
    r"^(?:SMTP|MAIL|EMAIL|AWS|S3|MINIO|SENTRY|STRIPE|SLACK|GOOGLE|GITHUB|GITLAB|FACEBOOK|TWITTER|DISCORD|TWILIO|SENDGRID"
    r"|MAILGUN|POSTMARK|OPENAI|ANTHROPIC|RECAPTCHA|LDAP|SAML|OIDC|PUSHER|ALGOLIA)_|_?OAUTH_|_CLIENT_(?:ID|SECRET)$"
)
# programs beside the service, run by hand or by CI
_BESIDE = Expression(r"(?:^|/)(?:scripts?|tools?|hack|notebooks?|devtools|\.github|\.gitlab)/")

_STARTS = Expression(r"(?:entrypoint|start|boot)[\w-]*(?:\.sh)?$")
# Rails reads these through ERB
_RAILS_FILES = Expression(r"(?:^|/)config/[^/]+\.(?:ya?ml|yml\.erb)$")


@dataclass(frozen=True, slots=True)
class _Known:
    """What all places say: reads by name, what deployment files state, committed and template entries, and the names
    that Compose takes from outside."""

    files: Files
    reads: dict[str, list[Read]]
    stated: tuple[Entry, ...]
    committed: tuple[Entry, ...]
    templates: tuple[Entry, ...]
    outside: frozenset[str]

    def asked(self, name: str) -> bool:
        """Whether anything takes this variable: a name that only a template holds is stale."""
        return name in self.reads or name in self.outside


def detect(files: Files) -> Iterator[Fact]:
    """One ``env_required`` fact a variable without a usable value, one ``secret`` fact a confidential variable."""
    reads: dict[str, list[Read]] = {}
    for read in _reads(files):
        reads.setdefault(read.name, []).append(read)
    known = _Known(
        files,
        reads,
        tuple(environment.stated(files)),
        tuple(environment.committed(files)),
        tuple(environment.templates(files)),
        environment.mentioned(files),
    )
    yield from _required(known)
    yield from _secrets(known)
    yield from _rails(known)


def _reads(files: Files) -> Iterator[Read]:
    parsed = 0
    for path in own(files, ".py"):
        text = files.text(path) if not _BESIDE.search(path) else ""
        if parsed < PARSED and reads_python.may_read(text):
            parsed += 1
            module = _module(text)
            if module:
                yield from reads_python.reads(module, text, path)
    for language in reads_text.LANGUAGES:
        for path in own(files, *language.endings):
            if not _BESIDE.search(path) or (language is reads_text.SHELL and _STARTS.search(path)):
                yield from reads_text.reads(language, files.text(path), path)
    for path in kept(files.tree.ending(".yml", ".yaml", ".yml.erb")):
        if _RAILS_FILES.search(path) and "<%" in files.text(path):
            yield from reads_text.reads(reads_text.RUBY, files.text(path), path)
    yield from reads_node.reads(files)
    yield from reads_spring.reads(files)
    yield from reads_viper.reads(files)


def _module(text: str) -> ast.Module | None:
    """A syntax tree that is not kept: what cannot be parsed is no setting, and other detectors note it."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _rails(known: _Known) -> Iterator[Fact]:
    """Rails reads its encrypted credentials with a key that only the operator has."""
    path = "config/environments/production.rb"
    for number, line in known.files.lines(path):
        if line.strip().startswith("config.require_master_key = true"):
            how = "require_master_key: Rails does not start without it"
            yield Fact("env_required", "RAILS_MASTER_KEY", "required", f"{path}:{number}", how=how, scope="")
    yield from _key_base(known)
    yield from _master_key(known)


def _master_key(known: _Known) -> Iterator[Fact]:
    """The key of Rails' encrypted credentials, in the repository or, where code reads them, on the servers alone."""
    held = next((f"{place}:1" for place in _RAILS_CREDENTIALS if place in known.files.tree), "")
    how = "it opens these encrypted credentials"
    if not held and "config/application.rb" in known.files.tree:
        how = "it opens the encrypted credentials that this reads, which are not in the repository"
        for path in own(known.files, ".rb"):
            match = _READS_CREDENTIALS.search(known.files.text(path))
            if match:
                held = f"{path}:{line_at(known.files.text(path), match.start())}"
                break
    if held:
        yield Fact("secret", "RAILS_MASTER_KEY", "env", held, how=how, scope="")


def _key_base(known: _Known) -> Iterator[Fact]:
    """Rails does not start in production without a key base; it stands in encrypted credentials, or is given."""
    path = "config/application.rb"
    held = any(place in known.files.tree for place in (*_RAILS_CREDENTIALS, "config/secrets.yml.enc"))
    places = [place for place in known.files.tree.ending(".rb", ".yml") if place.startswith("config/")]
    made = any(_KEY_BASE.search(known.files.text(place)) for place in places)
    if path in known.files.tree and not held and not made and "SECRET_KEY_BASE" not in _given(known):
        line = next((n for n, text in known.files.lines(path) if "Rails::Application" in text), 1)
        how = "Rails does not start in production without it: no encrypted credentials, no value in the code"
        yield Fact("env_required", "SECRET_KEY_BASE", "required", f"{path}:{line}", how=how, scope="")
        if "SECRET_KEY_BASE" not in known.reads:
            yield Fact("secret", "SECRET_KEY_BASE", "env", f"{path}:{line}", how=how, scope="")


def _required(known: _Known) -> Iterator[Fact]:
    """By the guide, by code that fails, by a template that holds only a placeholder: the first that says so counts."""
    given = _given(known)
    made = {entry.name for entry in known.stated if environment.derived(entry)}
    done: set[str] = set()
    for name, source in guide.required(known.files):
        entry = next((entry for entry in known.templates if entry.name == name), None)
        if (known.asked(name) or entry) and name not in done | made and not ambient(name):
            done.add(name)
            place = entry.source if entry else next((read.source for read in known.reads.get(name, ())), source)
            how = "the guide says that it must be set"
            yield _fact(known.files, "env_required", name, place, how, () if place == source else (source,))
    for fact in _filled_in(known, done | made | given):
        done.add(fact.name)
        yield fact
    for name, reads in known.reads.items():
        read = next((read for read in reads if read.required and not name.startswith(_BUILT_IN)), None)
        if read and name not in given and name not in done and not ambient(name):
            done.add(name)
            how = "the code fails without it" + (f": the field {read.how}" if read.how not in {"", name} else "")
            yield _fact(known.files, "env_required", name, read.source, how)
    for entry in known.templates:
        if entry.name == "APP_KEY" and not entry.value and entry.name in known.reads and "artisan" in known.files.tree:
            done.add(entry.name)
            yield _fact(known.files, "env_required", entry.name, entry.source, "Laravel does not start without it")
    for entry in known.templates:
        name = entry.name
        # `null` and `none` switch off; what serves mail, files or logins of others is used by those who have it
        unset = entry.value.lower() in {"null", "none"} or _INTEGRATION.search(name)
        lacks = (placeholder(entry.value) and not unset) or (not entry.value and entry.demanded)
        if name in done | given or ambient(name) or not lacks or not known.asked(name):
            continue
        if not any(read.default and not placeholder(read.default) for read in known.reads.get(name, ())):
            done.add(name)
            how = "the template holds only a placeholder" if entry.value else "the template says that it is required"
            yield _fact(known.files, "env_required", name, entry.source, how)


def _filled_in(known: _Known, settled: set[str]) -> Iterator[Fact]:
    """What a guide's list of variables leaves to the operator; programs and frameworks may read it out of sight."""
    for name, source in dict(guide.filled_in(known.files)).items():
        if name not in settled and not ambient(name):
            how = "the guide's list of variables leaves it to the operator"
            yield _fact(known.files, "env_required", name, source, how)
            if confidential(name) and name not in known.reads:
                yield _fact(known.files, "secret", name, source, how, (), "env")


def _given(known: _Known) -> set[str]:
    """The variables that the production files already give a usable value."""
    values: dict[str, str] = {}
    for entry in known.committed:
        # a committed file may use what looks like a placeholder: only what the code refuses is no value
        if not environment.is_for_development(known.files, entry.path) and not _refused(known, entry.value):
            values.setdefault(entry.name, entry.value)
    given = {name for name, value in values.items() if value}
    return given | {entry.name for entry in known.stated if environment.usable(entry.value, values)}


def _refused(known: _Known, value: str) -> bool:
    """Whether the code that reads the settings compares them with this very placeholder."""
    if not placeholder(value):
        return False
    paths = {read.path for reads in known.reads.values() for read in reads}
    return any(f'"{value}"' in text or f"'{value}'" in text for text in map(known.files.text, paths))


def _secrets(known: _Known) -> Iterator[Fact]:
    done = {name for name, reads in known.reads.items() if _is_plain(reads)}
    shown = {entry.name for entry in known.templates if _has_credentials(entry)}
    for name, reads in known.reads.items():
        if _is_secret(name, reads) or (name in shown and name not in done):
            done.add(name)
            read = next((read for read in reads if read.required or read.secret), reads[0])
            also = tuple(other.source for other in reads if other is not read)[:5]
            how = "" if confidential(name) else "the code treats it as confidential"
            how = f"the key {read.how}" if read.how not in {"", name} else how
            yield _fact(known.files, "secret", name, read.source, how, also, "env")
    quoted = _quoted(known, done)
    for kind, entries in (("committed", known.committed), ("hard-coded", known.stated), ("env", known.templates)):
        for entry in entries:
            name = entry.name
            if name in done or not NAME.fullmatch(name) or not (confidential(name) or _has_credentials(entry)):
                continue
            if kind != "env" or name in known.outside or name in quoted:
                done.add(name)
                value = "env" if "$" in entry.value or not entry.value else kind
                yield _fact(known.files, "secret", name, entry.source, "", (), value)


def _quoted(known: _Known, done: set[str]) -> set[str]:
    """Confidential names of templates that code hands around as texts, to read the variables by name later."""
    wanted = {entry.name for entry in known.templates if confidential(entry.name)} - done - known.outside
    if not wanted:
        return set()
    pattern = re.compile(r"""['"`](""" + "|".join(map(re.escape, sorted(wanted))) + r""")['"`]""")
    endings = (".py", *(ending for language in reads_text.LANGUAGES for ending in language.endings))
    texts = (known.files.text(path) for path in own(known.files, *endings) if not _BESIDE.search(path))
    return {match[1] for text in texts for match in pattern.finditer(text)}


def _is_secret(name: str, reads: list[Read]) -> bool:
    if _is_plain(reads):
        return False
    if confidential(name) or any(read.secret for read in reads):
        return True
    if any(read.default and has_credentials(read.default) for read in reads):
        return True
    return database_address(name) and any(read.required for read in reads)


def _is_plain(reads: list[Read]) -> bool:
    """Whether the code takes a switch or a number, so that a confidential word in the name means something else."""
    return any(read.plain for read in reads) and not any(read.secret for read in reads)


def _has_credentials(entry: Entry) -> bool:
    return database_address(entry.name) and bool(has_credentials(entry.value)) and "$" not in entry.value


def _fact(  # noqa: PLR0917 - the parts of a fact
    files: Files, kind: str, name: str, source: str, how: str, also: tuple[str, ...] = (), value: str = "required"
) -> Fact:
    scope = owner(files, source.rpartition(":")[0])
    return Fact(kind, name, value, source, also=also, how=how, scope=scope)
