"""What is shipped: the wheel, the lock files, the licences."""

from __future__ import annotations

import configparser
import json
import os
import re
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

from tests.architecture.source import PACKAGES, ROOT
from tests.services import open_folder
from tests.tender_scoring.cases import complete

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")
COPYLEFT = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)
# The LGPL lets a program under any licence use a library as it is.
LESSER = re.compile(r"LGPL|Lesser General Public", re.IGNORECASE)


def setup() -> configparser.ConfigParser:
    read = configparser.ConfigParser()
    read.read(ROOT / "setup.cfg")
    return read


def test_setup_cfg_lists_every_package() -> None:
    """A package that is missing in setup.cfg would be left out of the wheel without a word."""
    listed = setup()["options"]["packages"].split()
    there = {
        ".".join(path.parent.relative_to(ROOT).parts) for top in PACKAGES for path in (ROOT / top).rglob("__init__.py")
    }
    assert sorted(listed) == sorted(there | {"portal.templates", "portal.migrations"})


def test_every_folder_with_code_is_a_package() -> None:
    """No folder with Python files lacks its __init__.py."""
    wrong = {
        str(path.parent.relative_to(ROOT))
        for top in PACKAGES
        for path in (ROOT / top).rglob("*.py")
        if not (path.parent / "__init__.py").exists()
    }
    assert wrong == set()


def test_the_wheel_is_complete() -> None:
    """The wheel holds every module, template, migration and static file, and nothing of the tests."""
    folder = open_folder("fairlot-wheel-")
    source = folder / "source"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = listed.stdout.splitlines() if listed.returncode == 0 else _without_git()
    for name in names:
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(source),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_plain_environment())
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if ".dist-info/" not in name}
        archive.extractall(folder / "installed")
    assert shipped == _expected(source)
    _run_the_engine_from(folder / "installed", folder)


def test_everything_is_locked_with_hashes() -> None:
    """Every requirement in the lock files has its exact version and hashes, and names no index."""
    for lock in LOCKS:
        content = (ROOT / lock).read_text()
        pinned = re.findall(r"^([a-z0-9._-]+(?:\[[a-z,]+\])?)==[^ ]+", content, re.MULTILINE)
        assert len(pinned) == len(re.findall(r"^[a-z0-9]", content, re.MULTILINE))
        blocks = re.split(r"^(?=[a-z0-9])", content, flags=re.MULTILINE)[1:]
        assert [block.split("\n")[0] for block in blocks if "--hash=sha256:" not in block] == []
        assert re.findall(r"^\s*(?:-i|--index-url|--extra-index-url|--find-links).*|https?://", content) == []


def test_the_tests_run_on_what_is_shipped() -> None:
    """A package that both lock files name has the same version in both."""
    shipped, tested = (_versions(lock) for lock in LOCKS[:2])
    assert {name: tested.get(name) for name in shipped} == shipped


def test_no_runtime_dependency_is_copyleft() -> None:
    """No distribution that the portal needs at run time is under the GPL or the AGPL."""
    wrong = {}
    for name in _versions("requirements.lock"):
        try:
            found = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue  # for another platform or an older Python
        licences = [found.get("License-Expression") or "", (found.get("License") or "")[:200]]
        licences += [value for value in found.get_all("Classifier") or [] if value.startswith("License")]
        stated = "; ".join(filter(None, licences))
        if COPYLEFT.search(LESSER.sub("", stated)):
            wrong[name] = stated
    assert wrong == {}


def test_scripts_are_executable_and_parse() -> None:
    """Every script can be run, and its shell or Python understands it."""
    for path in [*(ROOT / "script").iterdir(), ROOT / ".ci" / "run"]:
        assert os.access(path, os.X_OK), path.name
        if path.suffix == ".py":
            compile(path.read_text(), path, "exec")
            continue
        shell = "bash" if "bash" in path.read_text().splitlines()[0] else "sh"
        done = subprocess.run([shell, "-n", path], capture_output=True, text=True, check=False)
        assert (path.name, done.returncode, done.stderr) == (path.name, 0, "")


def _run_the_engine_from(installed: Path, folder: Path) -> None:
    """What is in the wheel is the engine with its commands: it runs in a folder that knows no checkout."""
    case = folder / "case.json"
    case.write_text(json.dumps(complete()))
    for command in ("evaluate", "explain", "diagnose"):
        done = subprocess.run(
            [sys.executable, "-m", "tender_scoring", command, str(case)],
            cwd=folder,
            env=_plain_environment() | {"PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (command, done.returncode, done.stderr) == (command, 0, "")
        assert done.stdout


def _versions(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)", (ROOT / lock).read_text(), re.MULTILINE))


def _expected(source: Path) -> set[str]:
    """What a wheel of this source has to hold."""
    code = {str(path.relative_to(source)) for top in PACKAGES for path in (source / top).rglob("*.py")}
    static = {str(p.relative_to(source)) for p in (source / "portal" / "static").rglob("*") if p.is_file()}
    typed = {str(path.relative_to(source)) for path in source.glob("*/py.typed")}
    kinds = ("*/*.txt", "*/*.typ")
    data = {str(path.relative_to(source)) for kind in kinds for path in (source / "portal").glob(kind)}
    beside = {
        f"portal/{path.relative_to(source)}"
        for folder in ("templates", "migrations")
        for path in (source / folder).rglob("*")
        if path.is_file()
    }
    return code | static | typed | data | beside


def _without_git() -> list[str]:
    """The product's files where this is no checkout."""
    tops = (*PACKAGES, "templates", "migrations")
    named = [path.name for path in ROOT.iterdir() if path.is_file()]
    return named + [
        str(path.relative_to(ROOT))
        for top in tops
        for path in (ROOT / top).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]


def _plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONWARNINGS"}}
