"""Parameter files as people write them: every problem at once, each with its line, its words and what to do."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releasekit.errors import InputError, Problem
from releasekit.parameters.reading import Loaded, read, validate

GOOD = """\
application:
  name: shop
  repository: ../shop
  version: "1.10"
"""


def write(folder: Path, text: str | bytes, name: str = "p.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def loaded(folder: Path, text: str | bytes) -> Loaded:
    return read(write(folder, text))


def problems(folder: Path, text: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        loaded(folder, text)
    return caught.value.problems


def one(folder: Path, text: str | bytes) -> tuple[str, str, str]:
    """The only problem: its line (or what stands in its place), what it is, what to do."""
    (problem,) = problems(folder, text)
    return problem.where.removeprefix(f"{folder}/p.yaml").removeprefix(":"), problem.what, problem.do


def test_a_file_becomes_parameters_and_says_where_each_key_stands(tmp_path: Path) -> None:
    result = loaded(tmp_path, GOOD + "configuration:\n  metrics:\n    objectives:\n      - name: x\n        query: up\n"
                    "        pass: =1\n")  # fmt: skip
    assert result.parameters.application.version == "1.10"
    assert (result.folder, result.file) == (tmp_path, "p.yaml")
    assert result.where["application.version"] == "p.yaml:4"
    assert result.where["configuration.metrics.objectives.0.query"] == "p.yaml:9"


def test_all_problems_of_a_file_are_told_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    text = """\
application:
  name: Shop
  version: 1.10
  version: 2
configuration:
  enviroment: prod
  level: D
  minutes: {deploy: soon}
  database: {url: hunter2}
  reports: {unit_test: a.xml}
  b: *x
"""
    found = [(problem.where.rpartition(":")[2], problem.what) for problem in problems(tmp_path, text)]
    assert found == [
        ("1", "application.repository is missing"),
        (
            "2",
            (
                "application.name 'Shop' must be 1 to 63 lower-case letters, digits, dots, dashes or underscores,"
                " and start with a letter or digit: it names a folder"
            ),
        ),
        ("3", "application.version must be text, and 1.10 without quotes is a number"),
        ("4", "the key 'version' stands twice, first on line 3"),
        ("6", "unknown key 'configuration.enviroment'"),
        ("7", "configuration.level 'D' must be 'A', 'B' or 'C'"),
        ("8", "configuration.minutes.deploy must be a whole number, not text"),
        ("9", "configuration.database.url must be env:NAME, the name of an environment variable"),
        ("10", "unknown key 'configuration.reports.unit_test'"),
        ("11", "an alias (*x) is not allowed here"),
    ]


def test_every_problem_says_what_to_do(tmp_path: Path) -> None:
    text = "application: {name: X, version: 1, x: 2}\nconfiguration: {level: Z, window: {start: now}, steps: {a: 1}}\n"
    assert all(problem.do for problem in problems(tmp_path, text))


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("1.10", "1.10 without quotes is a number"),
        ("010", "010 without quotes is a number"),
        ("1e10", "1e10 without quotes is a number"),
        ("true", "true without quotes is true or false"),
    ],
)
def test_an_unquoted_version_is_refused_as_it_was_written(tmp_path: Path, version: str, words: str) -> None:
    line, what, do = one(tmp_path, GOOD.replace('"1.10"', version))
    assert (line, what) == ("4", f"application.version must be text, and {words}")
    assert do == f'quote it: version: "{version}"'


def test_a_commit_of_digits_is_refused_unquoted(tmp_path: Path) -> None:
    text = GOOD + "configuration:\n  reports:\n    security: {files: x, commit: 1234567}\n"
    assert one(tmp_path, text)[2] == 'quote it: commit: "1234567"'


@pytest.mark.parametrize(
    ("line", "what", "do"),
    [
        ("  enviroment: x", "unknown key 'configuration.enviroment'", "did you mean 'environment'?"),
        ("  report: {}", "unknown key 'configuration.report'", "did you mean 'reports'?"),
        ("  candidate: x", "unknown key 'configuration.candidate'", "'candidate' belongs under 'application'"),
        ("  team: {boss: x}", "unknown key 'configuration.team.boss'", "known under 'configuration.team': technical_"),
        ("  reports: {unit_test: x}", "unknown key 'configuration.reports.unit_test'", "did you mean 'unit_tests'?"),
        ("other: 1", "unknown key 'other'", "known at the top: application, configuration, defaults"),
    ],
)
def test_an_unknown_key_is_answered_with_what_was_probably_meant(tmp_path: Path, line: str, what: str, do: str) -> None:
    text = f"{GOOD}configuration:\n  level: A\n{line}\n"
    found = one(tmp_path, text)
    assert found[:2] == ("7", what)
    assert found[2].startswith(do)


@pytest.mark.parametrize(
    "value",
    [
        "{url: postgresql://app:hunter2@db/x}",
        "{url: hunter2hunter2}",
    ],
)
def test_a_database_address_is_never_a_value(tmp_path: Path, value: str) -> None:
    _, what, do = one(tmp_path, GOOD + f"configuration:\n  database: {value}\n")
    assert "hunter2" not in what + do


SECRETS = [
    "AKIA" + "IOSFODNN7EXAMPLE",
    "ghp_" + "a" * 36,
    "glpat-" + "a" * 20,
    "xoxb-" + "1" * 12,
    "https://hooks.slack.com/services/" + "T000/B000/XXXX",
    "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0In0.abc",
    "-----BEGIN RSA " + "PRIVATE KEY-----",
    "https://user:" + "hunter2@example.com/x",
    "PGPASSWORD=" + "hunter2 psql",
    "curl https://x?api_key=" + "hunter2",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "key", ["steps: {execution.x: %s}", "endpoints: {health: %s}", "channels: {a: %s}", "junk: %s"]
)
def test_a_secret_typed_as_a_value_is_refused_and_never_shown(tmp_path: Path, secret: str, key: str) -> None:
    quoted = "'" + secret + "'"
    found = problems(tmp_path, GOOD + f"configuration:\n  {key % quoted}\n")
    told = "\n".join(map(str, found))
    assert "env:NAME" in told
    assert secret not in told
    assert "hunter2" not in told


@pytest.mark.parametrize("key", ["password", "db_password", "token", "API_KEY", "client.secret", "private-key"])
def test_a_key_named_like_a_secret_takes_only_a_reference(tmp_path: Path, key: str) -> None:
    told = "\n".join(map(str, problems(tmp_path, GOOD + f"configuration:\n  channels: {{{key}: hunter2}}\n")))
    assert "is named like a secret" in told
    assert "hunter2" not in told
    assert loaded(tmp_path, GOOD + f"configuration:\n  channels: {{{key}: env:X}}\n").parameters


def test_commands_and_queries_that_only_name_secrets_are_fine(tmp_path: Path) -> None:
    text = GOOD + (
        "configuration:\n"
        "  steps: {execution.x: 'PGPASSWORD=$PGPASSWORD psql --password=${X} --token=<token>'}\n"
        "  logs: {query: 'count_over_time({token=\"abc\"}[5m])'}\n"
    )
    assert loaded(tmp_path, text).parameters


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", "1", "is empty"),
        ("# only a comment\n", "1", "is empty"),
        ("- a\n", "1", "must be a mapping with the keys application and configuration"),
        ("just text\n", "1", "must be a mapping with the keys application and configuration"),
        (GOOD + "---\n" + GOOD, "6", "a second document begins here"),
        (GOOD + "configuration: {level: [A\n", "6", "not valid YAML: "),
        ("application: &a {name: *a}\n", "1", "an anchor (&a) is not allowed here"),
        (GOOD + "x: !!python/object/apply:os.system [ls]\n", "5", "a tag (!!python/object/apply:os.system) is not"),
        ("[" * 40 + "]" * 40, "1", "nested deeper than 32 levels"),
        ("a: [" + "1, " * 10_001 + "]", "1", "more than 10000 values"),
        (GOOD + f"x: {'y' * 70_000}\n", "5", "x is larger than 64 KiB"),
        (GOOD + "configuration: {minutes: {deploy: .inf}}\n", "5", "configuration.minutes.deploy is not a finite"),
        (
            GOOD + 'configuration: {team: {technical_lead: "a\\eb"}}\n',
            "5",
            "configuration.team.technical_lead has control",
        ),
        (GOOD + 'configuration: {team: {technical_lead: "a\\u202eb"}}\n', "5", "configuration.team.technical_lead has"),
        (GOOD + "# \u202e nothing\n", "5", "a character that is not seen: U+202E RIGHT-TO-LEFT OVERRIDE"),
        (GOOD.encode("utf-16"), "", "is UTF-16 text"),
        (GOOD.encode() + b"# \xff\n", "5", "is not UTF-8 text"),
        (GOOD.encode() + b"\x00", "5", "is not text: it has NUL bytes"),
        ("x" * ((1 << 20) + 1), "", "is larger than 1 MiB"),
    ],
)
def test_texts_that_are_no_parameter_file(tmp_path: Path, text: str | bytes, line: str, what: str) -> None:
    problem = problems(tmp_path, text)[0]
    matching = [found for found in problems(tmp_path, text) if found.what.startswith(what)]
    assert matching, problem
    assert matching[0].where == f"{tmp_path}/p.yaml" + (f":{line}" if line else "")
    assert matching[0].do


def test_a_byte_order_mark_and_carriage_returns_are_no_obstacle(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    assert loaded(tmp_path, text).where["application.version"] == "p.yaml:4"


def test_a_section_whose_lines_are_all_commented_out_is_not_given(tmp_path: Path) -> None:
    text = GOOD + "configuration:\n  endpoints:\n    # health: x\n  level:\n  team: {technical_lead: ~}\n"
    configuration = loaded(tmp_path, text).parameters.configuration
    assert (configuration.endpoints, configuration.level) == ({}, "B")


def test_what_is_no_regular_file_is_refused_with_its_kind(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "good.yaml")
    (tmp_path / "link.yaml").symlink_to("good.yaml")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    cases = {
        "nothing.yaml": "there is no such file",
        "good.yaml/x": "there is no such file: a part of its path is no folder",
        "link.yaml": "is a symbolic link",
        "pipe": "is a pipe",
        "folder": "is a folder",
        "/dev/zero": "is a device",
        "a\x00b": "is no path of a file",
        "x" * 300: "has a name that is too long",
    }
    for name, what in cases.items():
        with pytest.raises(InputError) as caught:
            read(tmp_path / name)
        (problem,) = caught.value.problems
        assert (problem.what, problem.where) == (what, str(tmp_path / name))
        assert problem.do


ORGANISATION = """\
configuration:
  level: A
  channels:
    announcement: "#releases"
    support: "#support"
  allow: [a.example, b.example]
"""


def test_what_a_file_says_itself_wins_over_its_defaults(tmp_path: Path) -> None:
    write(tmp_path, ORGANISATION, "shared/organisation.yaml")
    text = "defaults: ../shared/organisation.yaml\n" + GOOD
    text += 'configuration:\n  channels: {support: "#shop"}\n  allow: c.example\n'
    result = read(write(tmp_path, text, "shop/p.yaml"))
    configuration = result.parameters.configuration
    assert configuration.level == "A"
    assert {name: channel.to for name, channel in configuration.channels.items()} == {
        "announcement": "#releases",
        "support": "#shop",
    }
    assert configuration.allow == ("c.example",)
    assert result.where["configuration.level"] == "../shared/organisation.yaml:2"
    assert result.where["configuration.channels.announcement"] == "../shared/organisation.yaml:4"
    assert result.where["configuration.channels.support"] == "p.yaml:7"
    assert result.where["configuration.allow"] == "p.yaml:8"
    assert "configuration.allow.1" not in result.where


def test_paths_in_a_defaults_file_start_at_that_file(tmp_path: Path) -> None:
    write(tmp_path, "application: {repository: ../shop}\nconfiguration: {template: team.yaml}\n", "shared/o.yaml")
    text = "defaults: ../shared/o.yaml\napplication: {name: shop, version: '1'}\n"
    parameters = read(write(tmp_path, text, "teams/p.yaml")).parameters
    assert parameters.application.repository == "../shop"
    assert parameters.configuration.template == "../shared/team.yaml"


def test_problems_of_a_defaults_file_stand_beside_those_of_the_file(tmp_path: Path) -> None:
    write(tmp_path, "application: {name: x}\nconfiguration:\n  levle: A\n  team: {technical_lead: 7}\n", "o.yaml")
    found = problems(tmp_path, "defaults: o.yaml\n" + GOOD + "configuration: {level: Z}\n")
    assert [(Path(problem.where).name, problem.what.partition(" stands")[0]) for problem in found] == [
        ("o.yaml:1", "application.name"),
        ("o.yaml:3", "unknown key 'configuration.levle'"),
        ("o.yaml:4", "configuration.team.technical_lead must be text, and 7 without quotes is a number"),
        ("p.yaml:6", "configuration.level 'Z' must be 'A', 'B' or 'C'"),
    ]


@pytest.mark.parametrize(
    ("defaults", "what"),
    [
        ("nothing.yaml", "the defaults file 'nothing.yaml': there is no such file"),
        (".", "the defaults file '.': is a folder"),
        ("p.yaml", "defaults come back to 'p.yaml', which is read already"),
        ("./../{0}/p.yaml", "defaults come back to './../{0}/p.yaml', which is read already"),
        ("[a, b]", "defaults must be the path of one file"),
    ],
)
def test_defaults_that_lead_nowhere(tmp_path: Path, defaults: str, what: str) -> None:
    found = one(tmp_path, f"defaults: {defaults.format(tmp_path.name)}\n{GOOD}")
    assert found[:2] == ("1", what.format(tmp_path.name))


def test_a_chain_of_three_defaults_is_read_and_of_four_is_not(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        write(tmp_path, f"defaults: d{number + 1}.yaml\nconfiguration: {{}}\n", f"d{number}.yaml")
    write(tmp_path, "configuration: {level: C}\n", "d4.yaml")
    assert one(tmp_path, f"defaults: d1.yaml\n{GOOD}")[1] == "more than 3 defaults files in a row"
    assert loaded(tmp_path, f"defaults: d2.yaml\n{GOOD}").parameters.configuration.level == "C"


def test_a_circle_of_defaults_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "defaults: b.yaml\n", "a.yaml")
    write(tmp_path, "defaults: a.yaml\n", "b.yaml")
    assert "come back to" in one(tmp_path, f"defaults: a.yaml\n{GOOD}")[1]


def test_data_that_a_notebook_has_is_validated_by_name(tmp_path: Path) -> None:
    application = {"name": "shop", "repository": "..", "version": "1"}
    write(tmp_path, ORGANISATION, "o.yaml")
    assert validate({"application": application}).configuration.level == "B"
    assert validate({"application": application, "defaults": "o.yaml"}, tmp_path).configuration.level == "A"
    with pytest.raises(InputError) as caught:
        validate({"application": {**application, "version": 1.1}, "configuration": {"level": "Z"}, "x": 1})
    assert [(problem.where, problem.what) for problem in caught.value.problems] == [
        ("", "application.version must be text, and 1.1 without quotes is a number"),
        ("", "configuration.level 'Z' must be 'A', 'B' or 'C'"),
        ("", "unknown key 'x'"),
    ]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ({}, "application is missing"),
        ({"application": 3}, "application must be a mapping of keys to values, not a number"),
        ({"application": {1: 2}}, "application has a key that is not text: 1"),
        ({"application": {"name": b"x"}}, "application.name is a bytes, which no parameter is"),
        ({"application": {"name": float("nan")}}, "application.name is not a finite number"),
        ({"application": {"token": "hunter2"}}, "application.token is named like a secret and holds a value"),
    ],
)
def test_data_that_is_no_parameters(data: dict[str, object], what: str) -> None:
    with pytest.raises(InputError) as caught:
        validate(data)
    assert what in [problem.what for problem in caught.value.problems]


def test_data_without_end_ends() -> None:
    endless: dict[str, object] = {}
    endless["application"] = endless
    with pytest.raises(InputError, match="nested deeper"):
        validate(endless)


@given(st.text(alphabet="abn:-[]{}&*!#|>'\"\n \t01.,?\u202e", max_size=60))
def test_any_text_is_read_or_refused_with_problems(text: str) -> None:
    # one folder for all examples: a fixture would be made once as well
    path = Path(os.environ["HOME"]) / "any.yaml"
    path.write_text(f"{GOOD}{text}", "utf-8")
    try:
        found: tuple[Problem, ...] = ()
        assert read(path).parameters.application.name
    except InputError as error:
        found = error.problems
    assert all(problem.what and problem.where.startswith(str(path)) for problem in found)
