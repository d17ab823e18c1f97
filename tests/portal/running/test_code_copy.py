"""The copy of the code that another user may read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from portal.running import code_copy
from portal.running.children import Account, run, unprivileged_account
from tests.services import open_folder


@pytest.fixture
def account() -> Account:
    """The user that children run as under root."""
    found = unprivileged_account()
    if found is None:
        pytest.skip("only root gives its rights up, so only root needs the copy")
    return found


def test_an_ordinary_user_runs_the_code_in_place() -> None:
    """Without a change of user nothing is copied."""
    found = code_copy.find_code(None, Path("/nowhere"))
    assert (found.copied, found.account) == (False, None)


def test_the_copy_runs_what_the_portal_needs(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the copy alone the other user can import the web process, the worker and the libraries."""
    monkeypatch.setattr(code_copy, "_runs", lambda code: False)
    folder = open_folder("fairlot-copy-")
    found = code_copy.find_code(account, folder)
    assert found.copied
    libraries = "celery, gunicorn, waitress, numpy, nacl, psycopg, ssl, portal.cli"
    script = f"import {libraries}, portal.extensions as e; print(e.__file__)"
    asked = run([found.python, "-c", script], environment=found.environment, account=account, folder=Path("/"))
    assert asked.stdout.strip() == str(folder / "code" / "project" / "portal" / "extensions.py")
    assert (folder / "code" / "project" / "templates").is_dir()
    assert (folder / "code" / "project" / "migrations" / "env.py").exists()


def test_the_other_user_cannot_change_the_copy(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs as the other user cannot write into the code that it runs."""
    monkeypatch.setattr(code_copy, "_runs", lambda code: False)
    folder = open_folder("fairlot-copy-")
    code_copy.find_code(account, folder)
    writable = ["find", folder, "-writable", "-not", "-type", "l", "-print", "-quit"]
    assert run(writable, environment={}, account=account, folder=Path("/")).stdout == ""


def test_a_changed_file_is_copied_again_and_a_removed_one_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next start runs what stands in the checkout then."""
    source, target = tmp_path / "source", tmp_path / "target"
    for name in code_copy.OURS:
        (source / name).mkdir(parents=True)
        (source / name / "a.py").write_text("one")
    monkeypatch.setattr(code_copy, "ROOT", source)
    code_copy._copy_project(target)
    (source / "portal" / "a.py").write_text("two!")
    (source / "portal" / "b.py").write_text("new")
    (source / "worker" / "a.py").unlink()
    code_copy._copy_project(target)
    found = {str(path.relative_to(target)): path.read_text() for path in target.rglob("*.py")}
    assert found == {"portal/a.py": "two!", "portal/b.py": "new", "tender_scoring/a.py": "one"}


def test_closed_files_are_opened_in_the_copy_only(tmp_path: Path) -> None:
    """A file that only root may read is copied and opened there; the original stays closed."""
    original, copied = tmp_path / "original", tmp_path / "copied"
    original.write_text("x")
    original.chmod(0o600)
    code_copy._place(original, copied)
    assert (original.stat().st_mode & 0o777, copied.stat().st_mode & 0o777) == (0o600, 0o644)
    open_one = tmp_path / "open"
    open_one.write_text("y")
    open_one.chmod(0o644)
    code_copy._place(open_one, tmp_path / "linked")
    assert os.path.samefile(open_one, tmp_path / "linked")
