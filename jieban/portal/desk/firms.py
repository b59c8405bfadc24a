"""The report on the enterprise line as a table to take along."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from jieban.city import queries as city
from jieban.core import clock
from jieban.portal.access import actor_of, staff
from jieban.portal.desk import downloads
from jieban.portal.desk.boards import enterprise
from jieban.portal.desk.boards.board import Asked


@staff(*sorted(enterprise.ROLES))
def download(request: HttpRequest) -> HttpResponse:
    """Months, matters, districts and rates, one line each."""
    at = clock.now()
    found = enterprise.report(Asked(actor_of(request), at, city.current(at=at), request.GET))
    rows: list[tuple[object, ...]] = []
    rows += [(_("每个月"), one["first"].strftime("%Y-%m"), one["firms"], one["everybody"]) for one in found["months"]]
    rows += [(_("什么事"), one["name"], one["share"].firms, one["share"].everybody) for one in found["matters"]]
    rows += [(_("在哪个区"), one["name"], one["share"].firms, one["share"].everybody) for one in found["districts"]]
    for side in found["sides"]:
        for one in side["rates"]:
            word = f"{side['word']} {enterprise.RATES[one['name']]}"
            rows.append((_("三率"), word, one["rate"].full + one["rate"].part, one["rate"].out_of))
        rows.append((_("平均多久联系上"), side["word"], side["contact"], side["contacts"]))
    head = (_("哪一项"), _("名称"), _("企业（三率为算上的）"), _("全部（三率为总数）"))
    return downloads.table(_("企业诉求报告"), head, rows)
