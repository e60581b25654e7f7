"""What is downloaded is checked and unpacked without leaving its folder."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts.realcode import download as downloading
from scripts.realcode import trees
from scripts.realcode.trees import Tree

if TYPE_CHECKING:
    from collections.abc import Callable

    Serve = Callable[[dict[str, str]], Tree]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Make a release whose wheel holds the members given; downloads get that wheel."""

    def build(members: dict[str, str]) -> Tree:
        wheel = tmp_path / "pkg-1.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, text in members.items():
                archive.writestr(name, text)

        def copy(tree: Tree, folder: str) -> None:
            (Path(folder) / tree.file).write_bytes(wheel.read_bytes())

        monkeypatch.setattr(downloading, "_pip_download", copy)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        return Tree("pkg", "1.0", wheel.name, digest, "3.12")

    monkeypatch.setattr(trees, "FOLDER", tmp_path / "unpacked")
    return build


def test_only_what_is_read_is_unpacked(serve: Serve) -> None:
    tree = serve({"pkg/app.py": "x = 1\n", "pkg/page.js": "", "pkg-1.0.dist-info/METADATA": ""})
    downloading.download(tree)
    files = {file.name for file in tree.root.rglob("*") if file.is_file()}
    assert files == {"app.py", "METADATA"}


def test_a_release_that_is_there_is_kept(serve: Serve) -> None:
    tree = serve({"pkg/app.py": "new\n"})
    tree.root.mkdir(parents=True)
    downloading.download(tree)
    assert list(tree.root.iterdir()) == []


def test_a_wrong_hash_is_refused(serve: Serve) -> None:
    tree = serve({"pkg/app.py": ""})
    changed = Tree(tree.name, tree.version, tree.file, "0" * 64, tree.python)
    with pytest.raises(ValueError, match="sha256"):
        downloading.download(changed)
    assert not tree.root.exists()


@pytest.mark.parametrize("name", ["../evil.py", "/evil.py", "pkg/../../evil.py", "C:/evil.py"])
def test_no_member_leaves_the_folder(serve: Serve, name: str) -> None:
    tree = serve({"pkg/app.py": "", name: ""})
    with pytest.raises(ValueError, match="unsafe path"):
        downloading.download(tree)
    assert not tree.root.exists()


def test_the_list_of_releases_is_sound() -> None:
    listed = trees.load()
    assert len({tree.root.name for tree in listed}) == len(listed)
    assert all(len(tree.sha256) == 64 and tree.file.endswith(".whl") for tree in listed)
    assert [tree.version for tree in trees.load(["skypilot-0.9.3"])] == ["0.9.3"]


def test_an_unknown_name_is_named() -> None:
    with pytest.raises(ValueError, match="no-such-package"):
        trees.load(["no-such-package"])
