"""Settings of the site under load: the house's own, with one more route (bench.routes)."""

from config.settings import *  # noqa: F403 the site's own settings, all of them

ROOT_URLCONF = "bench.routes"
