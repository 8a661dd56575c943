"""GET /api/auth/user/: who the server takes the asker for."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mediavault.accounts.api.serializers import UserSerializer
from mediavault.accounts.models import User
from mediavault.http.schema import problems


class CurrentUserView(APIView):
    """The user of the token or session."""

    @extend_schema(operation_id="auth_user", responses={200: UserSerializer, **problems(401)})
    def get(self, request: Request) -> Response:
        return Response(UserSerializer(cast(User, request.user)).data)
