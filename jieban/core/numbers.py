"""Order numbers that survive a telephone line: `JB-20261121-018342-7` is day, running number, check digit.

The check digit is Damm's over day and running number: it finds every single wrong digit and every swap of neighbours.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from stdnum import damm

from jieban.core.errors import BadInput

SPAN = 1_000_000
_NUMBER = re.compile(r"^([A-Z]{1,4})?(\d{8})(\d{6})(\d)$")


def number(day: date, running: int, prefix: str = "JB") -> str:
    """Write the number of the `running`-th order (taken modulo a million) of `day`."""
    digits = f"{day:%Y%m%d}{running % SPAN:06d}"
    return f"{prefix}-{digits[:8]}-{digits[8:]}-{damm.calc_check_digit(digits)}"


def read(text: str, prefix: str = "JB") -> str:
    """The canonical number in what a person typed or said; BadInput tells a slip of the finger from a wrong form.

    Full-width letters and digits, spaces and dashes of any kind are taken as meant.
    """
    found = _NUMBER.match(re.sub(r"[\s\-–—_.·]", "", unicodedata.normalize("NFKC", text)).upper())
    if not found:
        raise BadInput(
            f"“{text}” 不是工单编号。编号像 {prefix}-20261121-018342-7：日期 8 位，流水号 6 位，校验码 1 位。"
        )
    digits = found[2] + found[3]
    if damm.calc_check_digit(digits) != found[4]:
        raise BadInput(f"编号 {text} 有一位数字不对，请再核对一遍。")
    return f"{found[1] or prefix}-{found[2]}-{found[3]}-{found[4]}"
