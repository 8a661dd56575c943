"""What counts as a SHA-256 that a client tells."""

import base64
import hashlib

import pytest

from mediavault.http.digests import InvalidDigest, from_headers, from_hexadecimal

SHA256 = hashlib.sha256(b"x").hexdigest()
TOLD = base64.b64encode(bytes.fromhex(SHA256)).decode()


@pytest.mark.parametrize(
    "value",
    [
        f"sha-256=:{TOLD}:",
        f"md5=:AAAA:, sha-256=:{TOLD}:",
        f"sha-256=:{TOLD}:, sha-512=:AAAA:",
        f"sha-256=:{TOLD}:;a=1",
    ],
)
def test_the_sha256_is_found_among_others(value: str) -> None:
    assert from_headers({"Repr-Digest": value}) == {"Repr-Digest": SHA256}
    assert from_headers({"Content-Digest": value}) == {"Content-Digest": SHA256}


@pytest.mark.parametrize("value", ["", "md5=:AAAA:", "sha-512=:AAAA:", "nonsense"])
def test_other_algorithms_and_nonsense_say_nothing(value: str) -> None:
    assert from_headers({"Repr-Digest": value}) == {}


@pytest.mark.parametrize("value", ["sha-256=", "sha-256=:AAAA:", "sha-256=AAAA", "sha-256=:!:", "sha-256=::"])
def test_a_sha256_that_is_none_is_refused_by_the_headers_name(value: str) -> None:
    with pytest.raises(InvalidDigest) as refused:
        from_headers({"Content-Digest": value})
    assert refused.value.field == "Content-Digest"


def test_hexadecimal_text_is_taken_in_either_case() -> None:
    assert from_hexadecimal(SHA256.upper(), field="sha256") == SHA256


@pytest.mark.parametrize("text", ["", SHA256[1:], SHA256 + "0", "g" * 64, "٣" * 64])
def test_other_text_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(InvalidDigest) as refused:
        from_hexadecimal(text, field="sha256")
    assert refused.value.field == "sha256"
