"""What can be wrong with a change of the vault, in words for the person who asked for it."""


class VaultError(Exception):
    """Any refusal by the vault's own rules."""


class FieldError(VaultError):
    """A value that cannot be used; `field` names it as the API does, `sentence` says why and what to do."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field = field
        self.sentence = sentence


class NameTaken(VaultError):
    """Another file or folder of the same folder has the name already, but for case and Unicode form."""

    def __init__(self, *, name: str, kind: str, existing_id: int) -> None:
        super().__init__(f"There is already a {kind} named {name!r} here.")
        self.kind = kind
        self.existing_id = existing_id


class Gone(VaultError):
    """The file or folder was deleted while the request was under way."""


class ChecksumMismatch(VaultError):
    """The bytes that came are not those that the client speaks of; `field` is where it said so."""

    def __init__(self, *, field: str, told: str, found: str) -> None:
        super().__init__(f"The bytes that arrived have the SHA-256 {found}, not {told}.")
        self.field = field


class Changed(VaultError):
    """The file is not the one any more that the client's condition speaks of."""


class UploadBusy(VaultError):
    """Another request writes to the upload at this moment."""


class UploadExpired(VaultError):
    """Nobody has gone on with the upload in time."""


class OffsetMismatch(VaultError):
    """The bytes do not belong where the upload has come to, which is `offset`, if that is known."""

    def __init__(self, offset: int | None) -> None:
        super().__init__("The upload has come to another offset; ask for it by HEAD.")
        self.offset = offset


class PartMismatch(VaultError):
    """The part of an upload that arrived does not have the checksum that came with it."""


class WholeMismatch(VaultError):
    """The whole of an upload does not have the SHA-256 that it began with."""


class ScanRefused(VaultError):
    """The administrator's scanner refuses the bytes; what it said of them is for the log alone."""


class ScanFailed(VaultError):
    """The administrator's scanner could not tell whether the bytes are harmless."""


class WrongVersion(VaultError):
    """The request does not speak tus as it is spoken here."""
