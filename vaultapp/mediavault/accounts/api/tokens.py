"""POST /api/auth/token/: a token for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework.authtoken.models import Token
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mediavault.accounts.api.serializers import CredentialsSerializer, TokenSerializer
from mediavault.accounts.api.throttles import AddressAndNameThrottle, AddressThrottle
from mediavault.http.schema import problems


class TokenView(APIView):
    """Answers the user's token, made at the first call."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [AddressThrottle, AddressAndNameThrottle]

    @extend_schema(
        operation_id="auth_token",
        request=CredentialsSerializer,
        responses={200: TokenSerializer, **problems(400, 413, 415, 429)},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        credentials = CredentialsSerializer(data=request.data, context={"request": request})
        credentials.is_valid(raise_exception=True)
        token, _ = Token.objects.get_or_create(user=credentials.validated_data["user"])
        return Response({"token": token.key}, headers={"Cache-Control": "no-store"})
