"""The operator's settings."""

import pytest

from mediavault_operator.settings import InvalidSettings, OperatorSettings
from mediavault_operator.spec import PullPolicy

IMAGES = {"MEDIAVAULT_APP_IMAGE": "app:1", "MEDIAVAULT_POSTGRES_IMAGE": "postgres:17"}


def test_the_two_images_are_all_that_must_be_set() -> None:
    settings = OperatorSettings.from_env(IMAGES)
    assert settings.watch_namespaces == ()
    assert settings.defaults.image == "app:1"
    assert settings.defaults.database_image == "postgres:17"
    assert settings.defaults.image_pull_policy is PullPolicy.UNSET


def test_namespaces_are_a_list_without_order_and_blanks() -> None:
    settings = OperatorSettings.from_env({**IMAGES, "MEDIAVAULT_WATCH_NAMESPACES": "b, a,,b "})
    assert settings.watch_namespaces == ("a", "b")


def test_every_wrong_variable_is_named_at_once() -> None:
    environment = {
        "LOG_LEVEL": "LOUD",
        "MEDIAVAULT_IMAGE_PULL_POLICY": "Sometimes",
        "MEDIAVAULT_METRICS_PORT": "70000",
        "MEDIAVAULT_USAGE_SECONDS": "-1",
    }
    with pytest.raises(InvalidSettings) as raised:
        OperatorSettings.from_env(environment)
    named = {problem.split()[0] for problem in raised.value.problems}
    assert named == {*IMAGES, *environment}
