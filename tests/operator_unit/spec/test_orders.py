"""What is ordered by annotations."""

from mediavault_operator.spec import is_paused
from mediavault_operator.spec.orders import restarted_at


def annotated(**annotations: object) -> dict[str, object]:
    named = {f"mediavault.io/{key.replace('_', '-')}": value for key, value in annotations.items()}
    return {"metadata": {"annotations": named}}


def test_only_true_pauses_a_vault() -> None:
    assert is_paused(annotated(paused="true"))
    assert not any(is_paused(annotated(paused=word)) for word in ("false", "", "True", "yes", True))


def test_a_vault_without_annotations_has_no_orders() -> None:
    odd: list[dict[str, object]] = [{}, {"metadata": {"annotations": None}}, {"metadata": "none"}]
    for body in odd:
        assert (is_paused(body), restarted_at(body)) == (False, "")


def test_a_restart_is_any_text() -> None:
    assert restarted_at(annotated(restarted_at="once more")) == "once more"
