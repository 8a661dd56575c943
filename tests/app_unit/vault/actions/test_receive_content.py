"""What is looked into while an upload waits, where the bytes are in a bucket."""

from contextlib import ExitStack
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from mediavault.accounts.models import User
from mediavault.config import S3Config
from mediavault.vault.actions.receive_content import receive_content
from mediavault.vault.media.examination import Examination, State
from mediavault.vault.storage import local
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.s3.store import SMALLEST_PART


@pytest.fixture(autouse=True)
def in_bucket(s3: S3Config, settings: Any) -> None:
    settings.S3 = s3


@pytest.fixture(scope="module")
def large_image() -> bytes:
    """An image of more than one part, which is therefore not on this machine any more."""
    result = BytesIO()
    Image.new("RGB", (2000, 1500), "red").save(result, "BMP")
    assert len(result.getvalue()) > SMALLEST_PART
    return result.getvalue()


def received(user: User, content: bytes) -> Examination:
    with media_store().create_temporary() as temporary:
        temporary.write(content)
        temporary.finish()
        found = receive_content(owner_id=user.pk, temporary=temporary, name="a").examination
    assert found is not None
    return found


def all_turns_taken(others: ExitStack) -> None:
    for _ in range(local.COPIES_AT_ONCE):
        others.enter_context(local.local_file(BytesIO(b"another's")))


def test_a_large_image_is_examined_at_once(ann: User, large_image: bytes) -> None:
    assert received(ann, large_image).state is State.READY


def test_an_image_that_has_waited_too_long_for_its_turn_is_left_to_a_worker(
    ann: User, large_image: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "PATIENCE_SECONDS", 0.01)
    with ExitStack() as others:
        all_turns_taken(others)
        assert received(ann, large_image) == Examination(State.PENDING)


@pytest.mark.parametrize(
    ("content", "state"), [(b"words " * SMALLEST_PART, State.READY), (bytes(9_000_000), State.UNSUPPORTED)]
)
def test_what_no_program_looks_into_waits_for_no_turn(ann: User, content: bytes, state: State) -> None:
    with ExitStack() as others:
        all_turns_taken(others)
        assert received(ann, content[: SMALLEST_PART + 1]).state is state
