"""The audit bundle (审计包) of a frozen result: one ZIP from which anybody counts the cycle again, without Jieban.

Cases by number and code without anything personal, units, marks, the scheme, the result, the file that counts, and a
manifest with the hash of each. Blocks are made as they are read, so that a city's month does not lie in memory.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final

from jieban.appraisal import recompute, store
from jieban.appraisal.result_models import CycleResult
from jieban.core import canon
from jieban.core.errors import BadInput

CODE, README, MANIFEST = "recompute.py", "README.txt", "manifest.json"
# As they are kept, in the sequence in which they lie in the bundle; the cases are written anew as CSV.
_KEPT: Final = (store.UNITS, store.MARKS, store.SCHEME, store.RESULT)
# The same result gives the same bundle, byte for byte: its files carry this time, the first a ZIP can tell.
_TIME: Final = (1980, 1, 1, 0, 0, 0)


def write(result: CycleResult, out: IO[bytes]) -> None:
    """Write the bundle. BadInput where a file of the version is gone or is not what was frozen; see `jieban verify`."""
    at = store.folder(result.cycle, result.version)
    said = _checked(result, at)
    hashes = {name: said["files"][name]["sha256"] for name in _KEPT}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:
        hashes[store.CASES_CSV] = _put(bundle, store.CASES_CSV, store.csv_blocks(at / store.CASES))
        if hashes[store.CASES_CSV] != said[store.CASES_CSV]["sha256"]:
            raise BadInput(f"{result} 的案件表和冻结时的不一样了。先用 jieban verify 检查，不要发出这个审计包。")
        for name in _KEPT:
            _put(bundle, name, _blocks(at / name))
        hashes[CODE] = _put(bundle, CODE, _blocks(Path(recompute.__file__)))
        hashes[README] = _put(bundle, README, [_readme(result).encode()])
        _put(bundle, MANIFEST, [_manifest(result, hashes)])


def name(result: CycleResult) -> str:
    """What the file is called."""
    return f"jieban-audit-{result.cycle}-v{result.version}.zip"


def _checked(result: CycleResult, at: Path) -> dict[str, Any]:
    """The manifest of the version; BadInput unless it and the files are those that were frozen."""
    try:
        if store.digest(at / store.MANIFEST) == result.facts_sha256:
            said = store.manifest(at)
            wrong = [name for name in store.FILES if store.digest(at / name) != said["files"][name]["sha256"]]
            if not wrong:
                return said
    except OSError as error:
        raise BadInput(f"{result} 的文件读不出来（{error}）。先用 jieban verify 检查。") from error
    raise BadInput(f"{result} 的文件和冻结时的不一样了。先用 jieban verify 检查，不要发出这个审计包。")


def _put(bundle: zipfile.ZipFile, name: str, blocks: Iterator[bytes] | list[bytes]) -> str:
    """Write one file block by block; its SHA-256."""
    found, info = sha256(), zipfile.ZipInfo(name, _TIME)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    with bundle.open(info, "w", force_zip64=True) as file:
        for block in blocks:
            found.update(block)
            file.write(block)
    return found.hexdigest()


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(io.DEFAULT_BUFFER_SIZE * 16):
            yield block


def _manifest(result: CycleResult, hashes: dict[str, str]) -> bytes:
    return canon.dumps({
        "cycle": result.cycle, "version": result.version, "first": result.first, "end": result.end,
        "note": result.note, "frozen_at": result.frozen_at, "published_at": result.published_at,
        "result": result.sha256, "facts": result.facts_sha256, "scheme": result.scheme_sha256, "files": hashes,
    })  # fmt: skip


def _readme(result: CycleResult) -> str:
    return _TEXT.format(cycle=result.cycle, version=result.version, sha256=result.sha256, first=result.first,
                        end=result.end, note=result.note or "—")  # fmt: skip


_TEXT: Final = """\
接办 考评审计包　{cycle} 期　第 {version} 版
================================================================

任何人都可以用它把这一期的考评重算一遍，不需要接办系统，只要 Python 3.11 或更新版本：

    python3 -I recompute.py

每一位数字都相同，显示 every digit agrees，退出码 0；有一处不同，指出第一处，退出码 1。

  cases.csv      每一行是一个承办件的回访结果：编号、代码，没有姓名、电话、地址和诉求原文
  units.csv      各单位：代码、名称、类别、所在区、常住人口、服务基数、诉求量
  marks.csv      三率以外的评分项
  scheme.toml    考评方案的全文（示例，非官方）
  result.json    冻结的结果，数字写成文本，保留六位小数
  recompute.py   计分规则本身，接办用的也是这个文件
  manifest.json  以上各文件的 SHA-256

本期从 {first} 起，到 {end}（不含）止。更正说明：{note}
公布的结果的 SHA-256：{sha256}
每一列的意思见 docs/appraisal-bundle.md。


Jieban appraisal audit bundle, cycle {cycle}, version {version}
================================================================

With this anybody can count the cycle again, without Jieban. Python 3.11 or later is enough:

    python3 -I recompute.py

Where every digit is the same it says “every digit agrees” and exits with 0; else it names the first that differs and
exits with 1.

  cases.csv      one row a callback result of one assignment: numbers and codes; no name, number, address or words
  units.csv      the units: code, name, kind, district, residents, service base, appeals
  marks.csv      what is scored beside the three rates
  scheme.toml    the whole text of the scheme of appraisal (an example, not official)
  result.json    the frozen result; numbers are text with six decimals
  recompute.py   the rule itself; Jieban scores with this very file
  manifest.json  the SHA-256 of each of these files

The cycle begins on {first} and ends before {end}. Note of correction: {note}
SHA-256 of the result as published: {sha256}
What every column means: docs/appraisal-bundle.md.
"""
