"""Scanners of code, dependencies, images, licences and secrets, and update bots: from CI and their own files."""

import re
from collections.abc import Iterator

from releasekit.facts.code import kept, line_at
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.projects.workflows import paths, steps
from releasekit.syntax.expression import Expression
from releasekit.tree import up_of

# tool, words of which one stands in what it says, what a CI step or hook says when it runs it
TOOLS: tuple[tuple[str, tuple[str, ...], Expression], ...] = tuple(
    (name, tuple(words.split()), Expression(pattern, re.IGNORECASE))
    for name, words, pattern in (
        ("codeql", "codeql", r"github/codeql-action/(?!upload-sarif)|codeql database"),
        (
            "trivy",
            "trivy",
            r"trivy-action|(?<![\w-])trivy(?![\w/-]*\.sarif)\s+(?:image|fs|config|repo|rootfs|k8s|sbom)|aquasec\w*/trivy",
        ),
        ("snyk", "snyk", r"snyk/actions|(?<![\w.-])snyk\s+(?:test|monitor|container|code|iac)|snyk-scan"),
        ("gitleaks", "gitleaks", r"gitleaks"),
        ("trufflehog", "trufflehog", r"trufflehog"),
        ("detect-secrets", "detect-secrets", r"detect-secrets"),
        ("fossa", "fossa", r"fossas?/|(?<![\w.-])fossa (?:analyze|test)"),
        ("osv-scanner", "osv-scanner", r"osv-scanner"),
        ("ossf-scorecard", "scorecard", r"(?:^|[/\s-])scorecard"),
        ("zizmor", "zizmor", r"zizmor"),
        ("dependency-review", "dependency-review", r"actions/dependency-review-action"),
        ("sonar", "sonar", r"sonarsource/|sonarcloud|sonarqube|sonar-scanner|sonar:sonar|gradlew? .*\bsonar\b"),
        ("semgrep", "semgrep", r"(?<![\w.-])(?:return)?semgrep"),
        ("checkov", "checkov", r"checkov"),
        ("tfsec", "tfsec", r"tfsec"),
        ("terrascan", "terrascan", r"terrascan"),
        ("kics", "kics", r"checkmarx/kics|(?<![\w.-])kics scan"),
        ("checkmarx", "checkmarx cx", r"checkmarx/(?!kics)|(?<![\w.-])cx scan"),
        ("kubescape", "kubescape", r"kubescape"),
        ("grype", "anchore/ grype", r"anchore/(?:grype|scan-action)|(?<![\w.-])grype\s"),
        ("clair", "clair", r"(?<![\w.-])clair-?scan"),
        ("docker-scout", "scout", r"docker/scout-action|docker scout"),
        ("bandit", "bandit", r"(?<![\w.-])bandit\s+-|pycqa/bandit|bandit-action"),
        ("pip-audit", "pip-audit", r"pip-audit"),
        ("safety", "safety", r"(?<![\w.-])safety\s+(?:check|scan)|pyupio/safety"),
        ("npm-audit", "audit", r"(?<![\w.-])(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?audit|audit-ci|better-npm-audit"),
        ("bundler-audit", "audit", r"bundle[r]?[- ]audit"),
        ("brakeman", "brakeman", r"brakeman"),
        ("importmap-audit", "audit", r"importmap audit"),
        ("govulncheck", "govulncheck", r"govulncheck"),
        ("gosec", "gosec", r"gosec"),
        ("nancy", "nancy", r"nancy sleuth|sonatype-nexus-community/nancy"),
        ("cargo-audit", "audit", r"cargo[- ]audit|rustsec/audit-check|actions-rs/audit-check"),
        ("cargo-deny", "deny", r"cargo[- ]deny"),
        ("owasp-dependency-check", "dependency-check dependencycheck", r"dependency-check(?!-data)|dependencycheck"),
        ("zap", "zap", r"zaproxy/|zap-(?:baseline|full|api)"),
        ("nuclei", "nuclei", r"nuclei-action|(?<![\w.-])nuclei\s+-"),
        ("mend", "whitesource mend- wss", r"whitesource|mend-(?:cli|action)|wss-unified"),
        ("black-duck", "blackduck synopsys", r"blackduck|synopsys-(?:action|detect)"),
        ("veracode", "veracode", r"veracode"),
        ("fortify", "fortify", r"fortify"),
        ("composer-audit", "audit security", r"composer audit|security-checker|roave/security-advisories"),
        ("mix-audit", "audit", r"mix deps\.audit|mix hex\.audit"),
        ("sobelow", "sobelow", r"sobelow"),
        ("retire", "retire", r"(?<![\w.-])retire\s+--|retirejs"),
        (
            "license-check",
            "licen eyes",
            r"license-eye|skywalking-eyes|licensefinder|license_finder|go-licenses check|license-checker\s",
        ),
        ("reuse", "reuse", r"fsfe/reuse-action|(?<![\w.-])reuse lint"),
        (
            "gitlab-sast",
            "sast",
            r"Security/SAST(?:-IaC)?(?:\.latest)?\.gitlab-ci|Jobs/SAST(?:-IaC)?(?:\.latest)?\.gitlab-ci",
        ),
        ("gitlab-secret-detection", "secret-detection", r"(?:Security|Jobs)/Secret-Detection"),
        ("gitlab-dependency-scanning", "dependency-scanning", r"(?:Security|Jobs)/Dependency-Scanning"),
        ("gitlab-container-scanning", "container-scanning", r"(?:Security|Jobs)/Container-Scanning"),
        ("gitlab-dast", "dast", r"(?:Security|Jobs)/DAST"),
    )
)
_HOOKS = frozenset(
    (
        "zizmor",
        "gitleaks",
        "trufflehog",
        "detect-secrets",
        "bandit",
        "checkov",
        "tfsec",
        "semgrep",
        "pip-audit",
        "trivy",
        "gosec",
    )
)
# a file that configures a scanner or bot: (path pattern, tool)
_FILES: tuple[tuple[Expression, str], ...] = tuple(
    (Expression(pattern), name)
    for pattern, name in (
        (r"\.github/dependabot\.ya?ml|\.dependabot/config\.ya?ml", "dependabot"),
        (r"(?:\.github/|\.gitlab/|\.forgejo/)?(?:renovate\.json5?|\.renovaterc(?:\.json5?)?)", "renovate"),
        (r"(?:.*/)?\.snyk", "snyk"),
        (r"(?:.*/)?sonar-project\.properties|\.sonarcloud\.properties", "sonar"),
        (r"(?:.*/)?osv-scanner\.toml", "osv-scanner"),
        (r"(?:.*/)?\.?gitleaks\.toml", "gitleaks"),
        (r"(?:.*/)?(?:\.trivyignore(?:\.ya?ml)?|trivy\.ya?ml)", "trivy"),
        (r"(?:.*/)?\.fossa\.ya?ml", "fossa"),
        (r"(?:.*/)?\.whitesource", "mend"),
        (r"(?:.*/)?\.semgrep(?:\.ya?ml|/.*\.ya?ml)", "semgrep"),
        (r"(?:.*/)?\.checkov\.ya?ml", "checkov"),
        (r"(?:.*/)?\.secrets\.baseline", "detect-secrets"),
        (r"\.github/zizmor\.ya?ml|zizmor\.ya?ml", "zizmor"),
        (r"(?:.*/)?deny\.toml", "cargo-deny"),
        (r"\.scala-steward\.conf", "scala-steward"),
        (r"\.github/workflows/scala-steward\.ya?ml", "scala-steward"),
    )
)
_ANY_FILE = Expression("|".join(pattern.text for pattern, _ in _FILES))


def detect(files: Files) -> Iterator[Fact]:
    """One fact a tool and file, the files of the bots first."""
    for path in kept(path for path in files.tree.paths if _ANY_FILE.fullmatch(path.removeprefix(up_of(path)))):
        name = next((name for pattern, name in _FILES if pattern.fullmatch(path.removeprefix(up_of(path)))), None)
        if name:
            yield Fact("scan", name, path, f"{path}:1", how=f"a file that configures {name}")
    for path in paths(files):
        yield from _workflow(files, path)
    for path in kept(files.tree.named(".pre-commit-config.yaml", "lefthook.yml")):
        text = files.text(path)
        for name, pattern in _spoken_of(text):
            match = pattern.search(text) if name in _HOOKS else None
            if match:
                yield Fact("scan", name, path, f"{path}:{line_at(text, match.start())}", how=_how(match[0]))
    yield from _build_plugins(files)


def _workflow(files: Files, path: str) -> Iterator[Fact]:
    seen: set[str] = set()
    done = steps(files, path)
    tools = _spoken_of(files.text(path))
    for step in done:
        said = tuple(step.lines) if step.run else ((step.line, step.uses),)
        for line, text in said:
            for name, pattern in tools:
                match = pattern.search(text) if name not in seen else None
                if match and not re.match(r"(echo|#|git|apt|sudo apt)\b", text):
                    seen.add(name)
                    yield Fact("scan", name, path, f"{path}:{line}", how=_how(match[0]))
    if not path.endswith((".yml", ".yaml")):
        return
    of_gitlab = [(name, pattern) for name, pattern in tools if name.startswith("gitlab-")]
    for number, text in files.lines(path) if of_gitlab else ():
        for name, pattern in of_gitlab:
            match = pattern.search(text) if name not in seen else None
            if match and not text.lstrip().startswith("#"):
                seen.add(name)
                yield Fact("scan", name, path, f"{path}:{number}", how=_how(match[0]))


def _spoken_of(text: str) -> list[tuple[str, Expression]]:
    """The tools that a text can name: most files name none of them."""
    lower = text.lower()
    return [(name, pattern) for name, words, pattern in TOOLS if any(word in lower for word in words)]


def _build_plugins(files: Files) -> Iterator[Fact]:
    """Scanners that Maven and Gradle carry as plugins."""
    wanted = {"owasp-dependency-check": r"dependency-check-maven|org\.owasp\.dependencycheck"}
    wanted["sonar"] = r"sonar-maven-plugin|org\.sonarqube"
    for path in kept(files.tree.named("pom.xml", "build.gradle", "build.gradle.kts")):
        text = files.text(path)
        for name, pattern in wanted.items():
            match = re.search(pattern, text)
            if match:
                yield Fact("scan", name, path, f"{path}:{line_at(text, match.start())}", how=_how(match[0]))


def _how(said: str) -> str:
    return f"it says {' '.join(said.split())[:60]}"
