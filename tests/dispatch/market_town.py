"""The toy city with a market: a platform firm and who takes over from it, a sub-centre, and an estate of the Crown.

town = market_town.load(tmp_path)
order = verbs.dispatched(town, category="0201", title="Shoply will not pay back")   to Shoply, then the market office
"""

from __future__ import annotations

from pathlib import Path

from jieban.city import actions as city_actions
from jieban.city import queries as city_queries
from jieban.city.queries import Loaded
from jieban.orders.models import Order
from tests import factories, verbs
from tests.city import toy
from tests.factories import AT

TOY = Path(__file__).parent.parent / "packs" / "toy"
MORE = {
    "units.csv": """shoply,Shoply,,platform_firm,,,,,Shoply Fresh,,,,true,invented
bazaar,Bazaar,,platform_firm,,,,,,,,,true,invented
market,North Ward Market Office,Market Office,district_department,,north,,market,,,,,true,invented
taxline,Tax Line,,sub_centre,,,,,,,,,true,invented
crown,Crown Estates,,city_department,,,,,,,,,true,invented
south,South Ward,South,district,,,,,,,,,true,invented
dale,Dale Parish,,street,Parish,south,,,,,,,true,invented
""",
    "categories.csv": """02,Shops,1,,,,true
0201,Online shops,2,02,online|refund,complaint,true
0202,Taxes,2,02,tax,consultation,true
""",
    "duties.csv": """G1,0201,*,*,firm_first,firm,district:market|water,,7d,Consumers first,2000-01-01,
T1,0202,*,*,subcentre,taxline,,,7d,Tax Line,2000-01-01,
N1,0102,crown,*,notice,street,,crown,24h,Crown estates,2000-01-01,
""",
    "owners.csv": "crown,Crown,Crown,\n",
    "channels.csv": "line_tax,Tax line,Tax line,line,subcentre,999,,true,invented\n",
}
WAYS = """[green]
window_days = 90

[sub_centres]
line_tax = "taxline"

[consultation]
views_within = "8h"
spot_within = "1d"
decide_within = "4h"
"""
PROFILES = """code,kind,unit,category,urgency,sign,respond,handle,steps,name,basis,official,source,valid_from,valid_to
GREEN,trade,platform_firm,0201,*,4h,24h,48h,,Firm first,Firm first,false,invented,2000-01-01,
"""


def write(folder: Path) -> Path:
    """The files of the town, written into `folder`."""
    toy.write({name: text + MORE.get(name, "") for name, text in toy.texts(TOY).items()}, folder)
    (folder / "ways.toml").write_text(WAYS, encoding="utf-8")
    (folder / "profiles.csv").write_text(PROFILES, encoding="utf-8")
    return folder


def load(folder: Path) -> Loaded:
    """The town, loaded."""
    city_actions.load(write(folder), at=AT)
    return city_queries.current(at=AT)


def a_dispute(town: Loaded, **columns: object) -> Order:
    """A consumer dispute sent to the firm that its words name."""
    values = {"category": "0201", "title": "Shoply will not pay back", "content": "Shoply keeps the money of my order."}
    return verbs.dispatched(town, **{**values, **columns})


def a_pending(town: Loaded, **columns: object) -> Order:
    """An order in Mill Parish that waits for a dispatcher."""
    values = {"street_id": town.unit_ids["mill"], "district_id": town.unit_ids["north"], "category": "0102"}
    return factories.an_order(state="pending_dispatch", **{"urgency": "", **values, **columns})
