"""What git ignores is no part of a project; git itself says what that is."""

from __future__ import annotations

import random
import subprocess
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.project.discovery import Discovered, discover

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = ("a", "b", "app", "lib", "foo")
FILES = ("x.py", "y.py", "x.gen.py", "!n.py", " s.py", "[z].py", "[z.py")
PARTS = (
    *("a", "b", "app", "foo", "*", "**", "x.py", "*.py", "*.gen.py", "?.py", "?", "x*", "app*"),
    *("[ab]", "[!a]", "[a-x].py", "*.p[yz]", "[^x].py", "[]a]", "[!]a]", "[z-a].py", "li[b]"),
    *("[x", "a\\", "\\!n.py", "\\*.py", "\\[z].py", "[\\]x].py", " s.py", "x[.]py", "**.py"),
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    return tmp_path


def git(cwd: Path, *arguments: str) -> str:
    """Run git without the user's own configuration."""
    command = ["git", "-c", "core.excludesFile=", "-c", "user.name=n", "-c", "user.email=e"]
    run = subprocess.run(
        [*command, *arguments], cwd=cwd, capture_output=True, encoding="utf-8", check=True
    )
    return run.stdout


def unignored(repository: Path) -> set[str]:
    names = git(repository, "ls-files", "-z", "--others", "--exclude-standard").split("\0")
    return {name for name in names if name.endswith(".py")}


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def find(cwd: Path, *paths: str) -> Discovered:
    return discover(paths, cwd=cwd, exclude=())


@pytest.mark.parametrize(
    ("patterns", "ignored"),
    [
        ("build/", {"build/a.py", "app/build/b.py"}),
        ("/build/", {"build/a.py"}),
        ("build", {"build/a.py", "app/build/b.py"}),
        ("app/build", {"app/build/b.py"}),
        ("**/build", {"build/a.py", "app/build/b.py"}),
        ("app/**", {"app/build/b.py", "app/c.py", "app/keep.py"}),
        ("app/*\n!app/keep.py", {"app/build/b.py", "app/c.py"}),
        ("app/\n!app/keep.py", {"app/build/b.py", "app/c.py", "app/keep.py"}),
        ("*.py\n!keep.py", {"build/a.py", "app/build/b.py", "app/c.py", "top.py"}),
        ("build\n!app/", {"build/a.py", "app/build/b.py"}),
        ("# build\n\n\\#top.py", set()),
        ("top.py   ", {"top.py"}),
        ("top.py\r", {"top.py"}),
        ("top.py/", set()),
        ("[", set()),
        ("!", set()),
        ("\ufefftop.py", {"top.py"}),
    ],
)
def test_patterns(repository: Path, patterns: str, ignored: set[str]) -> None:
    names = {"build/a.py", "app/build/b.py", "app/c.py", "app/keep.py", "top.py"}
    write(repository, dict.fromkeys(names, "") | {".gitignore": patterns + "\n"})
    assert set(find(repository).files) == names - ignored
    assert unignored(repository) == names - ignored


@pytest.mark.parametrize("seed", range(40))
def test_random_patterns_mean_what_git_says(repository: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(14):
        folder = "/".join(chance.choice(FOLDERS) for _ in range(chance.randint(0, 3)))
        write(repository, {f"{folder}/{chance.choice(FILES)}".lstrip("/"): ""})
    folders = [path for path in repository.rglob("[a-z]*") if path.is_dir()]
    ignoring = [repository, *chance.sample(folders, min(2, len(folders)))]
    for place in (path for path in ignoring if ".git" not in path.parts):
        lines = [random_pattern(chance) for _ in range(chance.randint(1, 6))]
        write(place, {".gitignore": "\n".join(lines) + "\n"})
    assert set(find(repository).files) == unignored(repository)


def random_pattern(chance: random.Random) -> str:
    pattern = "/".join(chance.choice(PARTS) for _ in range(chance.choice((1, 1, 1, 2, 2, 3))))
    pattern = chance.choice(("", "", "", "/")) + pattern + chance.choice(("", "", "/"))
    return chance.choice(("", "", "!")) + pattern + chance.choice(("", "", "", "  ", "\\ ", "\r"))


def test_a_deeper_file_has_the_last_word(repository: Path) -> None:
    write(repository, {".gitignore": "*.gen.py", "app/.gitignore": "!a.gen.py\nb.py"})
    write(repository, {"a.gen.py": "", "app/a.gen.py": "", "app/b.py": "", "b.py": ""})
    assert set(find(repository).files) == {"app/a.gen.py", "b.py"} == unignored(repository)


def test_patterns_that_are_kept_in_the_git_folder(repository: Path) -> None:
    (repository / ".git" / "info").mkdir(exist_ok=True)
    write(repository, {".git/info/exclude": "private.py", "private.py": "", "a.py": ""})
    assert set(find(repository).files) == {"a.py"} == unignored(repository)


def test_a_work_tree_has_the_patterns_of_its_repository(repository: Path) -> None:
    main, tree = repository / "main", repository / "tree"
    main.mkdir()
    git(main, "init", "-q")
    git(main, "commit", "-q", "--allow-empty", "-m", "start")
    git(main, "worktree", "add", "-q", str(tree))
    write(main, {".git/info/exclude": "private.py"})
    write(tree, {"private.py": "", "a.py": ""})
    assert set(find(tree).files) == {"a.py"} == unignored(tree)


def test_patterns_above_the_project_count(repository: Path) -> None:
    write(repository, {".gitignore": "*.gen.py\n/service/tmp/\n", "service/setup.cfg": ""})
    write(repository, {"service/a.py": "", "service/b.gen.py": "", "service/tmp/c.py": ""})
    assert find(repository / "service").files == ("a.py",)


def test_an_ignored_project_is_worth_a_look_for_who_works_there(repository: Path) -> None:
    write(repository, {".gitignore": "*", "sandbox/setup.cfg": "", "sandbox/a.py": ""})
    assert find(repository / "sandbox").files == ("a.py",)


def test_a_repository_inside_another_has_its_own_patterns(repository: Path) -> None:
    write(repository, {".gitignore": "a.py", "inner/a.py": "", "inner/b.py": ""})
    git(repository / "inner", "init", "-q")
    write(repository, {"inner/.gitignore": "b.py"})
    assert find(repository).files == ("inner/a.py",)


def test_ignored_paths_that_are_given_are_reported(repository: Path) -> None:
    write(repository, {".gitignore": "out/\nlocal.py", "out/.gitignore": "tmp/", "local.py": ""})
    write(repository, {"out/a.py": "", "out/deep/b.py": "", "out/tmp/c.py": "", "d.py": ""})
    assert find(repository).files == ("d.py",)
    found = find(repository, "out", "local.py")
    assert found.files == ("d.py", "local.py", "out/a.py", "out/deep/b.py")
    assert found.reported == ("local.py", "out/a.py", "out/deep/b.py")
    assert find(repository, "out/deep").reported == ("out/deep/b.py",)


def test_patterns_count_without_a_repository_too(tmp_path: Path) -> None:
    write(tmp_path, {"setup.cfg": "", ".gitignore": "b.py", "a.py": "", "b.py": ""})
    assert find(tmp_path).files == ("a.py",)


def test_an_unreadable_pattern_file_ignores_nothing(repository: Path) -> None:
    (repository / ".gitignore").mkdir()
    write(repository, {"a.py": ""})
    assert find(repository).files == ("a.py",)
