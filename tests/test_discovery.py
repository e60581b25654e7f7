"""Which files belong to a project, and which of them a run reports."""

from __future__ import annotations

import os
from pathlib import Path

import flake8.defaults
import pytest
from flake8.discover_files import expand_paths
from flake8.utils import normalize_paths, parse_comma_separated_list

from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.project.discovery import Discovered, discover
from flake8_bgtasks.project.exclude import DEFAULT_EXCLUDE

posix_only = pytest.mark.skipif(os.name == "nt", reason="named pipes and links need rights there")


def make(root: Path, *paths: str) -> None:
    """Make empty files; a path that ends in `/` makes a folder."""
    for path in paths:
        target = root / path
        folder = target if path.endswith("/") else target.parent
        folder.mkdir(parents=True, exist_ok=True)
        if not path.endswith("/"):
            target.touch()


def find(cwd: Path, *paths: str, exclude: tuple[str, ...] = DEFAULT_EXCLUDE) -> Discovered:
    return discover(paths, cwd=cwd, exclude=exclude)


def flake8_files(paths: tuple[str, ...], exclude: list[str], patterns: list[str]) -> set[str]:
    """Return what flake8 itself would check in the working directory."""
    found = expand_paths(
        paths=paths,
        stdin_display_name="stdin",
        filename_patterns=patterns,
        exclude=normalize_paths(exclude),
    )
    return {os.path.normpath(name).replace(os.sep, "/") for name in found}


class TestFiles:
    def test_all_python_files_below_the_root_in_order(self, tmp_path: Path) -> None:
        make(tmp_path, "setup.cfg", "b.py", "a/z.py", "a/b/c.py", "notes.txt", "a/stub.pyi")
        assert find(tmp_path).files == ("a/b/c.py", "a/z.py", "b.py")

    def test_a_folder_named_like_a_module_is_searched_but_is_no_file(self, tmp_path: Path) -> None:
        make(tmp_path, "x.py/inner.py", "empty.py/")
        assert find(tmp_path).files == ("x.py/inner.py",)

    @pytest.mark.parametrize(
        "folder",
        [
            ".venv",
            "venv",
            "node_modules",
            "lib/site-packages",
            ".mypy_cache",
            ".git",
            "__pycache__",
        ],
    )
    def test_folders_that_hold_no_sources_are_skipped(self, tmp_path: Path, folder: str) -> None:
        make(tmp_path, "a.py", f"{folder}/b.py")
        assert find(tmp_path, exclude=()).files == ("a.py",)

    def test_an_environment_is_skipped_whatever_its_name(self, tmp_path: Path) -> None:
        make(tmp_path, "a.py", "env311/pyvenv.cfg", "env311/lib/b.py")
        assert find(tmp_path).files == ("a.py",)

    def test_a_project_inside_an_environment_is_not_skipped(self, tmp_path: Path) -> None:
        make(tmp_path, "pyvenv.cfg", "a.py")
        assert find(tmp_path).files == ("a.py",)

    @posix_only
    def test_links_to_folders_are_not_followed(self, tmp_path: Path) -> None:
        make(tmp_path, "app/a.py")
        (tmp_path / "app" / "loop").symlink_to(tmp_path)
        (tmp_path / "app" / "linked.py").symlink_to(tmp_path / "app", target_is_directory=True)
        assert find(tmp_path).files == ("app/a.py",)

    @posix_only
    def test_links_to_files_count_unless_they_lead_out(self, tmp_path: Path) -> None:
        make(tmp_path, "secret.py", "project/setup.cfg", "project/a.py")
        project = tmp_path / "project"
        (project / "inside.py").symlink_to("a.py")
        (project / "outside.py").symlink_to("../secret.py")
        (project / "broken.py").symlink_to("gone.py")
        (project / "itself.py").symlink_to("itself.py")
        assert find(project).files == ("a.py", "broken.py", "inside.py", "itself.py")

    @posix_only
    def test_a_named_pipe_is_no_source(self, tmp_path: Path) -> None:
        make(tmp_path, "a.py")
        os.mkfifo(tmp_path / "pipe.py")
        assert find(tmp_path).files == ("a.py",)

    def test_an_unreadable_folder_is_passed_over(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make(tmp_path, "a.py", "locked/b.py")
        scan = os.scandir

        def refuse(path: str) -> object:
            if os.path.basename(path) == "locked":
                raise PermissionError(path)
            return scan(path)

        monkeypatch.setattr(os, "scandir", refuse)
        assert find(tmp_path).files == ("a.py",)

    def test_names_that_are_no_text_are_kept_as_the_system_has_them(self, tmp_path: Path) -> None:
        make(tmp_path, "naïve 名.py", "with space.py")
        assert find(tmp_path).files == ("naïve 名.py", "with space.py")


class TestReported:
    def test_paths_choose_what_is_reported_not_what_is_analysed(self, tmp_path: Path) -> None:
        make(tmp_path, "setup.cfg", "app/a.py", "app/b.py", "lib/c.py")
        found = find(tmp_path, "app/b.py", "lib")
        assert found.files == ("app/a.py", "app/b.py", "lib/c.py")
        assert found.reported == ("app/b.py", "lib/c.py")
        assert found.named == ("app/b.py",)

    def test_a_path_given_twice_counts_once(self, tmp_path: Path) -> None:
        make(tmp_path, "setup.cfg", "app/a.py")
        found = find(tmp_path, "app", "./app/", "app/a.py", str(tmp_path / "app" / "a.py"))
        assert (found.reported, found.named) == (("app/a.py",), ("app/a.py",))

    def test_a_similar_name_is_not_below_a_folder(self, tmp_path: Path) -> None:
        make(tmp_path, "setup.cfg", "app/a.py", "apple/b.py")
        assert find(tmp_path, "app").reported == ("app/a.py",)

    def test_a_named_file_needs_no_suffix(self, tmp_path: Path) -> None:
        make(tmp_path, "setup.cfg", "a.py", "script")
        found = find(tmp_path, "script")
        assert (found.files, found.named) == (("a.py", "script"), ("script",))

    @pytest.mark.parametrize("path", ["gone.py", "gone/", "a.py/b.py"])
    def test_a_path_that_does_not_exist_is_named(self, tmp_path: Path, path: str) -> None:
        make(tmp_path, "a.py")
        with pytest.raises(UsageError, match=f"no such file or folder: {path}"):
            find(tmp_path, path)

    @posix_only
    def test_a_broken_link_given_by_name_is_kept_for_a_finding(self, tmp_path: Path) -> None:
        (tmp_path / "broken.py").symlink_to("gone.py")
        assert find(tmp_path, "broken.py").named == ("broken.py",)

    def test_filename_patterns_widen_what_is_reported(self, tmp_path: Path) -> None:
        make(tmp_path, "setup.cfg", "app/a.py", "app/b.pyw", "app/c.txt", "d.pyw")
        found = discover(["app"], cwd=tmp_path, exclude=(), filename_patterns=["*.pyw"])
        assert (found.files, found.reported) == (("app/a.py", "app/b.pyw"), ("app/b.pyw",))

    @pytest.mark.parametrize(
        ("paths", "exclude", "patterns"),
        [
            ((), None, "*.py"),
            ((".",), None, "*.py"),
            (("app",), None, "*.py"),
            (("./app/",), None, "*.py"),
            (("app/a.py", "lib"), None, "*.py"),
            (("vendor/deep",), "vendor", "*.py"),
            (("vendor",), "vendor", "*.py"),
            (("vendor/deep/v.py", "app"), "vendor,v.py", "*.py"),
            ((".",), "app/sub,*/test_*,lib", "*.py"),
            ((".",), "./app", "*.py"),
            ((".",), "app/", "*.py"),
            ((".",), "*b.py", "*.py"),
            ((".",), "*/app/*", "*.py"),
            ((".",), ".", "*.py"),
            ((".",), "", "./app/*.py,*.pyw"),
            (("app",), "", "*/app/*.py,app/sub/*"),
            (("app/notes.txt",), "", "*.py"),
        ],
    )
    def test_the_same_files_as_flake8(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        paths: tuple[str, ...],
        exclude: str | None,
        patterns: str,
    ) -> None:
        names = ("app/a.py", "app/sub/b.py", "lib/test_c.py", "top.py", "vendor/deep/v.py")
        make(tmp_path, "setup.cfg", "app/notes.txt", "app/w.pyw", "y.egg/z.py", *names)
        monkeypatch.chdir(tmp_path)
        excluded = list(DEFAULT_EXCLUDE) if exclude is None else parse_comma_separated_list(exclude)
        wanted = patterns.split(",")
        found = discover(paths, cwd=tmp_path, exclude=excluded, filename_patterns=wanted)
        assert set(found.reported) == flake8_files(paths, excluded, wanted)

    def test_the_default_exclude_is_flake8s(self) -> None:
        assert DEFAULT_EXCLUDE == flake8.defaults.EXCLUDE

    @posix_only
    def test_a_path_through_a_link_means_the_same_file(self, tmp_path: Path) -> None:
        make(tmp_path, "real/setup.cfg", "real/a.py")
        (tmp_path / "link").symlink_to("real", target_is_directory=True)
        found = find(tmp_path / "real", str(tmp_path / "link" / "a.py"))
        assert (found.root, found.named) == (str(tmp_path / "real"), ("a.py",))


class TestRoot:
    @pytest.mark.parametrize("marker", ["pyproject.toml", "setup.cfg", "tox.ini", ".flake8"])
    def test_the_nearest_marker_above_the_working_directory(
        self, tmp_path: Path, marker: str
    ) -> None:
        make(tmp_path, "setup.cfg", f"project/{marker}", "project/app/sub/a.py")
        assert find(tmp_path / "project" / "app", "sub").root == str(tmp_path / "project")

    def test_a_git_folder_marks_a_root_too(self, tmp_path: Path) -> None:
        make(tmp_path, "project/.git/", "project/app/a.py")
        assert find(tmp_path / "project" / "app").root == str(tmp_path / "project")

    def test_one_file_belongs_to_the_same_project_as_all(self, tmp_path: Path) -> None:
        make(tmp_path, "setup.cfg", "service/pyproject.toml", "service/a.py", "b.py")
        one, all_files = find(tmp_path, "service/a.py"), find(tmp_path)
        assert (one.root, one.files) == (all_files.root, all_files.files)

    def test_paths_elsewhere_decide_for_themselves(self, tmp_path: Path) -> None:
        make(tmp_path, "here/setup.cfg", "there/pyproject.toml", "there/app/a.py")
        found = find(tmp_path / "here", "../there/app/a.py")
        assert (found.root, found.reported) == (str(tmp_path / "there"), ("app/a.py",))

    def test_without_a_marker_it_is_the_common_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make(tmp_path, "home/app/one/a.py", "home/app/two/b.py", "home/c.py", "setup.cfg")
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
        cwd = tmp_path / "home" / "app"
        assert find(cwd, "one/a.py", "two").root == str(cwd)
        assert find(cwd, "one/a.py").root == str(cwd / "one")
        assert find(cwd).root == str(cwd)

    def test_it_can_be_set(self, tmp_path: Path) -> None:
        make(tmp_path, "setup.cfg", "app/sub/a.py", "b.py")
        found = discover(["app/sub"], cwd=tmp_path, project_root=Path("app"), exclude=())
        assert (found.root, found.files) == (str(tmp_path / "app"), ("sub/a.py",))

    def test_a_path_around_the_set_root_means_all_of_it(self, tmp_path: Path) -> None:
        make(tmp_path, "app/a.py", "b.py")
        found = discover(["."], cwd=tmp_path, project_root=Path("app"), exclude=())
        assert found.reported == ("a.py",)

    @pytest.mark.parametrize(
        ("path", "project_root", "message"),
        [("b.py", "app", "b.py lies outside"), (".", "gone", "not a folder: gone")],
    )
    def test_a_wrong_root_is_named(
        self, tmp_path: Path, path: str, project_root: str, message: str
    ) -> None:
        make(tmp_path, "app/a.py", "b.py")
        with pytest.raises(UsageError, match=message):
            discover([path], cwd=tmp_path, project_root=Path(project_root), exclude=())
