"""All settings of the site. What may differ by place comes from the environment and fails loudly when wrong."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import env

ROOT = Path(__file__).resolve().parent.parent
JIEBAN_HOME = env.folder("JIEBAN_HOME", ROOT / "var")

DEBUG = env.flag("JIEBAN_DEBUG", False)
SECRET_KEY = env.secret("JIEBAN_SECRET_KEY", JIEBAN_HOME / "secret.key").hex()
JIEBAN_KEY = env.secret("JIEBAN_KEY", JIEBAN_HOME / "data.key")
JIEBAN_CIPHER = env.choice("JIEBAN_CIPHER", "aes", ("aes", "sm4"))
ALLOWED_HOSTS = env.words("JIEBAN_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.words("JIEBAN_ORIGINS", [])
# Behind a proxy that ends TLS: cookies only over HTTPS, HSTS, redirect.
JIEBAN_TLS = env.flag("JIEBAN_TLS", False)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "ninja",
    "jieban.apps.JiebanConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "jieban.portal.errors.Sentences",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "jieban" / "portal" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "builtins": ["django.templatetags.i18n", "jieban.portal.templatetags.face"],
            "libraries": {"face": "jieban.portal.templatetags.face"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jieban.portal.context.frame",
            ],
        },
    }
]

_SQLITE = {
    # One writer at a time, taken at BEGIN: no transaction ever fails half-way for a lock it could have asked for.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536;"
    ),
}

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{JIEBAN_HOME / 'jieban.sqlite3'}",
        conn_max_age=600,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = _SQLITE
elif not DATABASES["default"]["ENGINE"].endswith("postgresql"):
    raise ImproperlyConfigured(
        "DATABASE_URL must begin with sqlite:/// or postgres://; no other database is supported."
    )

_REDIS = os.environ.get("REDIS_URL", "")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _REDIS}
        if _REDIS
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "jieban"}
    )
}

AUTH_USER_MODEL = "jieban.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CSRF_FAILURE_VIEW = "jieban.portal.errors.stale_form"
MESSAGE_TAGS = {20: "info", 25: "good", 30: "warn", 40: "bad"}
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_AGE = int(timedelta(hours=9).total_seconds())
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = JIEBAN_TLS
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if JIEBAN_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if JIEBAN_TLS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Five wrong passwords for one name from one address close that pair for a quarter of an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "desk/locked.html"
AXES_VERBOSE = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "jieban" / "locale"]
USE_I18N = True
TIME_ZONE = os.environ.get("JIEBAN_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = JIEBAN_HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
_VENDOR = env.existing(JIEBAN_HOME / "vendor", ROOT / "var" / "vendor")[:1]
STATICFILES_DIRS = [ROOT / "jieban" / "portal" / "static", *(("vendor", folder) for folder in _VENDOR)]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MANIFEST_STRICT = False

# Files: at most nine a form, 20 MB each; the kinds are checked by content in intake (docs/settings.md).
DATA_UPLOAD_MAX_NUMBER_FILES = 9
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
JIEBAN_FILE_MAX = env.number("JIEBAN_FILE_MAX", 20 * 1024 * 1024)

# Filings a minute and identity (address for the public, key for systems); 0 switches the limit off.
JIEBAN_FILE_RATE = env.number("JIEBAN_FILE_RATE", 20)
JIEBAN_TRACK_RATE = env.number("JIEBAN_TRACK_RATE", 30)
# How often the worker brings the lake up to date, in seconds; 0 leaves it to `jieban lake sync`.
JIEBAN_LAKE_EVERY = env.number("JIEBAN_LAKE_EVERY", 300)
# Open data: whether the worker releases it each month, and by which numbers (docs/open-data.md).
JIEBAN_OPEN_DATA = env.flag("JIEBAN_OPEN_DATA", False)
JIEBAN_OPEN_CELL = env.number("JIEBAN_OPEN_CELL", 10)
JIEBAN_OPEN_SAMPLE = env.number("JIEBAN_OPEN_SAMPLE", 30)
JIEBAN_OPEN_LAG = env.number("JIEBAN_OPEN_LAG", 30)
JIEBAN_OPEN_RATE = env.number("JIEBAN_OPEN_RATE", 60)
# Exports an hour and person.
JIEBAN_EXPORT_RATE = env.number("JIEBAN_EXPORT_RATE", 30)
JIEBAN_SMS_FILE = env.folder("JIEBAN_SMS", JIEBAN_HOME / "sms")
# Dial by click, and the key whose holder may bring in what citizens answer by SMS.
JIEBAN_DIAL_URL = env.address("JIEBAN_DIAL_URL")
JIEBAN_DIAL_SECRET = os.environ.get("JIEBAN_DIAL_SECRET", "")
if JIEBAN_DIAL_URL and len(JIEBAN_DIAL_SECRET) < 16:
    raise ImproperlyConfigured("JIEBAN_DIAL_SECRET needs at least 16 characters where JIEBAN_DIAL_URL is set.")
JIEBAN_SMS_KEY = os.environ.get("JIEBAN_SMS_KEY", "")
JIEBAN_PUBLIC_URL = os.environ.get("JIEBAN_PUBLIC_URL", "http://127.0.0.1:8000")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("JIEBAN_LOG", "WARNING")},
}
