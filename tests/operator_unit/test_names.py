"""Names of children."""

from hypothesis import given
from hypothesis import strategies as st

from mediavault_operator import names

vault_names = st.from_regex(names.VAULT_NAME_PATTERN, fullmatch=True).filter(
    lambda name: len(name) <= names.VAULT_NAME_MAX
)
MAKERS = (
    names.deployment,
    names.service,
    names.service_account,
    names.network_policy,
    names.pod_disruption_budget,
    names.django_secret,
    names.admin_secret,
    names.database_secret,
    names.media_claim,
    names.database,
)


@given(vault_names)
def test_every_child_name_fits_a_dns_label(vault: str) -> None:
    every = [make(vault) for make in MAKERS] + [names.migration_job(vault, "0123456789")]
    assert all(len(name) <= 63 for name in every)


@given(vault_names)
def test_a_selector_holds_only_the_two_labels_that_never_change(vault: str) -> None:
    assert set(names.selector(vault, names.WEB)) == {names.VAULT_LABEL, names.COMPONENT_LABEL}
    assert names.selector(vault, names.WEB).items() <= names.labels(vault, names.WEB).items()


def test_the_selector_reads_as_kubectl_takes_it() -> None:
    expected = "mediavault.io/vault=photos,app.kubernetes.io/component=web"
    assert names.selector_text("photos", names.WEB) == expected


def test_an_object_without_both_marks_is_not_ours() -> None:
    marks = names.labels("photos", names.WEB)
    assert names.belongs_to({"metadata": {"labels": marks}}, "photos")
    assert not names.belongs_to({"metadata": {"labels": marks}}, "films")
    assert not names.belongs_to({"metadata": {"labels": {names.VAULT_LABEL: "photos"}}}, "photos")
    assert not names.belongs_to({"metadata": {}}, "photos")
