"""Django's settings: what depends on the place of running comes from AppConfig, and is only renamed here."""

import os
from typing import Any

from mediavault.config import AppConfig
from mediavault.logs import logging_config

CONFIG = AppConfig.from_env(os.environ)

SECRET_KEY = CONFIG.secret_key
ALLOWED_HOSTS = list(CONFIG.allowed_hosts)
CSRF_TRUSTED_ORIGINS = list(CONFIG.csrf_trusted_origins)
# On PostgreSQL "closed" at the end of a request means given back to the pool of mediavault.database.
DATABASES: dict[str, dict[str, Any]] = {"default": {**CONFIG.database, "CONN_MAX_AGE": 0}}
MEDIA_ROOT = CONFIG.media_root
S3 = CONFIG.s3
MEDIA_URL = CONFIG.media_url
DATA_UPLOAD_MAX_MEMORY_SIZE = CONFIG.data_upload_max_memory_size
FILE_UPLOAD_MAX_MEMORY_SIZE = CONFIG.file_upload_max_memory_size
WEB_THREADS = CONFIG.web_threads
MAX_UPLOAD_SIZE = CONFIG.max_upload_size
ZIP_MAX_ENTRIES = CONFIG.zip_max_entries
SCAN_COMMAND = CONFIG.scan_command
SCAN_SECONDS = CONFIG.scan_seconds
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
DATA_UPLOAD_MAX_NUMBER_FILES = 10
# Only the view that takes files replaces this, and only once it knows who is asking.
FILE_UPLOAD_HANDLERS = ["mediavault.vault.storage.uploads.RefusingUploadHandler"]

DEBUG = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "mediavault.urls"
WSGI_APPLICATION = "mediavault.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "mediavault.accounts",
    "mediavault.vault",
]
MIDDLEWARE = [
    "mediavault.http.draining.DrainUnreadBody",
    "mediavault.http.requests.RequestIdMiddleware",
    "mediavault.http.access.AccessMiddleware",
    "mediavault.http.requests.HeadMiddleware",
    "mediavault.http.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "mediavault.http.requests.ContentLengthMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
if CONFIG.front_socket:
    # Nobody but the front reaches that socket, so what it says of a client is believed; elsewhere nobody is.
    MIDDLEWARE.insert(0, "mediavault.http.front.FrontMiddleware")
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
# The throttles count here; a small cache would let an attacker push their own counters out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

SECURE_PROXY_SSL_HEADER = (
    ("HTTP_" + CONFIG.secure_proxy_ssl_header.upper().replace("-", "_"), "https")
    if CONFIG.secure_proxy_ssl_header
    else None
)
SECURE_HSTS_SECONDS = CONFIG.secure_hsts_seconds
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CONFIG.session_cookie_secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = CONFIG.session_cookie_secure
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "mediavault.http.errors.csrf_failure"

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "mediavault.accounts.api.authentication.TokenAuthentication",
        "mediavault.http.sessions.HeaderCsrfSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["mediavault.http.parsers.FlatJSONParser", "rest_framework.parsers.FormParser"],
    "DEFAULT_PAGINATION_CLASS": "mediavault.http.pagination.LinkPagination",
    "DEFAULT_SCHEMA_CLASS": "mediavault.http.schema.Description",
    "EXCEPTION_HANDLER": "mediavault.http.exceptions.handle_exception",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "NUM_PROXIES": CONFIG.num_proxies,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "MediaVault",
    "DESCRIPTION": "Files and folders of one vault. Every answer holds only what the asking user owns.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "mediavault.http.schema.every_operation",
    ],
    "ENUM_NAME_OVERRIDES": {"Kind": ["file", "folder"]},
}

LOGGING = logging_config(form=CONFIG.log_format, level=CONFIG.log_level)
