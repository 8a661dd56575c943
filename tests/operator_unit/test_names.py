"""Names of children."""

import re

from hypothesis import given
from hypothesis import strategies as st

from mediavault_operator import names
from mediavault_operator.spec import limits

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


@given(vault_names, st.from_regex(limits.USERNAME, fullmatch=True).filter(lambda name: len(name) <= 150))
def test_the_secret_of_any_user_has_a_name_that_kubernetes_takes(vault: str, username: str) -> None:
    name = names.user_secret(vault, username)
    assert re.fullmatch(limits.SUBDOMAIN, name)
    assert len(name) <= limits.SUBDOMAIN_MAX


@given(st.from_regex(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True), vault_names)
def test_a_shared_database_has_a_name_that_postgresql_does_not_cut(namespace: str, vault: str) -> None:
    assert re.fullmatch(r"mv_[a-z0-9_]{1,60}", names.shared_database(namespace, vault))


def test_vaults_whose_names_run_together_have_databases_of_their_own() -> None:
    assert names.shared_database("a-b", "c") != names.shared_database("a", "b-c")


def test_users_whose_names_look_alike_have_secrets_of_their_own() -> None:
    alike = ("ann", "Ann", "ann-", "a.n", "a_n", "a-n", "---", "@@@", "n" * 150, "n" * 149)
    assert len({names.user_secret("photos", username) for username in alike}) == len(alike)
    assert names.user_secret("photos", "ann") == "photos-user-ann"


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
