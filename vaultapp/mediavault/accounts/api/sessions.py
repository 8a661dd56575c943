"""The session that a browser needs: its <video> and <img> cannot send a token."""

from django.contrib.auth import login, logout
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mediavault.accounts.api.serializers import CredentialsSerializer, CsrfSerializer, UserSerializer
from mediavault.accounts.api.throttles import AddressAndNameThrottle, AddressThrottle
from mediavault.http.schema import problems
from mediavault.http.sessions import check_csrf


class CsrfView(APIView):
    """GET /api/auth/csrf/: sets the CSRF cookie and says its token."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(operation_id="auth_csrf", responses={200: CsrfSerializer}, auth=[])
    def get(self, request: Request) -> Response:
        return Response({"csrf_token": get_token(request._request)}, headers={"Cache-Control": "no-store"})


class LoginView(APIView):
    """POST /api/auth/login/: starts a session; the CSRF token changes with it."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [AddressThrottle, AddressAndNameThrottle]

    @extend_schema(
        operation_id="auth_login",
        request=CredentialsSerializer,
        responses={200: UserSerializer, **problems(400, 403, 413, 415, 429)},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        check_csrf(request._request)
        credentials = CredentialsSerializer(data=request.data, context={"request": request})
        credentials.is_valid(raise_exception=True)
        user = credentials.validated_data["user"]
        login(request._request, user)
        return Response(UserSerializer(user).data, headers={"Cache-Control": "no-store"})


class LogoutView(APIView):
    """POST /api/auth/logout/: ends the session; without one it changes nothing."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(operation_id="auth_logout", request=None, responses={204: None, **problems(403)}, auth=[])
    def post(self, request: Request) -> Response:
        check_csrf(request._request)
        logout(request._request)
        return Response(status=status.HTTP_204_NO_CONTENT)
