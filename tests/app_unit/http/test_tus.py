"""What tus's headers may say."""

import base64

import pytest

from mediavault.http import tus


def b64(text: bytes) -> str:
    return base64.b64encode(text).decode()


def test_metadata_is_text_by_key() -> None:
    told = f"filename {b64('bäch.jpg'.encode())},is_favorite, folder {b64(b'7')}"
    assert tus.metadata({"Upload-Metadata": told}) == {
        "filename": "bäch.jpg",
        "is_favorite": "",
        "folder": "7",
    }
    assert tus.metadata({}) == tus.metadata({"Upload-Metadata": ""}) == {}


@pytest.mark.parametrize("told", ["filename !", f"a {b64(b'1')},a {b64(b'2')}", "a /w==", "a b c"])
def test_other_metadata_is_refused(told: str) -> None:
    with pytest.raises(tus.InvalidHeader):
        tus.metadata({"Upload-Metadata": told})


@pytest.mark.parametrize("text", ["", "-1", "1.5", "x", "٣", "9" * 19, "9" * 5000])
def test_a_number_is_a_number_of_bytes(text: str) -> None:
    with pytest.raises(tus.InvalidHeader):
        tus.number({"Upload-Offset": text}, "Upload-Offset")
    assert tus.number({"Upload-Offset": "00017"}, "Upload-Offset") == 17


def test_the_length_is_told_or_put_off() -> None:
    assert tus.length({"Upload-Length": "5"}) == 5
    assert tus.length({"Upload-Defer-Length": "1"}) is None
    for wrong in ({}, {"Upload-Length": "5", "Upload-Defer-Length": "1"}, {"Upload-Defer-Length": "2"}):
        with pytest.raises(tus.InvalidHeader):
            tus.length(wrong)


@pytest.mark.parametrize("algorithm", tus.ALGORITHMS)
def test_a_checksum_has_an_algorithm_and_its_size(algorithm: str) -> None:
    size = {"sha1": 20, "sha256": 32, "md5": 16}[algorithm]
    told = tus.checksum({"Upload-Checksum": f"{algorithm} {b64(bytes(size))}"})
    assert told == tus.Checksum(algorithm, bytes(size))
    with pytest.raises(tus.InvalidHeader):
        tus.checksum({"Upload-Checksum": f"{algorithm} {b64(bytes(size - 1))}"})


@pytest.mark.parametrize("told", ["", "crc32 AAAA", "sha1", "sha1 !", "sha1 "])
def test_other_checksums_are_refused(told: str) -> None:
    with pytest.raises(tus.InvalidHeader):
        tus.checksum({"Upload-Checksum": told})
