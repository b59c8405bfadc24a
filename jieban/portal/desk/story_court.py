"""The timeline's words for objections: what was said, what was decided and by what, and who got the order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from jieban.city.pack import Pack
from jieban.orders.models import Entry

Records = Mapping[str, Any]


def _object(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    ground = pack.grounds.get(str(records.get("ground")))
    name = ground.name if ground else str(records.get("name", ""))
    title = _("提出派单异议：%(ground)s，建议由%(unit)s办") % {"ground": name, "unit": records.get("proposed", "")}
    return title, f"{records.get('facts', '')}\n{_('负责人批')}：{records.get('approval', '')}"


def _uphold(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    return _("异议成立，接下来：%s") % records.get("to", ""), _grounds(records)


def _keep(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    return _("异议不成立"), _grounds(records)


def _redirect(entry: Entry, records: Records, pack: Pack) -> tuple[str, str]:
    if records.get("reason"):
        return _uphold(entry, records, pack)
    return _("交接完成，不再由它办"), str(records.get("basis", ""))


def _grounds(records: Records) -> str:
    said = ((_("依据"), records.get("basis")), (_("理由"), records.get("reason")))
    return "\n".join(f"{name}：{value}" for name, value in said if value)


WORDS = {"object": _object, "uphold": _uphold, "keep": _keep, "redirect": _redirect}
