"""Template tags of every face."""

from django import template

register = template.Library()
