"""The action for GitHub and the component for GitLab are valid, and do what they say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes import write_tree
from tests.test_baseline import MISTAKE

ROOT = Path(__file__).parent.parent
ACTION = ROOT / "action.yml"
COMPONENT = ROOT / "templates" / "flake8-bgtasks.yml"
BASH = shutil.which("bash")


def check_schema(name: str, path: Path) -> None:
    command = ["check_jsonschema", "--builtin-schema", f"vendor.{name}", str(path)]
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture
def here(tmp_path: Path) -> Path:
    write_tree(tmp_path, {"my shop/main.py": MISTAKE, "other.py": MISTAKE, "tox.ini": ""})
    scripts = tmp_path / "temp" / "flake8-bgtasks" / "bin"
    scripts.mkdir(parents=True)
    (scripts / "flake8-bgtasks").symlink_to(Path(sys.executable).parent / "flake8-bgtasks")
    return tmp_path


def run(here: Path, script: str, **variables: str) -> tuple[int, str]:
    if BASH is None:
        pytest.skip("there is no bash")
    done = subprocess.run(
        [BASH, "-eo", "pipefail", "-c", script],
        cwd=here,
        env={**os.environ, "RUNNER_TEMP": str(here / "temp"), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def action_step(here: Path, **inputs: str) -> tuple[int, str]:
    """Run the checking step of the action with inputs, the others at their defaults."""
    action = yaml.safe_load(ACTION.read_text())
    values = {name: item["default"] for name, item in action["inputs"].items()} | inputs
    step = action["runs"]["steps"][-1]
    named = {key: values[expression[11:-3]] for key, expression in step["env"].items()}
    return run(here, step["run"], **named)


def test_the_action_is_valid() -> None:
    check_schema("github-actions", ACTION)
    for step in yaml.safe_load(ACTION.read_text())["runs"]["steps"]:
        assert "${{" not in step["run"], "an input in a script is an injection"


def test_the_action_imports_nothing_from_the_tree(here: Path) -> None:
    """`python -m venv` takes a venv.py of the working directory, `python -m pip` any module."""
    [install, _] = yaml.safe_load(ACTION.read_text())["runs"]["steps"]
    log, before = here / "log", here / "before"
    before.mkdir()
    for folder, name in ((before, "python3"), (here / "temp/flake8-bgtasks/bin", "python")):
        shim = folder / name
        shim.write_text(f'#!{BASH}\necho "$PWD: $1 $2 $3" >> "{log}"\n')
        shim.chmod(0o755)
    path = f"{before}{os.pathsep}{os.environ['PATH']}"
    status, _ = run(here, install["run"], PATH=path, GITHUB_ACTION_PATH=str(ROOT))
    assert status == 0
    place = here / "temp"
    assert log.read_text().splitlines() == [f"{place}: -I -m venv", f"{place}: -I -m pip"]


def test_the_action_annotates_by_default(here: Path) -> None:
    status, out = action_step(here)
    assert status == 1
    assert [line.split(",")[0] for line in out.splitlines()] == [
        "::error file=my shop/main.py",
        "::error file=other.py",
    ]


def test_the_action_passes_on_its_inputs(here: Path) -> None:
    inputs = {"format": "gitlab", "output-file": "out/a b.json", "paths": "my shop\nother.py\n"}
    assert action_step(here, args="--exit-zero\n--extend-ignore=BGT2", **inputs) == (0, "")
    assert len(json.loads((here / "out/a b.json").read_text())) == 2
    assert action_step(here, paths="$(touch hacked)\n; touch hacked")[0] == 2
    assert not (here / "hacked").exists()


def test_the_component_is_valid(tmp_path: Path) -> None:
    for number, text in enumerate(COMPONENT.read_text().split("\n---\n")):
        (tmp_path / f"{number}.yml").write_text(text)
        check_schema("gitlab-ci", tmp_path / f"{number}.yml")


def test_the_component_writes_what_it_uploads(here: Path) -> None:
    spec, jobs = yaml.safe_load_all(COMPONENT.read_text())
    job = filled(jobs["flake8-bgtasks"], spec["spec"]["inputs"])
    install, script = job["script"]
    assert install == 'pip install --quiet "flake8-bgtasks"'
    status, _ = run(here, f'PATH="{here}/temp/flake8-bgtasks/bin:$PATH"; {script}')
    assert status == 1
    report = here / job["artifacts"]["reports"]["codequality"]
    assert len(json.loads(report.read_text())) == 2


def filled(job: Any, inputs: dict[str, dict[str, str]]) -> Any:
    """Fill in the defaults of a component's inputs, as GitLab does."""
    text = json.dumps(job)
    for name, item in inputs.items():
        text = text.replace(f"$[[ inputs.{name} ]]", json.dumps(item["default"])[1:-1])
    return json.loads(text)
