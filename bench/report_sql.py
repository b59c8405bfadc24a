"""The tables of the data report as plain SQL, one statement a table, as one would write them over ordinary tables.

`{}` in a statement is filled with each of the values that `each` selects. The names are those of the report's tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

INDEXES: Final = (
    "CREATE INDEX ON contacts (month)",
    "CREATE INDEX ON contacts (category1, month)",
    "CREATE INDEX ON contacts (category1, category2)",
    "CREATE INDEX ON contacts (channel, month)",
    "CREATE INDEX ON contacts (caller, month)",
    "CREATE INDEX ON assignments (unit, category1, month)",
    "CREATE INDEX ON answers (month)",
    "CREATE INDEX ON units (code)",
    'CREATE INDEX ON units (district, "group")',
)


WARM: Final = tuple("SELECT count(*) FROM " + table for table in ("contacts", "assignments", "answers"))


@dataclass(frozen=True, slots=True)
class Query:
    """A table of the report; `each` lists the values for which its statement runs."""

    table: str
    sql: str
    each: str = ""


_TOP = "SELECT category1 FROM contacts WHERE category1 IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {}"
_WORK = "FROM assignments a JOIN units u ON u.code = a.unit WHERE u.\"group\" IN ('district_departments', 'streets')"
_SCORED = '"last" AND NOT excluded'
_SOLVED = f"{_SCORED} AND reached AND solved IS NOT NULL"
_SATISFIED = f"{_SCORED} AND reached AND satisfied IN ('yes', 'mostly', 'no')"

QUERIES: Final = (
    Query("totals", """
        SELECT count(*), count(*) FILTER (WHERE c.kind = 'phone'), count(*) FILTER (WHERE c.kind = 'network'),
               count(*) FILTER (WHERE outcome = 'dispatched'), count(*) FILTER (WHERE outcome = 'answered')
        FROM contacts f LEFT JOIN channels c ON c.code = f.channel"""),
    Query("annual", "SELECT month / 100, count(*) FROM contacts GROUP BY 1"),
    Query("monthly", "SELECT month, count(*) FROM contacts GROUP BY 1"),
    Query("channel_years", """
        SELECT month / 100, count(*) FILTER (WHERE c.kind = 'phone'), count(*) FILTER (WHERE c.kind = 'network')
        FROM contacts f LEFT JOIN channels c ON c.code = f.channel GROUP BY 1"""),
    Query("channel_months", """
        SELECT month, count(*) FILTER (WHERE c.kind = 'phone'), count(*) FILTER (WHERE c.kind = 'network')
        FROM contacts f LEFT JOIN channels c ON c.code = f.channel GROUP BY 1"""),
    Query("largest_channel", """
        SELECT channel, min(month), count(*) FROM contacts f JOIN channels c ON c.code = f.channel
        WHERE c.kind = 'network' GROUP BY 1 ORDER BY 3 DESC LIMIT 1"""),
    Query("caller_years", """
        SELECT year, count(*), count(*) FILTER (WHERE year = first) FROM
          (SELECT DISTINCT caller, month / 100 AS year FROM contacts WHERE caller IS NOT NULL) seen
          JOIN (SELECT caller, min(month / 100) AS first FROM contacts WHERE caller IS NOT NULL GROUP BY 1) f
          USING (caller) GROUP BY 1"""),
    Query("caller_always", """
        SELECT count(*) FROM (SELECT caller FROM contacts WHERE caller IS NOT NULL GROUP BY 1
                              HAVING count(DISTINCT month / 100) = 3) every"""),
    Query("caller_months", "SELECT month, count(DISTINCT caller) FROM contacts GROUP BY 1"),
    Query("rates", f"""
        SELECT month, count(*) FILTER (WHERE {_SCORED}),
               count(*) FILTER (WHERE {_SCORED} AND in_time AND coalesce(contacted, true)),
               count(*) FILTER (WHERE {_SOLVED}), count(*) FILTER (WHERE {_SOLVED} AND solved = 'yes'),
               count(*) FILTER (WHERE {_SATISFIED}), count(*) FILTER (WHERE {_SATISFIED} AND satisfied = 'yes')
        FROM answers GROUP BY 1"""),
    Query("praise", "SELECT month, count(*) FROM contacts WHERE kind = 'praise' GROUP BY 1"),
    Query("structure", f"""
        SELECT category1, count(*), count(*) FILTER (WHERE kind = 'consultation') FROM contacts
        WHERE category1 IN ({_TOP.format(20)}) GROUP BY 1"""),
    Query("shares", f"""
        SELECT category1, month / 100, count(*) FROM contacts WHERE category1 IN ({_TOP.format(20)}) GROUP BY 1, 2"""),
    Query("level2_shares", "SELECT category2, month / 100, count(*) FROM contacts GROUP BY 1, 2"),
    Query("top20", "SELECT category1, count(*) FROM contacts WHERE category1 IS NOT NULL GROUP BY 1 "
                   "ORDER BY 2 DESC, 1 LIMIT 20"),
    Query("matter_months", "SELECT month, count(*) FROM contacts WHERE category1 = '{}' GROUP BY 1", _TOP.format(10)),
    Query("matter_levels", "SELECT category2, count(*) FROM contacts WHERE category1 = '{}' AND category2 IS NOT NULL "
                           "GROUP BY 1 ORDER BY 2 DESC LIMIT 10", _TOP.format(10)),
    Query("unit_kinds", """
        SELECT coalesce(u."group", 'platform'), count(*) FROM assignments a LEFT JOIN units u ON u.code = a.unit
        GROUP BY 1"""),
    Query("orders", "SELECT count(*) FROM orders"),
    Query("district_kinds", f'SELECT u.district, u."group", count(*) {_WORK} GROUP BY 1, 2'),
    Query("streets", "SELECT a.unit, count(*) FROM assignments a JOIN units u ON u.code = a.unit "
                     "WHERE u.kind = 'street' GROUP BY 1 ORDER BY 2 DESC"),
    Query("streets_last_year", """
        SELECT a.unit, count(*) FROM assignments a JOIN units u ON u.code = a.unit WHERE u.kind = 'street'
          AND a.month / 100 = (SELECT max(month) / 100 FROM contacts) GROUP BY 1 ORDER BY 2 DESC"""),
    Query("municipal_most", "SELECT a.unit, count(*) FROM assignments a JOIN units u ON u.code = a.unit "
                            "WHERE u.\"group\" = 'municipal' GROUP BY 1 ORDER BY 2 DESC LIMIT 10"),
    Query("soe_most", "SELECT a.unit, count(*) FROM assignments a JOIN units u ON u.code = a.unit "
                      "WHERE u.\"group\" = 'soe' GROUP BY 1 ORDER BY 2 DESC LIMIT 10"),
    Query("district", f"SELECT a.category1, a.month / 100, count(*) {_WORK} AND u.district = '{{}}' GROUP BY 1, 2",
          "SELECT code FROM units WHERE kind = 'district'"),
    Query("zone", f"SELECT a.category1, a.month / 100, count(*) {_WORK} AND u.zone = '{{}}' GROUP BY 1, 2",
          "SELECT DISTINCT zone FROM units WHERE zone IS NOT NULL"),
)  # fmt: skip
