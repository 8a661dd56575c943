"""Which release may take up a database that others have prepared."""

import pytest

from mediavault.preparation.releases import (
    Releases,
    ReleaseUnsupported,
    known_releases,
    record_release,
    refuse_unsupported,
)


@pytest.mark.parametrize(
    ("own", "last", "newest"),
    [
        ("0.1.0", "", ""),
        ("0.1.3", "0.1.0", "0.1.0"),
        ("0.1.0", "0.1.3", "0.1.3"),
        ("0.2.0", "0.1.9", "0.1.9"),
        ("1.0.0", "0.7.2", "0.7.2"),
        ("0.1.0", "0.2.0", "0.2.0"),
        ("0.7.0", "1.0.0", "1.0.0"),
        ("0.2.1", "0.1.0", "0.2.0"),
        ("0.10.0", "0.9.0", "0.9.0"),
    ],
)
def test_the_next_release_and_the_one_before_are_taken(own: str, last: str, newest: str) -> None:
    refuse_unsupported(own, Releases(last=last, newest=newest))


@pytest.mark.parametrize(
    ("own", "last", "newest", "told"),
    [
        (
            "0.3.0",
            "0.1.4",
            "0.1.4",
            "cannot take up a database of 0.1.4.*next is 0.2, or 1.0 after the last 0.x",
        ),
        ("1.1.0", "0.9.0", "0.9.0", "next is 0.10, or 1.0 after"),
        ("0.1.0", "0.3.0", "0.3.0", "by release 0.3.0 and cannot go back to 0.1.0: use an image of 0.3"),
        ("0.1.0", "0.2.0", "0.3.0", "cannot go back to 0.1.0"),
        ("0.9.0", "1.1.0", "1.1.0", "cannot go back to 0.9.0"),
        # What was taken back by one may not skip the release that it came from.
        ("0.3.0", "0.1.0", "0.2.0", "cannot take up a database of 0.1.0"),
    ],
)
def test_a_release_further_off_is_refused_with_the_way_to_go(
    own: str, last: str, newest: str, told: str
) -> None:
    with pytest.raises(ReleaseUnsupported, match=told):
        refuse_unsupported(own, Releases(last=last, newest=newest))


@pytest.mark.django_db
def test_a_database_remembers_who_prepared_it_last_and_the_newest() -> None:
    assert known_releases() == Releases()
    for version in ("0.9.0", "0.10.0", "0.9.1"):
        record_release(version)
    assert known_releases() == Releases(last="0.9.1", newest="0.10.0")
    record_release("0.10.0")
    assert known_releases() == Releases(last="0.10.0", newest="0.10.0")
