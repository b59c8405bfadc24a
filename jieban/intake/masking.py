"""Free text without what says whose it is: names, numbers, mail addresses, rooms. Pure.

What has a form is found: the caller's own name, figures of seven places and more, mail addresses, number plates,
accounts of chat programs, a name after 我叫 or 联系人, the room behind a building. A name that merely stands in a
sentence is not; whoever gives text away says so.
"""

from __future__ import annotations

import re

GONE, SOMEBODY = "〇", "某某"
# Seven figures and more are a telephone, an identity card or an account, never the number of a house.
_FIGURES = re.compile(r"\d(?:[\s-]?\d){6,}[Xx]?")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·.\s]?[A-Z0-9]{5,6}(?![A-Z0-9])"
)
_ACCOUNT = re.compile(
    r"((?:微信|QQ|qq|VX|vx|抖音|支付宝)\s*(?:号|账号)?\s*[:：是为]?\s*)[A-Za-z0-9][\w-]{4,19}", re.ASCII
)
_NAMED = re.compile(
    r"(我叫|我的名字叫|姓名\s*[:：是]|联系人\s*[:：是]|名叫|本人姓名)\s*[\u4e00-\u9fff]{2,4}?(?=[^\u4e00-\u9fff]|电话|住|家住|是|$)"
)
_ROOM = re.compile(r"((?:单元|门栋|号楼|栋|幢)\s*)(?:[A-Za-z]?\d{1,4})(?=\s*(?:室|号|户|房|[，。,.;；\s]|$))")
_SHORTEST_NAME = 2


def plain(text: str, *, name: str = "") -> str:
    """The text with everything of the above replaced; `name` is the caller's."""
    if len(name.strip()) >= _SHORTEST_NAME:
        text = text.replace(name.strip(), SOMEBODY)
    text = _NAMED.sub(lambda found: f"{found[1]}{SOMEBODY}", _MAIL.sub(GONE, text))
    text = _ACCOUNT.sub(lambda found: f"{found[1]}{GONE}", _PLATE.sub(GONE, text))
    return _ROOM.sub(lambda found: f"{found[1]}{GONE}", _FIGURES.sub(GONE, text))
