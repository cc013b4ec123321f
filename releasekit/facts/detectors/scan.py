"""Scanners of code, dependencies, images, licences and secrets, and update bots: from CI and their own files."""

import re
from collections.abc import Iterator

from releasekit.facts.code import kept, line_at
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.projects.workflows import paths, steps

# tool -> what a CI step or hook says when it runs it
TOOLS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("codeql", r"github/codeql-action/(?!upload-sarif)|codeql database"),
        (
            "trivy",
            r"trivy-action|(?<![\w-])trivy(?![\w/-]*\.sarif)\s+(?:image|fs|config|repo|rootfs|k8s|sbom)|aquasec\w*/trivy",
        ),
        ("snyk", r"snyk/actions|(?<![\w.-])snyk\s+(?:test|monitor|container|code|iac)|snyk-scan"),
        ("gitleaks", r"gitleaks"),
        ("trufflehog", r"trufflehog"),
        ("detect-secrets", r"detect-secrets"),
        ("fossa", r"fossas?/|(?<![\w.-])fossa (?:analyze|test)"),
        ("osv-scanner", r"osv-scanner"),
        ("ossf-scorecard", r"(?:^|[/\s-])scorecard"),
        ("zizmor", r"zizmor"),
        ("dependency-review", r"actions/dependency-review-action"),
        ("sonar", r"sonarsource/|sonarcloud|sonarqube|sonar-scanner|sonar:sonar|gradlew? .*\bsonar\b"),
        ("semgrep", r"(?<![\w.-])(?:return)?semgrep"),
        ("checkov", r"checkov"),
        ("tfsec", r"tfsec"),
        ("terrascan", r"terrascan"),
        ("kics", r"checkmarx/kics|(?<![\w.-])kics scan"),
        ("checkmarx", r"checkmarx/(?!kics)|(?<![\w.-])cx scan"),
        ("kubescape", r"kubescape"),
        ("grype", r"anchore/(?:grype|scan-action)|(?<![\w.-])grype\s"),
        ("clair", r"(?<![\w.-])clair-?scan"),
        ("docker-scout", r"docker/scout-action|docker scout"),
        ("bandit", r"(?<![\w.-])bandit\s+-|pycqa/bandit|bandit-action"),
        ("pip-audit", r"pip-audit"),
        ("safety", r"(?<![\w.-])safety\s+(?:check|scan)|pyupio/safety"),
        ("npm-audit", r"(?<![\w.-])(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?audit|audit-ci|better-npm-audit"),
        ("bundler-audit", r"bundle[r]?[- ]audit"),
        ("brakeman", r"brakeman"),
        ("importmap-audit", r"importmap audit"),
        ("govulncheck", r"govulncheck"),
        ("gosec", r"gosec"),
        ("nancy", r"nancy sleuth|sonatype-nexus-community/nancy"),
        ("cargo-audit", r"cargo[- ]audit|rustsec/audit-check|actions-rs/audit-check"),
        ("cargo-deny", r"cargo[- ]deny"),
        ("owasp-dependency-check", r"dependency-check(?!-data)|dependencycheck"),
        ("zap", r"zaproxy/|zap-(?:baseline|full|api)"),
        ("nuclei", r"nuclei-action|(?<![\w.-])nuclei\s+-"),
        ("mend", r"whitesource|mend-(?:cli|action)|wss-unified"),
        ("black-duck", r"blackduck|synopsys-(?:action|detect)"),
        ("veracode", r"veracode"),
        ("fortify", r"fortify"),
        ("composer-audit", r"composer audit|security-checker|roave/security-advisories"),
        ("mix-audit", r"mix deps\.audit|mix hex\.audit"),
        ("sobelow", r"sobelow"),
        ("retire", r"(?<![\w.-])retire\s+--|retirejs"),
        (
            "license-check",
            r"license-eye|skywalking-eyes|licensefinder|license_finder|go-licenses check|license-checker\s",
        ),
        ("reuse", r"fsfe/reuse-action|(?<![\w.-])reuse lint"),
        ("gitlab-sast", r"Security/SAST(?:-IaC)?(?:\.latest)?\.gitlab-ci|Jobs/SAST(?:-IaC)?(?:\.latest)?\.gitlab-ci"),
        ("gitlab-secret-detection", r"(?:Security|Jobs)/Secret-Detection"),
        ("gitlab-dependency-scanning", r"(?:Security|Jobs)/Dependency-Scanning"),
        ("gitlab-container-scanning", r"(?:Security|Jobs)/Container-Scanning"),
        ("gitlab-dast", r"(?:Security|Jobs)/DAST"),
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
_FILES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), name)
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


def detect(files: Files) -> Iterator[Fact]:
    """One fact a tool and file, the files of the bots first."""
    for path in kept(files.tree.paths):
        name = next((name for pattern, name in _FILES if pattern.fullmatch(path)), None)
        if name:
            yield Fact("scan", name, path, f"{path}:1", how=f"a file that configures {name}")
    for path in paths(files):
        yield from _workflow(files, path)
    for path in kept(files.tree.named(".pre-commit-config.yaml", "lefthook.yml")):
        text = files.text(path)
        for name, pattern in TOOLS:
            match = pattern.search(text) if name in _HOOKS else None
            if match:
                yield Fact("scan", name, path, f"{path}:{line_at(text, match.start())}", how=_how(match[0]))
    yield from _build_plugins(files)


def _workflow(files: Files, path: str) -> Iterator[Fact]:
    seen: set[str] = set()
    done = steps(files, path)
    for step in done:
        said = tuple(step.lines) if step.run else ((step.line, step.uses),)
        for line, text in said:
            for name, pattern in TOOLS:
                match = pattern.search(text) if name not in seen else None
                if match and not re.match(r"(echo|#|git|apt|sudo apt)\b", text):
                    seen.add(name)
                    yield Fact("scan", name, path, f"{path}:{line}", how=_how(match[0]))
    if not path.endswith((".yml", ".yaml")):
        return
    for number, text in files.lines(path):
        for name, pattern in TOOLS:
            match = pattern.search(text) if name.startswith("gitlab-") and name not in seen else None
            if match and not text.lstrip().startswith("#"):
                seen.add(name)
                yield Fact("scan", name, path, f"{path}:{number}", how=_how(match[0]))


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
