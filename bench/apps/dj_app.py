"""A peer: Django's admin for users, django-constance for settings; also its ``manage.py``."""

import os
import sys
import types
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings

SECTIONS = 10
URLS = "dj_urls"
PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]


def _setting(number: int) -> tuple[Any, str, type]:
    limit = f'{{"limit": {number}}}'
    value = (f"text value {number}", number, number // 4 % 2 == 0, limit)[number % 4]
    return value, f"What item {number} is for", type(value)


def _name(number: int) -> str:
    return f"section_{number % SECTIONS}_item_{number}"


def _section(number: int) -> list[str]:
    return [_name(item) for item in range(1, 501) if item % SECTIONS == number]


address = urlsplit(os.environ["BENCH_DSN"])
SETTINGS = {_name(number): _setting(number) for number in range(1, 501)}
settings.configure(
    DEBUG=False,
    SECRET_KEY="bench-secret",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=URLS,
    USE_TZ=True,
    STATIC_URL="/static/",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": address.path[1:],
            "USER": address.username,
            "HOST": address.hostname,
            "PORT": address.port,
            "CONN_MAX_AGE": 600,
        }
    },
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "constance",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": PROCESSORS},
        }
    ],
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    CONSTANCE_BACKEND="constance.backends.database.DatabaseBackend",
    CONSTANCE_CONFIG=SETTINGS,
    CONSTANCE_CONFIG_FIELDSETS={
        f"section_{number}": _section(number) for number in range(SECTIONS)
    },
)
django.setup()

# What follows needs the applications that have just been set up.
from constance import config
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.urls import path

admin.autodiscover()
admin.site.unregister(User)


@admin.register(User)
class PeopleAdmin(UserAdmin):
    """Users with their groups."""

    list_per_page = 50
    list_display = ("username", "email", "first_name", "last_name", "is_staff", "roles")
    search_fields = ("username", "email")

    def get_queryset(self, request: Any) -> Any:
        """Read the groups of all users of a page at once."""
        return super().get_queryset(request).prefetch_related("groups")

    def roles(self, user: Any) -> str:
        """Return the names of a user's groups."""
        return ", ".join(group.name for group in user.groups.all())


def store_settings() -> None:
    """Write every setting into the database, as it would be after a while."""
    for name, (value, _, _) in SETTINGS.items():
        setattr(config, name, value)


urls = types.ModuleType(URLS)
urls.urlpatterns = [path("admin/", admin.site.urls)]
sys.modules[URLS] = urls
app = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
