"""What kopf is told: never to give up on an API server that is away."""

from itertools import islice

from mediavault_operator.framework import kopf_settings


def test_an_api_server_that_is_away_for_long_does_not_end_the_operator() -> None:
    delays = kopf_settings().networking.error_backoffs
    for _ in range(2):
        waited = list(islice(iter(delays), 1000))  # type: ignore[arg-type]
        assert len(waited) == 1000
        assert max(waited) <= 5
