"""Chromium plays media from `stream` in HTML5 elements, on the session that a login gives."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response

from tenancy.vault import Tenant, TenantVault

pytestmark = [pytest.mark.node, pytest.mark.browser]

SEEK = """
async (seconds) => {
  const media = document.querySelector("video, audio");
  await new Promise((resolve, reject) => {
    media.onerror = () => reject(new Error(media.error.message));
    media.onloadedmetadata = resolve;
    media.load();
  });
  media.muted = true;
  await media.play();
  media.pause();
  const sought = new Promise((resolve) => { media.onseeked = resolve; });
  media.currentTime = seconds;
  await sought;
  await media.play();
  await new Promise((resolve) => { media.ontimeupdate = () => media.currentTime > seconds && resolve(); });
  return { time: media.currentTime, duration: media.duration, width: media.videoWidth || 0 };
}
"""


@pytest.fixture
def page(browser: Browser, tenant: Tenant, vault: TenantVault) -> Iterator[Page]:
    """A page of the vault's origin with nothing on it, signed in as the admin."""
    context = browser.new_context()
    page = context.new_page()
    admin = vault.secret(f"{vault.name}-admin")
    sign_in(page, tenant.url, admin["username"], admin["password"])
    page.route("**/player", lambda route: route.fulfill(content_type="text/html", body="<!doctype html>"))
    page.goto(f"{tenant.url}/player")
    yield page
    context.close()


def sign_in(page: Page, url: str, username: str, password: str) -> None:
    csrf = page.request.get(f"{url}/api/auth/csrf/").json()["csrf_token"]
    answer = page.request.post(
        f"{url}/api/auth/login/",
        data={"username": username, "password": password},
        headers={"X-CSRFToken": csrf, "Referer": url},
    )
    assert answer.ok, answer.text()


@pytest.mark.parametrize(("tag", "name"), [("video", "grace-hopper-pan.mp4"), ("audio", "two-bells.mp3")])
def test_media_play_and_seek_from_stream(
    page: Page, tenant: Tenant, media: Path, tag: str, name: str
) -> None:
    file = tenant.upload(media / name, name=f"played-{name}")
    answers: list[Response] = []
    page.on("response", lambda response: answers.append(response))
    page.set_content(f'<{tag} src="{tenant.url}/api/files/{file["id"]}/stream/" preload="auto"></{tag}>')
    target = 1.0 if tag == "audio" else 12.0
    played = page.evaluate(SEEK, target)
    assert played["time"] > target
    assert played["duration"] > target
    assert (played["width"] > 0) is (tag == "video")
    assert {answer.status for answer in answers if "/stream/" in answer.url} == {206}


def test_a_thumbnail_shows_in_an_image_element(page: Page, tenant: Tenant, media: Path) -> None:
    file = tenant.upload(media / "grace-hopper.jpg", name="shown.jpg")
    page.set_content(f'<img src="{file["thumbnail"]}">')
    page.wait_for_function("document.images[0].complete")
    assert page.evaluate("document.images[0].naturalWidth") > 0


def test_an_uploaded_page_never_runs_on_the_vaults_origin(page: Page, tenant: Tenant, tmp_path: Path) -> None:
    attack = tmp_path / "attack.html"
    attack.write_text("<script>document.title = 'ran'</script>", encoding="utf-8")
    file = tenant.upload(attack)
    with page.expect_download() as download:
        page.evaluate("(url) => { location = url }", f"{tenant.url}/api/files/{file['id']}/stream/")
    assert download.value.suggested_filename == "attack.html"
    assert page.title() != "ran"
