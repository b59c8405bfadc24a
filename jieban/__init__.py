"""Jieban 接办: a city's 12345 hotline and everything behind it."""

__version__ = "0.1.0"
