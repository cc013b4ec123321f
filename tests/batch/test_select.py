import os
from pathlib import Path

import pytest

from releasekit.batch.select import select
from releasekit.errors import InputError
from tests.batch.services import write_service, write_services


def test_files_folders_and_globs_name_services_each_once_in_order(tmp_path: Path) -> None:
    many = write_services(tmp_path, 3)
    write_service(tmp_path / "more" / "deep", "deep")
    chosen = select([str(many / "service-002.yaml"), str(many), str(tmp_path / "more" / "**" / "*.yaml")])
    assert [one.name for one in chosen.services] == ["service-002", "service-000", "service-001", "deep"]
    assert all(one.loaded and not one.problem for one in chosen.services)


def test_a_file_that_others_share_is_left_out_and_that_is_said(tmp_path: Path) -> None:
    many = write_services(tmp_path, 1)
    (many / "organisation.yaml").write_text("configuration:\n  channels: {deployment: '#x'}\n")
    (many / "no-name.yaml").write_text("application: {version: '1.0.0'}\n")
    chosen = select([str(many)])
    assert [one.name for one in chosen.services] == ["service-000"]
    assert [sentence.partition(": ")[2] for sentence in chosen.left_out] == [
        "it has no application.name, so it is no service's; left out"
    ] * 2


def test_a_file_that_cannot_be_used_is_a_service_with_a_problem(tmp_path: Path) -> None:
    many = write_services(tmp_path, 2)
    (many / "broken.yaml").write_text("application:\n  name: [x\n")
    (many / "unknown.yaml").write_text("application: {name: x, version: '1', nmae: y}\nconfiguration: {}\n")
    os.mkfifo(many / "pipe.yaml")
    chosen = select([str(many)])
    problems = {one.name: one.problem for one in chosen.services if one.loaded is None}
    assert set(problems) == {"broken", "unknown"}
    assert "broken.yaml:" in problems["broken"]
    assert "nmae" in problems["unknown"]
    assert "\n" not in "".join(problems.values())


def test_one_release_in_several_files_is_a_problem_of_each_of_them(tmp_path: Path) -> None:
    many = write_services(tmp_path, 3)
    twin, triplet = many / "twin.yaml", many / "triplet.yaml"
    for copy in (twin, triplet):
        copy.write_text((many / "service-001.yaml").read_text())
    chosen = {one.file.stem: one.problem for one in select([str(many)]).services}
    files = " and ".join(str(many / f"{name}.yaml") for name in ("service-001", "triplet", "twin"))
    said = f"service-001 1.0.0 to production stands in {files}; leave all of them out but one: their runs would be one"
    assert chosen == {"service-000": "", "service-001": said, "service-002": "", "triplet": said, "twin": said}
    write_service(many, "service-001", environment="staging")
    assert {one.file.stem for one in select([str(many)]).services if one.problem} == {"triplet", "twin"}


def test_where_all_are_twins_it_is_refused_before_anything_starts(tmp_path: Path) -> None:
    many = write_services(tmp_path, 2)
    for name in ("service-000", "service-001"):
        (many / f"{name}-copy.yaml").write_text((many / f"{name}.yaml").read_text())
    with pytest.raises(InputError, match="stands in") as refused:
        select([str(many)])
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize("argument", ["nothing.yaml", "nothing/*.yaml", "[", "\0"])
def test_what_names_nothing_is_refused(tmp_path: Path, argument: str) -> None:
    with pytest.raises(InputError):
        select([str(tmp_path / argument)])


def test_a_folder_without_services_is_refused(tmp_path: Path) -> None:
    (tmp_path / "organisation.yaml").write_text("configuration: {}\n")
    with pytest.raises(InputError, match="no service to release"):
        select([str(tmp_path)])
