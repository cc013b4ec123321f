"""Where shell text stands, what of it does something, where, and what it hands to other shells."""

import pytest

from releasekit.facts.files import Files
from releasekit.facts.projects import shells, units
from releasekit.facts.projects.shelltexts import Block, blocks
from releasekit.tree import of_texts


def files(texts: dict[str, str]) -> Files:
    return Files(of_texts(texts))


def found(path: str, text: str) -> list[tuple[int, str, tuple[str, ...]]]:
    """(line, what it does when filled in, names around) of each block of one file."""
    return [(one.line, one.filled or one.text, one.around) for one in blocks(files({path: text}), path)]


def done(text: str, **folders: str) -> list[tuple[int, str, str]]:
    """(line, command, folder) of all that a script does."""
    tree = files({f"{folder}/x": "" for folder in folders})
    ran = shells.everything(tree, text, "f")
    return [(one.command.line, one.command.raw, one.folder) for one in ran if one.command.words]


def test_a_commented_command_is_none_and_a_continued_one_stands_on_its_first_line() -> None:
    text = "# web up\nweb \\\n  up # web down\n\nnext '# no comment'\n"
    assert list(shells.lines(text, "f", 7)) == [(8, "web up"), (11, "next '# no comment'")]


def test_the_lines_of_a_document_stand_alone_and_a_shells_are_commands() -> None:
    text = "cat > f <<EOF\n# a\nb: c\nEOF\nssh host <<'EOF' && after\n# a\nweb \\\n  up\nEOF\nlast\n"
    assert list(shells.lines(text, "f")) == [
        (1, "cat > f <<EOF"),
        (2, "# a"),
        (3, "b: c"),
        (5, "ssh host <<'EOF' && after"),
        (7, "web up"),
        (10, "last"),
    ]


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("sh -c 'web up'", ["web up"]),
        ('sudo bash -euc "web up && x"', ["web up && x"]),
        ("docker exec -i web /bin/sh -c 'web up'", ["web up"]),
        ("su - app -c 'web up'", ["web up"]),
        ('ssh -p 22 me@host "cd /srv && web up"', ["cd /srv && web up"]),
        ("ssh -o A=b host web up", ["web up"]),
        ("eval web up", ["web up"]),
        ("ssh host <<EOF\nweb up\nEOF", ["web up\n"]),
        ("docker exec -i web bash <<EOF\nweb up\nEOF", ["web up\n"]),
        ("cat > f <<EOF\nweb up\nEOF", []),
        ("ssh host", []),
        ("web up", []),
    ],
)
def test_texts_that_are_handed_to_another_shell(text: str, inner: list[str]) -> None:
    (command,) = shells.read(text, "f").commands
    assert [one.text for one in shells.handed(command)] == inner


def test_what_is_handed_on_keeps_its_lines() -> None:
    text = "first\nssh host <<EOF\na\nb\nEOF\nsh -c '\na\nb'\n"
    assert [(line, raw) for line, raw, _ in done(text)][1:] == [
        (2, "ssh host <<EOF\na\nb\nEOF"),
        (3, "a"),
        (4, "b"),
        (6, "sh -c '\na\nb'"),
        (7, "a"),
        (8, "b"),
    ]


def test_what_only_prints_does_nothing() -> None:
    text = (
        "echo 'web up'\nprintf web\nlog_info 'run web up'\ncat <<EOF\nweb up\nEOF\nfail 'no web' >&2\n"
        "echo 'web up' | sh\necho web > run.sh\ncat > run.sh <<EOF\nweb up\nEOF\nweb up\n"
    )
    said = [command.raw.partition("\n")[0] for command in shells.doing(shells.read(text, "f"))]
    assert said == ["echo 'web up'", "sh", "echo web > run.sh", "cat > run.sh <<EOF", "web up"]


def test_commands_run_in_the_folder_that_cd_went_to() -> None:
    text = "a\ncd api\nb\n(cd ../web && c)\nd\ncd /srv/app\ne\ncd ..\nf\ncd api/$X\ng\n"
    ran = {raw: here for _, raw, here in done(text, api="", web="") if len(raw) == 1}
    assert ran == {"a": "", "b": "api", "c": "web", "d": "api", "e": "api", "f": "", "g": ""}


def test_variables_are_put_in_and_what_only_a_run_tells_stays() -> None:
    text = 'DC="docker compose -f a.yml $MORE"\nIN=$(mktemp)\n$DC up $IN\n'
    tree = files({"x": ""})
    *_, last = shells.everything(tree, text, "f")
    assert [word.text for word in last.command.words] == ["docker", "compose", "-f", "a.yml", "$MORE", "up", "$IN"]


def test_a_text_over_its_budget_is_empty() -> None:
    assert shells.read("x\n" * 200_000, "f").commands == ()


def test_scripts_are_told_by_their_first_line_then_by_their_ending() -> None:
    assert found("bin/go", "#!/usr/bin/env -S bash -eu\nweb up\n") == [(1, "#!/usr/bin/env -S bash -eu\nweb up\n", ())]
    assert found("go.sh", "web up\n") == [(1, "web up\n", ())]
    assert found("go.sh", "#!/usr/bin/env python3\nweb()\n") == []
    assert found("bin/go", "web up\n") == []
    assert found("go.ps1", "web `\n  up\n") == [(1, "web \\\n  up\n", ())]


def test_recipes_of_make_with_its_variables() -> None:
    makefile = (
        "DC := docker compose  # the new one\nFILES = -f a.yml\nFILES += -f b.yml\nexport ALL=$(DC) $(FILES)\n\n"
        ".PHONY: up\nup: deps ; @first\n\t# no\n\t@$(ALL) \\\n\t\tup\n"
        "ifdef X\n\t-echo $$HOME $(UNKNOWN)\nendif\n\n$(OUT)/x: y\n\tmade\nNAME = x\n\tnot a recipe\n"
    )
    assert found("Makefile", makefile) == [
        (7, "first", ("up",)),
        (8, "# no", ("up",)),
        (9, "docker compose -f a.yml -f b.yml \\\n\t\tup", ("up",)),
        (12, "echo $HOME ${UNKNOWN}", ("up",)),
        (16, "made", ("$(OUT)/x",)),
    ]


def test_variables_of_make_that_name_each_other_end() -> None:
    ((_, text, _),) = found("x.mk", "A = $(B)$(B)\nB = $(A)$(A)\nup:\n\t$(A)\n")
    assert len(text) < 8001


def test_recipes_of_just_and_those_that_are_scripts() -> None:
    justfile = (
        'dc := "docker compose"\n\n@up env="dev": deps\n    {{ dc }} up {{env}}\n\n'
        "py:\n    #!/usr/bin/env python3\n    web()\n\nsh:\n    #!/bin/sh\n    web\n"
    )
    assert found("justfile", justfile) == [
        (4, "docker compose up {{env}}", ("up",)),
        (11, "#!/bin/sh", ("sh",)),
        (12, "web", ("sh",)),
    ]


def test_tasks_package_scripts_units_and_processes() -> None:
    taskfile = (
        "vars:\n  DC: docker compose\ntasks:\n  up:\n    cmds:\n      - '{{.DC}} up'\n      - cmd: |\n          b\n"
        "  x: c\n"
    )
    assert found("Taskfile.yml", taskfile) == [(6, "docker compose up", ("up",)), (8, "b\n", ("up",)), (9, "c", ("x",))]
    assert found("package.json", '{"scripts": {\n"up": "web up"}}') == [(2, "web up", ("up",))]
    unit = "[Service]\nExecStart=-/bin/web \\\n# no\n  up\nRestart=always\n"
    assert found("web.service", unit) == [(2, "/bin/web up", ("ExecStart",))]
    assert found("Procfile", "# x: y\nweb: web up\n") == [(2, "web up", ("web",))]


def test_assignments_of_a_unit_with_comments_between_continued_lines() -> None:
    unit = "; no=1\n[Service]\nA=b \\\n; no\n  c\nD = e\n"
    assert list(units.assignments(files({"a.service": unit}), "a.service")) == [(3, "A", "b c"), (6, "D", "e")]


def test_what_guides_show_as_code() -> None:
    guide = (
        "# Install\nRun `web up` now, not web down.\n```sh\n$ web \\\n  one\n```\nProse.\n\n"
        "    web two\n    web three\nProduction\n----------\n$ web four <name>\n~~~\nweb five"
    )
    assert found("README.md", guide) == [
        (2, "web up", ("Install",)),
        (4, "web \\\n  one", ("Install",)),
        (9, "    web two\n    web three", ("Install",)),
        (13, "web four ${NAME}", ("Production",)),
        (15, "web five", ("Production",)),
    ]
    assert found("a.rst", "Up\n==\nRun::\n\n  web up\n\nOr ``web down``.\n") == [
        (5, "  web up", ("Up",)),
        (7, "web down", ("Up",)),
    ]
    assert found("a.adoc", "== Up\n----\nweb up\n----\n") == [(3, "web up", ("Up",))]


def test_steps_of_pipelines_say_where_they_run_and_whether_they_deploy() -> None:
    workflow = "jobs:\n  deploy:\n    steps:\n      - run: web up\n        working-directory: api\n"
    path = ".github/workflows/x.yml"
    assert list(blocks(files({path: workflow}), path)) == [
        Block("web up", 4, ("x.yml", "jobs", "deploy", "steps"), "api", deploys=True)
    ]
    assert list(blocks(files({"x.yml": workflow}), "x.yml")) == []
