"""Pipelines, scanners and test commands, told from the files of continuous integration services."""

import pytest

from releasekit.facts.detectors import ci, scan, testing
from tests.facts.saying import facts, names, pairs, values

GITHUB = (
    "name: {name}\non: push\njobs:\n  {job}:\n    runs-on: x\n    steps:\n"
    "      - uses: actions/checkout@v4\n      - run: {run}\n"
)


def workflow(run: str, name: str = "CI", job: str = "build") -> str:
    return GITHUB.format(name=name, job=job, run=run)


@pytest.mark.parametrize(
    ("path", "text", "purpose"),
    [
        (".github/workflows/deploy.yml", workflow("kubectl apply -f x", "Deploy"), "deploy"),
        (".github/workflows/test.yml", workflow("pytest", "Test"), "test"),
        (".github/workflows/codeql.yml", workflow("x", "CodeQL"), "scan"),
        (".gitlab-ci.yml", "build:\n  stage: build\n  script:\n    - docker build .\n", "build"),
        ("Jenkinsfile", "stage('Deploy') { steps { sh 'helm upgrade x' } }\n", "deploy"),
        (".circleci/config.yml", "jobs:\n  release:\n    steps:\n      - run: make publish\n", "release"),
        ("azure-pipelines.yml", "steps:\n  - script: dotnet test\n", "test"),
        (
            "cloudbuild.yaml",
            "steps:\n- name: docker\n  entrypoint: bash\n  args:\n  - '-c'\n  - >\n    kubectl apply -f x\n",
            "deploy",
        ),
        (
            "bitbucket-pipelines.yml",
            "pipelines:\n  default:\n    - step:\n        script:\n          - npm test\n",
            "test",
        ),
    ],
)
def test_a_pipeline_says_what_it_is_for(path: str, text: str, purpose: str) -> None:
    assert pairs(ci.detect, {path: text}) == [(path, purpose)]


def test_repository_automation_is_left_out_unless_it_builds() -> None:
    texts = {
        ".github/workflows/stale.yml": "on: schedule\njobs:\n  s:\n    steps:\n      - uses: actions/stale@v9\n",
        ".github/workflows/label-pr.yml": (
            "on: pull_request\njobs:\n  s:\n    steps:\n      - uses: actions/labeler@v5\n"
        ),
        ".github/workflows/sync-and-build.yml": workflow("docker build ."),
        ".github/dependabot.yml": "version: 2\n",
    }
    assert names(ci.detect, texts) == {".github/workflows/sync-and-build.yml"}


def test_scanners_and_bots_are_found_and_linters_are_not() -> None:
    texts = {
        ".github/dependabot.yml": "version: 2\n",
        "renovate.json": "{}",
        ".github/workflows/ci.yml": "jobs:\n  a:\n    steps:\n      - uses: github/codeql-action/init@v3\n"
        "      - uses: aquasecurity/trivy-action@master\n      - run: ruff check .\n"
        "      - run: bundle exec brakeman\n",
        ".gitlab-ci.yml": "include:\n  - template: Security/SAST.gitlab-ci.yml\ntest:\n  script: [go test ./...]\n",
        ".pre-commit-config.yaml": (
            "repos:\n  - repo: https://github.com/gitleaks/gitleaks\n  - repo: https://x/mirrors-mypy\n"
        ),
        "pom.xml": "<plugin><artifactId>dependency-check-maven</artifactId></plugin>",
    }
    assert names(scan.detect, texts) == {
        *("dependabot", "renovate", "codeql", "trivy", "brakeman", "gitlab-sast", "gitleaks", "owasp-dependency-check")
    }


def test_installing_or_mentioning_a_scanner_is_not_scanning() -> None:
    assert not facts(scan.detect, {".github/workflows/ci.yml": workflow("apt install trivy")})
    assert not facts(
        scan.detect, {".github/workflows/ci.yml": "jobs:\n  a:\n    steps:\n      - run: echo done # semgrep\n"}
    )


@pytest.mark.parametrize(
    ("run", "command"),
    [
        ("pytest -q --cov", "pytest -q --cov"),
        ("FOO=1 uv run pytest tests/", "pytest tests/"),
        ("./mvnw -B verify", "./mvnw -B verify"),
        ("cd api && go test ./...", "go test ./..."),
        ("bin/rails db:test:prepare test test:system", "bin/rails db:test:prepare test test:system"),
        ("docker compose run --rm web python manage.py test", "python manage.py test"),
        ("./gradlew check", "./gradlew check"),
        ("make test-unit", "make test-unit"),
        ("sudo -E env A=1 xvfb-run -a bundle exec rspec -f d", "bundle exec rspec -f d"),
        ("if ! npx playwright test; then exit 1; fi", "npx playwright test"),
        ("docker compose run web sh -c 'pip install x && pytest -q'", "pytest -q"),
        ("ssh box 'go test ./...'", "go test ./..."),
        ('dotnet test --logger "trx;LogFileName=a.trx"', 'dotnet test --logger "trx;LogFileName=a.trx'),
        ("pytest -q 2>&1 | tee log", "pytest -q"),
    ],
)
def test_the_command_that_a_pipeline_tests_with(run: str, command: str) -> None:
    assert values(testing.detect, {".github/workflows/ci.yml": workflow(run)}) == [command]


@pytest.mark.parametrize(
    "run",
    [
        "pip install pytest",
        "./mvnw package -DskipTests",
        "echo pytest",
        "echo 'then && pytest'",
        "true # && pytest",
        "make check-clean-tree",
    ],
)
def test_what_only_mentions_tests_is_no_test(run: str) -> None:
    assert not facts(testing.detect, {".github/workflows/ci.yml": workflow(run)})


def test_a_placeholder_script_is_no_test_even_where_a_pipeline_calls_it() -> None:
    package = '{"scripts": {"test": "echo \\"Error: no test specified\\" && exit 1"}}'
    assert not facts(testing.detect, {"package.json": package, ".github/workflows/ci.yml": workflow("npm test")})


def test_a_command_says_behind_a_hash_what_it_runs() -> None:
    texts = {
        "package.json": '{"scripts": {"test": "jest --ci"}}',
        ".github/workflows/ci.yml": workflow("npm test"),
        "api/scripts/test.sh": "set -e\ncoverage run -m pytest\n",
        ".github/workflows/api.yml": (
            "jobs:\n  a:\n    steps:\n      - run: bash scripts/test.sh\n        working-directory: api\n"
        ),
    }
    assert values(testing.detect, texts) == ["bash scripts/test.sh  # coverage run -m pytest", "npm test  # jest --ci"]


def test_a_makefile_s_test_targets_count_and_their_helpers_do_not() -> None:
    makefile = "test: deps\n\tgo test ./...\n\ntest-clean:\n\trm x\n\ntest-deps:\n\tx\n"
    assert pairs(testing.detect, {"Makefile": makefile}) == [("", "go test ./...  # make test")]


def test_a_recipe_that_runs_several_tests_says_each_and_one_that_runs_something_else_its_name() -> None:
    makefile = (
        "test-unit:\n\tmvn test\n\tfor s in a b; do \\\n\t\t(cd src/$$s && uv run pytest -v); \\\n\tdone\n\n"
        "test-e2e:\n\tdocker run example/e2e\n"
    )
    assert values(testing.detect, {"Makefile": makefile}) == [
        "mvn test  # make test-unit",
        "pytest -v  # make test-unit",
        "make test-e2e",
    ]


def test_scripts_of_a_pipeline_that_are_the_test() -> None:
    texts = {"test/e2e.sh": "kubectl get pods\n", ".github/workflows/e2e.yml": workflow("./test/e2e.sh")}
    assert values(testing.detect, texts) == ["./test/e2e.sh"]
    assert not facts(testing.detect, {".github/workflows/e2e.yml": workflow("./test/e2e.sh")})


def test_a_folder_stays_that_of_the_lines_after_it() -> None:
    run = "|\n          cd api\n          # pytest no\n          pytest \\\n            -q"
    (test,) = facts(testing.detect, {"api/x.py": "", ".github/workflows/ci.yml": workflow(run)})
    assert (test.value, test.source, test.scope) == ("pytest -q", ".github/workflows/ci.yml:11", "api")


def test_a_longer_command_of_the_same_tool_is_another_one() -> None:
    steps = "jobs:\n  a:\n    steps:\n      - run: bin/rails test\n      - run: bin/rails test:system\n"
    found = values(testing.detect, {".github/workflows/ci.yml": steps})
    assert found == ["bin/rails test", "bin/rails test:system"]


def test_scripts_of_package_json_by_parts_of_their_names() -> None:
    steps = (
        "jobs:\n  a:\n    steps:\n      - run: npm run ci:backend:test\n      - run: npm run ci:frontend:test\n"
        "      - run: npm run ci:e2e:package\n"
    )
    found = values(testing.detect, {".github/workflows/ci.yml": steps})
    assert found == ["npm run ci:backend:test", "npm run ci:frontend:test"]


def test_a_bare_task_in_a_step_of_tests_and_a_makefile_s_own_variables() -> None:
    steps = "jobs:\n  a:\n    steps:\n      - name: Run tests\n        run: bundle exec rake\n"
    assert values(testing.detect, {".github/workflows/ci.yml": steps}) == ["bundle exec rake"]
    makefile = "GOCMD=go\nGOTEST=$(GOCMD) test\n\ntest:\n\t$(GOTEST) -v ./...\n"
    assert values(testing.detect, {"Makefile": makefile}) == ["go test -v ./...  # make test"]
