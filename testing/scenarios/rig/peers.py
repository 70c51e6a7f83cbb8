# SPDX-License-Identifier: GPL-2.0-or-later
"""The implementations that a host can run: ours, libreswan (the one ours is compared with) and strongSwan."""

from __future__ import annotations

import os
import shutil
import time
from abc import ABC, abstractmethod
from pathlib import Path

from . import keys as keypairs
from . import pki, zone
from .lab import Host, LabError, Output
from .swanctl import swanctl

CACHE = Path(os.environ.get("JSWAN_TESTING_CACHE", "/var/cache/jswan-testing"))
POLICIES = "private private-or-clear clear clear-or-private block"


class Implementation(ABC):
    """One host's IKE daemon. `speaks_pluto` tells whether ipsec, whack and auto are there."""

    speaks_pluto = True

    def __init__(self, host: Host) -> None:
        self.host = host

    @abstractmethod
    def configure(self, conf: str, secrets: str) -> None:
        """Puts the files in place; `conf` and `secrets` are in the syntax of ipsec.conf and ipsec.secrets."""

    @abstractmethod
    def start(self) -> Output: ...

    @abstractmethod
    def stop(self) -> Output: ...

    @abstractmethod
    def up(self, connection: str) -> Output: ...

    @abstractmethod
    def down(self, connection: str) -> Output: ...

    @abstractmethod
    def process(self) -> int | None:
        """The daemon's process id as this process sees it, None if it does not run."""

    def bury(self) -> None:
        """What is done once the daemon has died and before it starts again."""
        self.host.must("ip xfrm policy flush; ip xfrm state flush")

    def log(self) -> Path:
        return self.host.folder / "pluto.log"

    def _find(self, names: tuple[str, ...]) -> int | None:
        """The one process in the host's pid namespace that goes by one of these names."""
        mine = os.readlink(f"/proc/{self.host.pid}/ns/pid")
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if os.readlink(entry / "ns/pid") != mine or (entry / "comm").read_text().strip() not in names:
                    continue
                if (entry / "stat").read_text().rpartition(") ")[2][0] != "Z":
                    return int(entry.name)
            except OSError:
                continue  # it has just ended
        return None


class PlutoLike(Implementation):
    """What ours and libreswan have in common: everything that a user sees."""

    def configure(self, conf: str, secrets: str) -> None:
        folder = self.host.folder
        etc = folder / "ipsec.d"
        (etc / "policies").mkdir(parents=True)
        for name in POLICIES.split():
            (etc / "policies" / name).write_text("")
        state = folder / "var"
        if keypairs.mentioned(conf):
            shutil.copytree(keypairs.database(self.host.name, CACHE_NSS), state / "nss")
            conf = keypairs.fill(conf)
        elif pki.mentioned(conf):
            pki.database(self.host.name, CACHE_NSS, state / "nss")
        else:
            shutil.copytree(CACHE_NSS, state / "nss")
        self.log().touch()
        self.write("ipsec.conf", conf)
        self.write("ipsec.secrets", secrets)
        (folder / "ipsec.secrets").chmod(0o600)
        files = {f"/etc/{name}": folder / name for name in ("ipsec.conf", "ipsec.secrets", "ipsec.d")}
        if zone.mentioned(conf):
            zone.make(CACHE)
            self.write("resolv.conf", zone.resolver(self.host.name))
            files["/etc/resolv.conf"] = folder / "resolv.conf"
        self.host.bind({**self.programs(), **files, "/var/lib/ipsec": state, "/var/log/pluto.log": self.log()})
        self.host.must("mkdir -p -m 755 /run/pluto")

    def programs(self) -> dict[str, Path]:
        """What has to be shown at the paths where it was built to be."""
        return {}

    def write(self, name: str, text: str) -> None:
        """Replaces a configuration file's text in place (it may be bind-mounted)."""
        (self.host.folder / name).write_text(text)

    def start(self) -> Output:
        """Starts pluto and waits until it has loaded its connections, which it does before it listens."""
        output = self.host.run("ipsec pluto --config /etc/ipsec.conf", timeout=60)
        end = time.monotonic() + 30
        while output.status == 0 and time.monotonic() < end:
            if "000 interface " in self.host.run("ipsec whack --status").text:
                break
            time.sleep(0.1)
        return output

    def stop(self) -> Output:
        output = self.host.run("ipsec whack --shutdown", timeout=60)
        for _ in range(300):
            if self.process() is None:
                return output
            time.sleep(0.1)
        raise LabError(f"{self.host.name}: pluto still runs 30 s after --shutdown")

    def bury(self) -> None:
        """As the systemd unit; ours flushes the kernel itself when it starts again."""
        self.host.must("rm -f /run/pluto/pluto.pid")

    def up(self, connection: str) -> Output:
        return self.host.run(f"ipsec auto --up {connection}", timeout=120)

    def down(self, connection: str) -> Output:
        return self.host.run(f"ipsec auto --down {connection}", timeout=60)

    def process(self) -> int | None:
        return self._find(("pluto",))


class Libreswan(PlutoLike):
    def programs(self) -> dict[str, Path]:
        tree = CACHE / "libreswan/usr"
        return {"/usr/libexec/ipsec": tree / "libexec/ipsec", "/usr/sbin/ipsec": tree / "sbin/ipsec"}

    def bury(self) -> None:
        super().bury()
        Implementation.bury(self)


class Jswan(PlutoLike):
    """Ours, from an installation below the cache: what it prints about its own place is masked in comparisons."""

    def configure(self, conf: str, secrets: str) -> None:
        if not (PREFIX / "sbin/ipsec").exists():
            raise LabError(f"nothing is installed in {PREFIX}")
        self.host.path = f"{PREFIX / 'sbin'}:{self.host.path}"
        super().configure(conf, secrets)


class StrongSwan(Implementation):
    speaks_pluto = False
    _SETTINGS = """
        charon {
            load = random nonce openssl curve25519 aes sha1 sha2 hmac gcm kdf pem pkcs1 pkcs8 pubkey x509 constraints eap-tls xauth-generic kernel-netlink socket-default vici updown
            delete_rekeyed_delay = 1
            i_dont_care_about_security_and_use_aggressive_mode_psk = yes
            filelog { log { path = /var/log/pluto.log
                            flush_line = yes
                            default = 1 } }
        }
    """

    def configure(self, conf: str, secrets: str) -> None:
        tree = CACHE / "strongswan"
        folder = self.host.folder
        for name in _SWANCTL_FOLDERS:
            (folder / name).mkdir()
        (folder / "strongswan.conf").write_text(self._SETTINGS)
        for host in ("west", "east"):
            for kind in ("RSA", "ECDSA"):
                if keypairs.mentioned(conf):
                    shutil.copy(keypairs.public_key(host, kind), folder / "pubkey" / f"{host}-{kind.lower()}.pem")
                    if host == self.host.name:
                        shutil.copy(keypairs.private_key(host, kind), folder / "private")
        if pki.mentioned(conf):
            self._certificates(folder)
        (folder / "swanctl.conf").write_text(swanctl(self.host.name, conf, secrets))
        self.log().touch()
        self.host.bind(
            {
                "/usr/lib/ipsec": tree / "usr/lib/ipsec",
                "/usr/sbin/swanctl": tree / "usr/sbin/swanctl",
                "/etc/strongswan.conf": folder / "strongswan.conf",
                "/var/log/pluto.log": self.log(),
            }
        )

    def _certificates(self, folder: Path) -> None:
        """All of its own, and the authorities: what of them is used, the configuration tells."""
        for authority in ("root", "middle"):
            shutil.copy(pki.folder() / f"{authority}.pem", folder / "x509ca")
        for name in (self.host.name, f"{self.host.name}-ec"):
            shutil.copy(pki.folder() / f"{name}.pem", folder / "x509")
            shutil.copy(pki.folder() / f"{name}.key", folder / "private")

    def start(self) -> Output:
        self.host.run("/usr/lib/ipsec/charon >/dev/null 2>&1 &")
        for _ in range(300):
            if self.host.run("[ -S /run/charon.vici ]").status == 0:
                break
            time.sleep(0.1)
        return self.host.run(f"swanctl --load-all --file {self.host.folder}/swanctl.conf")

    def stop(self) -> Output:
        output = self.host.run("kill $(cat /run/charon.pid)")
        for _ in range(300):
            if self.process() is None:
                return output
            time.sleep(0.1)
        raise LabError(f"{self.host.name}: charon still runs 30 s after SIGTERM")

    def up(self, connection: str) -> Output:
        return self.host.run(f"swanctl --initiate --child {connection} --timeout 60", timeout=90)

    def down(self, connection: str) -> Output:
        return self.host.run(f"swanctl --terminate --ike {connection} --timeout 30", timeout=60)

    def process(self) -> int | None:
        return self._find(("charon",))


# swanctl complains about every one that is missing beside its configuration file.
_SWANCTL_FOLDERS = (
    "x509 x509ca x509ocsp x509aa x509ac x509crl pubkey private rsa ecdsa bliss pkcs8 pkcs12".split()
)
IMPLEMENTATIONS: dict[str, type[Implementation]] = {"jswan": Jswan, "libreswan": Libreswan, "strongswan": StrongSwan}
PREFIX = Path(os.environ.get("JSWAN_PREFIX", str(CACHE / "jswan")))
CACHE_NSS = Path("/tmp/empty-nss")


def make_empty_nss() -> None:
    """An NSS database without password, once for all hosts: making one takes longer than starting a daemon."""
    if not CACHE_NSS.exists():
        CACHE_NSS.mkdir()
        if os.system(f"certutil -N -d sql:{CACHE_NSS} --empty-password") != 0:
            raise LabError("certutil cannot make an NSS database")
