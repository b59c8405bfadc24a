"""One Django app for the whole house; the stages are plain packages inside it (docs/adr/0001)."""

from django.apps import AppConfig


class JiebanConfig(AppConfig):
    """The one app."""

    name = "jieban"
    label = "jieban"
    verbose_name = "接办"
    default_auto_field = "django.db.models.BigAutoField"
