"""What the demo leaves the user with: where the vault is, who may enter, and lines to paste."""

import shutil

from demo.reaching import FORWARDED_PORT, direct_url, forward_arguments
from demo.trying import MEDIA
from demo.vault import Vault
from images.recipe import REPOSITORY_ROOT
from launcher.cluster import Cluster, Source

_FOLDER = REPOSITORY_ROOT / "build" / "demo"
_CURL = _FOLDER / "curl"


def parting_words(cluster: Cluster, vault: Vault, video: int) -> str:
    """The closing text; the API token goes into a file that only its owner reads, for curl to use."""
    admin = vault.admin(cluster)
    _remember_token(admin.token)
    kubectl = _kubectl(cluster)
    secret = f"{kubectl} get secret {vault.secret} -n {vault.namespace}"
    forward: tuple[str, ...] = ()
    url = direct_url(cluster, vault)
    if not cluster.reachable:
        url = f"http://localhost:{FORWARDED_PORT}"
        forward = (
            f"First:     {kubectl} {' '.join(forward_arguments(cluster, vault, str(FORWARDED_PORT)))}",
        )
    curl = f"curl -K {_CURL.relative_to(REPOSITORY_ROOT)}"
    photo = (MEDIA / "grace-hopper.jpg").relative_to(REPOSITORY_ROOT)
    return "\n".join(
        (
            "",
            f"Your vault {vault.name} is running.",
            "",
            *forward,
            f"URL:       {url}",
            f"API:       {url}/api/docs/",
            f"User:      {admin.username}",
            f"Password:  {secret} -o jsonpath='{{.data.password}}' | base64 -d",
            f"Cluster:   {kubectl} get mediavaults",
            "",
            "Upload a photo; list the images, each with the address of its thumbnail; seek in the video:",
            "",
            f"{curl} -F file=@{photo} -F name=portrait-$(date +%s).jpg {url}/api/files/",
            f"{curl} '{url}/api/files/?type=image'",
            f"{curl} -r 200000-200999 -D - -o /dev/null {url}/api/files/{video}/stream/",
            "",
            "To remove it all: make demo-down",
        )
    )


def forget() -> None:
    """Remove what parting_words wrote."""
    shutil.rmtree(_FOLDER, ignore_errors=True)


def _remember_token(token: str) -> None:
    _FOLDER.mkdir(parents=True, exist_ok=True)
    _CURL.touch(mode=0o600)
    lines = (
        f'header = "Authorization: Token {token}"',
        "silent",
        "show-error",
        'write-out = "%{stderr}\\n"',
        "",
    )
    _CURL.write_text("\n".join(lines), encoding="utf-8")


def _kubectl(cluster: Cluster) -> str:
    """A kubectl command that works in the user's own shell, with the user's kubectl where there is one."""
    program = "kubectl" if shutil.which("kubectl") else shutil.which("kubectl", path=cluster.search_path)
    if cluster.source is Source.GIVEN:
        return str(program)
    return f"{program} --kubeconfig={cluster.kubeconfig}"
