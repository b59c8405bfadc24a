"""Inputs of the staff's forms that look something up while one types."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString


class UnitInput(forms.TextInput):
    """The name of a unit, with the units that go by what has been typed so far offered below it."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The input and its list of options."""
        options = f"{(attrs or {}).get('id') or name}-units"
        looked = {
            "list": options, "autocomplete": "off", "hx-get": reverse("units"),
            "hx-trigger": "input changed delay:200ms", "hx-target": f"#{options}", "hx-include": "this",
        }  # fmt: skip
        drawn = super().render(name, value, (attrs or {}) | looked, renderer)
        return format_html('{}<datalist id="{}"></datalist>', drawn, options)
