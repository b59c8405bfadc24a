"""Saved exports: a unit's own table of orders, by trade, area and period, taken again and again. docs/adr/0069."""
