"""What shell text of this repository does in the end, through the files that it runs."""

import pytest

from releasekit.facts.files import Files
from releasekit.facts.projects.following import done
from releasekit.facts.projects.shelltexts import Block
from releasekit.tree import of_texts

MAKE = """\
IMAGE := shop
ENV ?= staging
deploy release: build
\tapply $(IMAGE) \\
\t  --env $(ENV)
build: lint
\t@image $(IMAGE)
lint:
\tlint
loop: loop
\tonce
"""
JUST = 'app := "shop"\n\ndeploy env: build\n    apply {{ app }} {{ env }}\nbuild:\n    image\n'
TASK = "tasks:\n  deploy:\n    deps: [build]\n    cmds: [apply]\n  build: image\n"


def reached(text: str, **texts: str) -> list[tuple[str, str, str]]:
    """(what is typed, where it stands, the folder it is typed in) of all that runs in the end."""
    tree = {path.replace("__", "/").replace("_", "."): content for path, content in texts.items()}
    found = done(Files(of_texts({"ci": "", **tree})), "ci", Block(text, 1))
    return [(one.text, one.source, one.folder) for one in found]


def test_a_recipe_runs_behind_what_it_needs_with_what_is_given_put_in() -> None:
    found = reached("make release ENV=live", Makefile=MAKE)
    assert found == [
        ("make release ENV=live", "ci:1", ""),
        ("lint", "Makefile:9", ""),
        ("image shop", "Makefile:7", ""),
        ("apply shop --env live", "Makefile:4", ""),
    ]
    assert reached("make deploy", Makefile=MAKE)[-1][0] == "apply shop --env ${ENV}"


def test_what_is_a_default_only_is_not_taken_for_the_value() -> None:
    assert not any("staging" in text for text, _, _ in reached("make deploy", Makefile=MAKE))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("make -C ops deploy", "ops/Makefile"),
        ("make -j 4 -C ops deploy", "ops/Makefile"),
        ("cd ops && make deploy", "ops/Makefile"),
        ("make -f ops/Makefile deploy", "ops/Makefile"),
    ],
)
def test_the_file_of_make_is_the_one_that_is_named_or_lies_there(text: str, place: str) -> None:
    found = reached(text, ops__Makefile=MAKE)
    assert [one.rpartition(":")[0] for _, one, _ in found if one != "ci:1"] == [place] * 3


def test_recipes_of_just_and_task_are_followed_alike() -> None:
    assert [text for text, _, _ in reached("just deploy live", justfile=JUST)][1:] == ["image", "apply shop {{ env }}"]
    assert [text for text, _, _ in reached("task deploy", Taskfile_yml=TASK)][1:] == ["image", "apply"]


def test_recipes_that_need_each_other_end() -> None:
    assert [text for text, _, _ in reached("make loop", Makefile=MAKE)] == ["make loop", "once"]


def test_scripts_run_where_they_are_called() -> None:
    found = reached("cd api\nbash ../roll.sh", roll_sh="a\ncd web\nb\n", api__x="", api__web__x="")
    assert found[-3:] == [("a", "roll.sh:1", "api"), ("cd web", "roll.sh:2", "api"), ("b", "roll.sh:3", "api/web")]


def test_scripts_of_packages_run_beside_their_package() -> None:
    package = '{"scripts": {"deploy": "apply --now"}}'
    assert reached("cd web && npm run deploy", web__package_json=package)[-1] == (
        "apply --now",
        "web/package.json:1",
        "web",
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ssh host apply -f x", ("apply", "-f", "x")),
        ('ssh host "cd /srv && apply -f x"', ("apply", "-f", "x")),
        ("ssh host <<EOF\napply -f x\nEOF", ("apply", "-f", "x")),
        ("sh -c 'apply -f x'", ("apply", "-f", "x")),
        ("doppler run -- apply -f x", ("apply", "-f", "x")),
    ],
)
def test_what_is_handed_to_another_shell_is_typed_as_a_whole(text: str, words: tuple[str, ...]) -> None:
    last = [*done(Files(of_texts({"ci": ""})), "ci", Block(text, 1))][-1]
    assert last.words == words
    assert last.text.rstrip("\n") == text


def test_a_pipe_is_typed_as_a_whole() -> None:
    last = [*done(Files(of_texts({"ci": ""})), "ci", Block("render x | apply -f -", 1))][-1]
    assert (last.words, last.piped, last.text) == (
        ("apply", "-f", "-"),
        ("render", "x"),
        "render x | apply -f -",
    )


def test_a_file_that_runs_itself_ends() -> None:
    assert len(reached("./a.sh", a_sh="./a.sh\nx\n")) < 20
