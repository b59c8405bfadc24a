"""WSGI entry of the site."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

# Only now are the settings there that the portal reads.
from jieban.portal import warm  # noqa: E402

warm.up()
