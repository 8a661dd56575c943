"""A real Chromium, and a vault on real pods for it to look at."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from launcher.cluster import Cluster
from tenancy.namespaces import restricted_namespace
from tenancy.vault import Tenant, TenantVault

# What keeps Chromium from calling its maker, which no test may depend on.
_QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    program = shutil.which("chromium")
    if program is None:
        sentence = "Chromium is missing: install the package chromium"
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    # Chromium refuses its own sandbox to root.
    arguments = [*_QUIET, "--no-sandbox"] if os.geteuid() == 0 else [*_QUIET]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def vault(installed: Cluster) -> Iterator[TenantVault]:
    """A vault that serves."""
    with restricted_namespace(installed) as namespace:
        vault = TenantVault(installed, namespace)
        vault.apply({"database": {"embedded": {}}})
        vault.wait()
        yield vault


@pytest.fixture
def tenant(vault: TenantVault) -> Iterator[Tenant]:
    """The tenant's way into the vault."""
    with vault.tenant() as tenant:
        yield tenant
