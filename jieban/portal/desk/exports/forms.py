"""What is typed for an export, and what comes of it: codes of the pack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jieban.analytics.exports import rules
from jieban.analytics.exports.actions import Wish
from jieban.analytics.exports.models import SavedExport
from jieban.city.pack import Category
from jieban.city.queries import Loaded
from jieban.core.errors import BadInput
from jieban.portal.desk import finding
from jieban.portal.desk.exports import columns
from jieban.portal.desk.forms import Plain
from jieban.portal.words import Word

RULES: Mapping[str, Word] = {
    rules.MONTH: lazy("上个月"),
    rules.CYCLE: lazy("上个考评周期"),
    rules.SINCE: lazy("从上次取过以后"),
    rules.DATES: lazy("写明从哪天到哪天"),
}
FORMATS: Mapping[str, Word] = {
    rules.CSV: lazy("CSV：多少行都行，Excel 和 WPS 能直接打开"),
    rules.XLSX: lazy("Excel：最多 1048575 行"),
    rules.PARQUET: lazy("Parquet：给数据分析用"),
}
_AREAS = ("district", "street")


def _day() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class ExportForm(Plain):
    """An export as it is to be."""

    name = forms.CharField(label=lazy("名称"), max_length=64)
    categories = forms.MultipleChoiceField(label=lazy("哪些分类"), required=False)
    areas = forms.CharField(label=lazy("哪些区、街道"), required=False, max_length=600)
    units = forms.CharField(label=lazy("哪些承办单位"), required=False, max_length=600)
    rule = forms.ChoiceField(
        label=lazy("哪段时间受理的"), choices=list(RULES.items()), widget=forms.RadioSelect, initial=rules.MONTH
    )
    first = forms.DateField(label=lazy("从"), required=False, widget=_day())
    last = forms.DateField(label=lazy("到（含这天）"), required=False, widget=_day())
    columns = forms.MultipleChoiceField(
        label=lazy("要哪些列"), choices=[(one.code, one.title) for one in columns.COLUMNS], initial=columns.USUAL
    )
    format = forms.ChoiceField(
        label=lazy("什么格式"), choices=list(FORMATS.items()), widget=forms.RadioSelect, initial=rules.CSV
    )

    def __init__(self, *args: Any, loaded: Loaded, may_open: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.loaded, self.may_open = loaded, may_open
        every = [(code, node.name) for code, node in loaded.pack.categories.items()]
        self.fields["categories"].choices = every  # type: ignore[attr-defined]

    def clean_areas(self) -> list[str]:
        """Codes of districts and streets."""
        codes = self._codes("areas")
        for code in codes:
            unit = self.loaded.pack.units[code]
            if unit.kind not in _AREAS:
                raise forms.ValidationError(_("%s 不是区，也不是街道乡镇。单位请写在下一栏。") % unit.name)
        return codes

    def clean_units(self) -> list[str]:
        """Codes of units."""
        return self._codes("units")

    def clean_columns(self) -> list[str]:
        """Codes of columns, those of personal data only from posts that may take them."""
        codes: list[str] = self.cleaned_data["columns"]
        if rules.personal(codes) and not self.may_open:
            raise forms.ValidationError(_("您的岗位不能选个人信息。请负责人来做，或去掉这些列。"))
        return codes

    def wish(self) -> Wish:
        """What was typed, in codes; below a chosen category nothing is chosen twice."""
        said = self.cleaned_data
        taken = set(said["categories"])
        above = {code: {node.code for node in self.loaded.pack.category_path(code)} - {code} for code in taken}
        days = said["rule"] in (rules.DATES, rules.SINCE)
        return Wish(
            name=said["name"], columns=said["columns"], format=said["format"], rule=said["rule"],
            first=said["first"] if days else None, last=said["last"] if said["rule"] == rules.DATES else None,
            categories=sorted(code for code in taken if not above[code] & taken),
            units=said["units"], areas=said["areas"],
        )  # fmt: skip

    def tree(self) -> Iterator[tuple[Category, bool, list[tuple[Category, list[Category]]]]]:
        """Categories of the first level, whether anything in them is chosen, and those below them."""
        pack, chosen = self.loaded.pack, self.chosen("categories")
        for top in pack.children(""):
            below = [(node, list(pack.children(node.code))) for node in pack.children(top.code)]
            yield top, any(code.startswith(top.code) for code in chosen), below

    def chosen(self, name: str) -> list[str]:
        """What is ticked in a field of many."""
        return [str(value) for value in self[name].value() or []]

    def _codes(self, name: str) -> list[str]:
        try:
            return finding.unit_codes(self.cleaned_data[name], self.loaded)
        except BadInput as error:
            raise forms.ValidationError(str(error)) from error


class TakeForm(Plain):
    """Why personal data is taken."""

    purpose = forms.CharField(label=lazy("为什么要导出个人信息"), min_length=4, max_length=160)


def initial(export: SavedExport, loaded: Loaded) -> dict[str, Any]:
    """An export as its form shows it."""
    units = loaded.pack.units

    def named(codes: list[str]) -> str:
        return "、".join(finding.label(units[code], loaded) for code in codes if code in units)

    return {
        "name": export.name, "categories": export.categories, "areas": named(export.areas),
        "units": named(export.units), "rule": export.rule, "first": export.first, "last": export.last,
        "columns": export.columns, "format": export.format,
    }  # fmt: skip
