"""Which answers of the API server are worth another try."""

import pytest

from mediavault_operator.kube import errors


def error(code: int, **body: object) -> errors.ApiError:
    return errors.from_status(code, body, request="PATCH /x")


@pytest.mark.parametrize(
    ("code", "kind", "retry"),
    [
        (400, errors.Invalid, False),
        (401, errors.Unauthorized, True),
        (403, errors.Forbidden, True),
        (404, errors.NotFound, False),
        (409, errors.Conflict, True),
        (410, errors.Expired, True),
        (422, errors.Invalid, False),
        (429, errors.ServerBusy, True),
        (500, errors.ServerBusy, True),
        (503, errors.ServerBusy, True),
        (504, errors.ServerBusy, True),
    ],
)
def test_a_status_decides_whether_to_try_again(code: int, kind: type, retry: bool) -> None:
    found = error(code)
    assert (type(found), found.retry) == (kind, retry)


def test_a_namespace_on_its_way_out_is_not_tried_again() -> None:
    details = {"causes": [{"reason": "NamespaceTerminating"}]}
    assert type(error(403, reason="Forbidden", details=details)) is errors.NamespaceTerminating


def test_a_field_that_the_kind_lacks_is_not_tried_again_though_the_server_calls_it_its_own_error() -> None:
    found = error(500, message="failed to create typed patch object (a/b; apps/v1, Kind=Deployment): .spec.x")
    assert (type(found), found.reason, found.retry) == (errors.Invalid, "Invalid", False)


def test_a_taken_name_is_not_a_conflict_of_versions() -> None:
    assert type(error(409, reason="AlreadyExists")) is errors.AlreadyExists


def test_the_message_names_the_request_and_the_servers_words() -> None:
    assert str(error(422, message="spec.x: invalid")) == "PATCH /x: spec.x: invalid"


def test_of_several_errors_the_one_to_go_by_is_worth_a_try_and_waits_longest() -> None:
    soon = errors.ServerBusy("a", retry_after=1.0)
    late = errors.ServerBusy("b", retry_after=9.0)
    assert errors.worst([errors.Invalid("c", retry_after=99.0), soon, late]) is late


def test_people_are_told_the_servers_words_and_logs_the_request_too() -> None:
    error = errors.from_status(422, {"message": 'Secret "a" is invalid'}, request="PATCH /api/v1/x")
    assert error.said == 'Secret "a" is invalid'
    assert str(error) == 'PATCH /api/v1/x: Secret "a" is invalid'
