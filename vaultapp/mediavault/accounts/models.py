"""The user of a vault: Django's own, under a name of ours, so that it can grow without moving tables."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower


class User(AbstractUser):
    """One person or program that owns files; `Ann` and `ann` cannot be two of them."""

    is_declared = models.BooleanField(
        "declared", default=False, help_text="Whether the operator keeps this account at what a spec says."
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="accounts_user_username_folded",
                violation_error_message="A user with this name exists, in other upper and lower case.",
            )
        ]
