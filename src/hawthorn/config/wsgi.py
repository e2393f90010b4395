"""The WSGI door."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from hawthorn.config.whole import whole

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hawthorn.config.settings")
application = whole(get_wsgi_application())
