"""The routes under /api/auth/."""

from django.urls import path

from mediavault.accounts.api.sessions import CsrfView, LoginView, LogoutView
from mediavault.accounts.api.tokens import TokenView
from mediavault.accounts.api.users import CurrentUserView

urlpatterns = [
    path("token/", TokenView.as_view(), name="auth-token"),
    path("csrf/", CsrfView.as_view(), name="auth-csrf"),
    path("login/", LoginView.as_view(), name="auth-login"),
    path("logout/", LogoutView.as_view(), name="auth-logout"),
    path("user/", CurrentUserView.as_view(), name="auth-user"),
]
