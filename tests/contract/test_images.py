"""What stands in two places about the images: Dockerfiles, .dockerignore, locks, and tags made from them."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from images.recipe import APP, OPERATOR, POSTGRES, RECIPES, REPOSITORY_ROOT, Recipe, content_tag, copied_paths

OWN = (OPERATOR, APP)


@pytest.fixture(params=OWN, ids=lambda recipe: recipe.name)
def recipe(request: pytest.FixtureRequest) -> Recipe:
    own: Recipe = request.param
    return own


@pytest.fixture
def copy_of_app(tmp_path: Path) -> Recipe:
    for source in ("requirements", "vaultapp"):
        shutil.copytree(REPOSITORY_ROOT / source, tmp_path / source)
    shutil.copy(APP.dockerfile, tmp_path)
    return replace(APP, dockerfile=tmp_path / APP.dockerfile.name, context=tmp_path)


def instructions(recipe: Recipe, name: str) -> list[str]:
    return re.findall(rf"^{name} (.*)$", recipe.dockerfile.read_text("utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("recipe", "copied"),
    [
        (OPERATOR, ("requirements/operator.txt", "operator/")),
        (APP, ("requirements/app.txt", "vaultapp/")),
        (POSTGRES, ("docker-entrypoint.sh",)),
    ],
    ids=lambda value: value.name if isinstance(value, Recipe) else "",
)
def test_an_image_gets_its_own_folder_and_lock_and_nothing_else(
    recipe: Recipe, copied: tuple[str, ...]
) -> None:
    assert copied_paths(recipe.dockerfile.read_text("utf-8")) == copied


def test_what_is_copied_passes_the_ignore_file(recipe: Recipe) -> None:
    rules = (REPOSITORY_ROOT / ".dockerignore").read_text("utf-8").splitlines()
    folders = {path.partition("/")[0] for path in copied_paths(recipe.dockerfile.read_text("utf-8"))}
    assert rules[1] == "*"
    assert {f"!{folder}" for folder in folders} <= set(rules)


def test_an_image_stands_on_the_official_slim_image_unless_told_otherwise(recipe: Recipe) -> None:
    assert instructions(recipe, "ARG")[0] == "BASE_IMAGE=python:3.13-slim"
    first, *stages = instructions(recipe, "FROM")
    assert first == "${BASE_IMAGE} AS base"
    assert {stage.partition(" AS ")[0] for stage in stages} == {"base"}
    assert stages[-1] == "base AS runtime"


def test_an_image_runs_as_a_user_that_kubernetes_can_see_is_not_root(recipe: Recipe) -> None:
    assert instructions(recipe, "USER") == ["10001:10001"]


def test_an_image_installs_only_what_its_lock_has_hashes_of(recipe: Recipe) -> None:
    assert "--require-hashes" in recipe.dockerfile.read_text("utf-8")
    lock = recipe.context / copied_paths(recipe.dockerfile.read_text("utf-8"))[0]
    pins = re.split(r"^(?=\S)", lock.read_text("utf-8"), flags=re.MULTILINE)[1:]
    assert pins
    assert [pin for pin in pins if "--hash=sha256:" not in pin] == []


def test_the_two_dockerfiles_are_built_for_both_platforms() -> None:
    bake = (REPOSITORY_ROOT / "docker-bake.hcl").read_text("utf-8")
    assert 'platforms = ["linux/amd64", "linux/arm64"]' in bake
    assert {recipe.dockerfile.name for recipe in OWN} == set(re.findall(r'dockerfile = "(.*)"', bake))


def test_the_same_content_has_the_same_tag(copy_of_app: Recipe) -> None:
    assert content_tag(copy_of_app, "base") == content_tag(APP, "base")


@pytest.mark.parametrize(
    "changed", ["Dockerfile.app", "requirements/app.txt", "vaultapp/mediavault/__init__.py"]
)
def test_a_change_of_any_source_changes_the_tag(copy_of_app: Recipe, changed: str) -> None:
    before = content_tag(copy_of_app, "base")
    with (copy_of_app.context / changed).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    assert content_tag(copy_of_app, "base") != before


def test_another_base_changes_every_tag() -> None:
    assert all(content_tag(recipe, "one") != content_tag(recipe, "other") for recipe in RECIPES)


@pytest.mark.parametrize("ignored", ["mediavault/__pycache__/x.pyc", ".env", "mediavault/.cache/notes"])
def test_what_reaches_no_image_leaves_the_tag_alone(copy_of_app: Recipe, ignored: str) -> None:
    before = content_tag(copy_of_app, "base")
    stray = copy_of_app.context / "vaultapp" / ignored
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_text("stray", encoding="utf-8")
    assert content_tag(copy_of_app, "base") == before
