"""The hold by which a backup keeps bytes from being removed while it copies them."""

from django.db import models
from django.utils import timezone


class Hold(models.Model):
    """A lease: where it is not renewed, because its backup was killed, it ends by itself."""

    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"until {self.until}"

    @classmethod
    def stands(cls) -> bool:
        """Whether all bytes must stay; to be asked in the transaction that would remove some."""
        return cls.objects.filter(until__gt=timezone.now()).exists()
