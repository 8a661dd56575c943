"""The vault's own tables, as a stock project would describe them."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """The vault's users."""

    class Meta:
        app_label = "stock"
        managed = False
        db_table = "accounts_user"


class File(models.Model):
    """The vault's files. `name_key` is what its indexes order names by."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE)
    folder_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=255)
    name_key = models.CharField(max_length=765)
    size = models.BigIntegerField()
    type = models.CharField(max_length=255)
    is_favorite = models.BooleanField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        app_label = "stock"
        managed = False
        db_table = "vault_file"

    def __str__(self) -> str:
        return self.name
