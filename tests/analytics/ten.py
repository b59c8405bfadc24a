"""A lake of ten contacts, written out by hand, so that a person can work out every answer on paper.

Codes are those of the Beijing pack; residents and users are round numbers made up for the sum. `-` is an empty value.
Left out of the tables, because they follow: `month` from `day`; `category1` and `category2` from the first two and four
figures of `category`; `district`, `street` and `category` of assignments and answers, which are those of the order.

    from tests.analytics import ten
    lake = ten.lay(folder)          # or the fixture `ten` in tests/analytics
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from jieban.analytics import schema
from jieban.analytics.lake import Lake, write

# 9 calls no unit had to act on end here; 4 lies on the last hour of a year, 10 on the last day of the report of 2021.
CONTACTS = """
id day        hour channel    kind         firm caller category district street    outcome
1  2019-01-10 9    phone      help         no   11     0302     110105   110105002 dispatched
2  2019-01-25 10   phone      consultation no   12     0502     -        -         answered
3  2019-02-14 20   web        complaint    no   -      0201     110111   110111103 dispatched
4  2019-12-31 23   phone      complaint    no   12     0301     110105   -         dispatched
5  2020-01-20 8    enterprise help         yes  11     010203   110118   110118001 dispatched
6  2020-02-20 15   wechat     consultation no   13     0103     -        -         answered
7  2020-12-01 14   phone      praise       no   12     -        -        -         answered
8  2021-01-15 10   wechat     help         no   11     1401     110105   110105002 dispatched
9  2021-02-03 0    phone      -            no   14     08       -        -         transferred
10 2021-11-30 13   phone      report       no   14     0104     110111   110111103 dispatched
"""

# What is known of the contact (day, hour, channel, kind, firm, caller, category, district, street) is as above.
ORDERS = """
id place   urgency state      rounds sendings right_first dispatch_minutes close_minutes closed_day came_back excluded
1  estate1 7d      archived   1      2        yes         30               2880          2019-01-12 yes       no
3  -       15d     archived   1      2        no          600              10080         2019-02-21 no        no
4  estate1 24h     closed     2      1        yes         120              43200         2020-01-30 -         no
5  -       3d      archived   1      2        yes         5                1440          2020-01-21 no        no
8  estate2 2h      handling   1      1        -           2                -             -          -         no
10 -       7d      terminated 1      1        no          60               2880          2021-12-02 -         yes
"""

# 102 went down to a section; 104 was sent on after 103 had sent it back; 105 belongs to an order of 2019 and was sent
# in 2020; 108 is still open.
ASSIGNMENTS = """
id  order day        unit       section    role   round urgency result     sign_minutes respond_minutes complete_minutes sign_on_time respond_on_time complete_on_time
101 1     2019-01-10 110105002  -          lead   1     7d      completed  10           60              2000             yes          yes             yes
102 1     2019-01-10 110105-hc  110105-hc1 assist 1     7d      completed  40           90              2500             yes          no              yes
103 3     2019-02-15 110111103  -          lead   1     15d     redirected 30           -               -                yes          -               -
104 3     2019-02-16 pf-jd      -          lead   1     15d     completed  2000         4000            8000             no           no              yes
105 4     2020-01-01 110105-hc  -          lead   2     24h     completed  20           100             2500             yes          yes             no
106 5     2020-01-20 110118     -          lead   1     3d      completed  5            15              1000             yes          yes             yes
107 5     2020-01-20 110118001  -          lead   1     3d      completed  50           70              1300             yes          yes             yes
108 8     2021-01-15 so-heat    -          lead   1     2h      open       130          -               -                no           no              -
109 10    2021-11-30 bj-traffic -          lead   1     7d      terminated 15           -               -                yes          -               -
"""  # noqa: E501

# 202 found nobody; 204 was put right by 205; 205 denies a contact that is on record; 208 does not count. 203 was asked
# ten minutes after the unit had called, and shows no picture although one was asked for; 12 answers for two units.
ANSWERS = """
id  order assignment day     unit       role   round last way   reached contacted in_time solved    satisfied urgency section    owner     dual done_day   caller asked_after proof regraded ground     excluded
201 1     101     2019-01-13 110105002  lead   1     yes  phone yes     yes       yes     yes       yes       7d      -          unmanaged no   2019-01-11 11     2900        yes   no       -          no
202 1     102     2019-01-13 110105-hc  assist 1     yes  phone no      -         no      -         -         7d      110105-hc1 unmanaged no   2019-01-12 11     1500        -     no       -          no
203 3     104     2019-02-22 pf-jd      lead   1     yes  sms   yes     -         no      yes       mostly    15d     -          -         no   2019-02-21 -      10          no    no       -          no
204 4     105     2020-01-05 110105-hc  lead   1     no   phone yes     no        yes     no        no        24h     -          unmanaged no   2020-01-03 12     4000        no    yes      -          no
205 4     105     2020-01-31 110105-hc  lead   2     yes  phone yes     no        yes     part      -         24h     -          unmanaged no   2020-01-30 12     29          yes   yes      -          no
206 5     106     2020-01-22 110118     lead   1     yes  phone yes     yes       yes     yes       yes       3d      -          -         yes  2020-01-20 11     2000        -     no       -          no
207 5     107     2020-01-22 110118001  lead   1     yes  web   yes     -         yes     explained no        3d      -          -         yes  2020-01-21 11     -           -     no       -          no
208 10    109     2021-12-03 bj-traffic lead   1     yes  phone yes     yes       yes     no        no        7d      -          -         no   -          14     3000        -     no       terminated yes
"""  # noqa: E501

CATEGORIES = """
code   name             level parent
01     疫情防控         1     -
0103   社区（村）防控   2     01
0104   进出京政策       2     01
0102   疫情导致退费     2     01
010203 培训健身因疫情退费 3   0102
02     市场管理         1     -
0201   网络交易         2     02
03     住房             1     -
0301   小区配套         2     03
0302   房屋修缮         2     03
05     交通管理         1     -
0502   交通设施         2     05
08     卫生健康         1     -
14     供暖             1     -
1401   集中供热         2     14
"""

UNITS = """
code       name         kind                path                         group                district zone             residents base turn
110105     朝阳         district            110105/                      district_departments 110105   中心城区及副中心 40000     - 1
110111     房山         district            110111/                      district_departments 110111   平原新城         20000     - 3
110118     密云         district            110118/                      district_departments 110118   生态涵养区       10000     - 2
110105-hc  朝阳区住建委 district_department 110105/110105-hc/            district_departments 110105   中心城区及副中心 -         - -
110105-hc1 物业科       section             110105/110105-hc/110105-hc1/ -                    110105   中心城区及副中心 -         - -
110105002  朝外街道     street              110105/110105002/            streets              110105   中心城区及副中心 5000      - -
110111103  长阳镇       street              110111/110111103/            streets              110111   平原新城         4000      - -
110118001  鼓楼街道     street              110118/110118001/            streets              110118   生态涵养区       -         - -
bj-traffic 市公安交管局 city_department     bj-traffic/                  municipal            -        -                -         - -
so-heat    市热力集团   state_enterprise    so-heat/                     soe                  -        -                -         2000 -
pf-jd      京东         platform_firm       pf-jd/                       platform             -        -                -         - -
"""  # noqa: E501

CHANNELS = """
code       name                 kind
phone      电话                 phone
enterprise 企业服务热线         phone
web        首都之窗网上接诉即办 network
wechat     北京12345微信公众号  network
"""

PLACES = """
code    name     kind   street    district
estate1 一号小区 estate 110105002 110105
estate2 二号小区 estate 110105002 110105
"""

Row = dict[str, Any]


def lay(folder: Path) -> Lake:
    """The ten-row lake in a folder."""
    return put(Lake(folder), tables())


def put(lake: Lake, found: dict[str, list[Row]], pieces: int = 1) -> Lake:
    """Write these tables as a lake, each fact in the month of its order; each month in up to so many files."""
    received = {row["id"]: row["month"] for row in found["contacts"]}
    with lake.change() as change:
        for name, rows in found.items():
            facts = schema.TABLES[name].facts
            months = _by(rows, lambda row: received[row.get("order", row["id"])]) if facts else {None: rows}
            for month, filed in months.items():
                parts = [part for n in range(pieces) if (part := filed[n::pieces])]
                paths = [change.place(name, month) for _ in parts]
                for part, path in zip(parts, paths, strict=True):
                    write(arrow(name, part), schema.TABLES[name], path)
                change.replace(name, month, paths)
    return lake


def tables() -> dict[str, list[Row]]:
    """All rows of all tables, whole, as they lie in the lake."""
    contacts = [_matter(row) for row in read("contacts", CONTACTS)]
    known = {row["id"]: row for row in contacts}
    orders = [known[row["id"]] | row for row in read("orders", ORDERS)]
    for order in orders:
        order.pop("outcome")
    work = {"assignments": read("assignments", ASSIGNMENTS), "answers": read("answers", ANSWERS)}
    place = ("category1", "category2", "category", "district", "street")
    facts = {name: [_month(row) | {key: known[row["order"]][key] for key in place} for row in rows]
             for name, rows in work.items()}  # fmt: skip
    names = {"categories": CATEGORIES, "units": UNITS, "channels": CHANNELS, "places": PLACES}
    said = {name: read(name, text) for name, text in names.items()}
    return {"contacts": contacts, "orders": orders, **facts, **said}


def arrow(table: str, rows: list[Row]) -> pa.Table:
    """Rows in the columns of the schema."""
    return pa.Table.from_pylist(rows, schema=schema.TABLES[table].arrow)


def read(table: str, text: str) -> list[Row]:
    """The rows of a table that is written as text: values parted by blanks under their names."""
    names, *lines = (line.split() for line in text.strip().splitlines())
    types = {column.name: column.type for column in schema.TABLES[table].columns}
    return [{name: _value(types[name], word) for name, word in zip(names, line, strict=True)} for line in lines]


def _value(kind: pa.DataType, word: str) -> Any:
    if word == "-":
        return None
    if pa.types.is_boolean(kind):
        return {"yes": True, "no": False}[word]
    if pa.types.is_date(kind):
        return date.fromisoformat(word)
    return int(word) if pa.types.is_integer(kind) else word


def _matter(row: Row) -> Row:
    code = row["category"] or ""
    return _month(row) | {"category1": code[:2] or None, "category2": code[:4] if len(code) > 2 else None}


def _month(row: Row) -> Row:
    return row | {"month": row["day"].year * 100 + row["day"].month}


def _by(rows: list[Row], key: Callable[[Row], int]) -> dict[int, list[Row]]:
    out = defaultdict(list)
    for row in rows:
        out[key(row)].append(row)
    return out
