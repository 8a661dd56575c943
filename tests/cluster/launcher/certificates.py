"""The keys and certificates of one cluster, made by openssl: one authority signs them all."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from launcher.progress import LauncherError

_DAYS = "3650"
# As RFC 5280 has it: clients on Python 3.13 and newer refuse what leaves these out.
_LEAF = """\
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=clientAuth,serverAuth
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
"""
_CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@dataclass(frozen=True)
class Certificate:
    """A key and its certificate, both PEM files."""

    key: Path
    certificate: Path


@dataclass(frozen=True)
class Authority:
    """Signs certificates into its folder; what stands there already is used again."""

    folder: Path

    @property
    def own(self) -> Certificate:
        """The authority's own pair."""
        return self._pair("authority")

    def prepare(self) -> None:
        """Make the authority itself."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.own.certificate.exists():
            return
        fresh = self._pair("authority.fresh")
        _openssl(
            *("req", "-x509", *_CURVE, "-days", _DAYS, "-subj", "/CN=mediavault-test-authority"),
            *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
            *("-keyout", str(fresh.key), "-out", str(fresh.certificate)),
        )
        fresh.key.replace(self.own.key)
        fresh.certificate.replace(self.own.certificate)

    @property
    def service_accounts(self) -> Certificate:
        """The pair that signs the tokens of service accounts, and proves them."""
        return self.sign("service-accounts", user="service-accounts")

    def sign(
        self,
        name: str,
        *,
        user: str,
        group: str = "",
        hosts: Sequence[str] = (),
        addresses: Sequence[str] = (),
    ) -> Certificate:
        """A certificate for this user and group, valid as a client and as a server of these hosts."""
        pair = self._pair(name)
        if pair.certificate.exists():
            return pair
        subject = (f"/O={group}" if group else "") + f"/CN={user}"
        names = [*(f"DNS:{host}" for host in hosts), *(f"IP:{address}" for address in addresses)]
        alternative = f"subjectAltName={','.join(names)}\n" if names else ""
        extensions = self.folder / f"{name}.extensions"
        extensions.write_text(f"{_LEAF}{alternative}", encoding="utf-8")
        request = self.folder / f"{name}.request"
        _openssl("req", "-new", *_CURVE, "-subj", subject, "-keyout", str(pair.key), "-out", str(request))
        _openssl(
            *("x509", "-req", "-in", str(request), "-days", _DAYS, "-extfile", str(extensions)),
            *("-CA", str(self.own.certificate), "-CAkey", str(self.own.key), "-CAcreateserial"),
            *("-out", str(pair.certificate)),
        )
        return pair

    def _pair(self, name: str) -> Certificate:
        return Certificate(key=self.folder / f"{name}.key", certificate=self.folder / f"{name}.crt")


def _openssl(*arguments: str) -> None:
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise LauncherError(f"openssl {arguments[0]} failed: {done.stderr.strip()}")
