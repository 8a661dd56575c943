"""The WSGI application that gunicorn serves: `mediavault.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediavault.settings")

application = get_wsgi_application()
