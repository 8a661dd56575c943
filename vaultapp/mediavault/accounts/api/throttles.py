"""How often somebody may try to sign in."""

import hashlib

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class AddressThrottle(SimpleRateThrottle):
    """Attempts of one address, whatever names it tries."""

    scope = "login-address"
    rate = "60/min"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return f"{self.scope}:{self.get_ident(request)}"


class AddressAndNameThrottle(SimpleRateThrottle):
    """Attempts of one address at one account; another address is not locked out by them."""

    scope = "login-name"
    rate = "10/min"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        name = request.data.get("username", "") if hasattr(request.data, "get") else ""
        # The serializer strips as well: white space would make further attempts at the same account.
        digest = hashlib.sha256(str(name).strip().casefold().encode("utf-8", "replace")).hexdigest()
        return f"{self.scope}:{self.get_ident(request)}:{digest}"
