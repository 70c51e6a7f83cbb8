# SPDX-License-Identifier: GPL-2.0-or-later
"""The implementations that a host can run: ours, libreswan (the one ours is compared with) and strongSwan."""

from __future__ import annotations

import os
import re
import shutil
import time
from abc import ABC, abstractmethod
from pathlib import Path

from . import keys as keypairs
from . import pki, zone
from .lab import Host, LabError, Output

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
            load = random nonce openssl curve25519 aes sha1 sha2 hmac gcm kdf pem pkcs1 pkcs8 pubkey x509 constraints eap-tls kernel-netlink socket-default vici updown
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


# --- ipsec.conf to swanctl.conf, for the keys that scenarios with strongSwan use ---

_IKE_WORDS = {
    "aes_gcm256": "aes256gcm16",
    "aes_gcm128": "aes128gcm16",
    "aes256": "aes256",
    "aes128": "aes128",
    "sha2_256": "sha256",
    "sha2_512": "sha512",
    "sha1": "sha1",
    "modp2048": "modp2048",
    "dh14": "modp2048",
    "dh19": "ecp256",
    "dh31": "curve25519",
}
_LIVES = ("salifetime", "ikelifetime", "rekeymargin", "rekeyfuzz")
_PASSED_OVER = {
    *("authby", "auto", "mobike", "ikev2", "keyingtries", "retransmit-timeout", "dpdaction", "dpddelay", "dpdtimeout"),
    # vici's pools have no attribute for domains.
    *("sendca", "leftsendcert", "rightsendcert", "narrowing", "hostaddrfamily", "clientaddrfamily", "modecfgdomains"),
}


def sections(conf: str) -> dict[str, dict[str, str]]:
    """The `conn` sections of an ipsec.conf without includes, key by key; those that others take in by `also` are no more.

    What only strongSwan has a word for stands in comments: the value of the key `strongswan`, line by line.
    """
    found: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    for line in conf.splitlines():
        if own := re.match(r"\s+# strongswan: (.*)", line):
            current["strongswan"] = current.get("strongswan", "") + "    " + own[1] + "\n"
        text = line.split("#")[0].rstrip()
        if not text:
            continue
        if not text[0].isspace():
            word, name = text.split(None, 1)
            current = {}
            if word == "conn":
                found[name] = current
        else:
            key, value = text.strip().split("=", 1)
            current[key] = value.strip()
    shared = {keys.pop("also") for keys in (dict(keys) for keys in found.values()) if "also" in keys}
    whole = {name: {**found.get(keys.get("also", ""), {}), **keys} for name, keys in found.items() if name not in shared}
    for keys in whole.values():
        keys.pop("also", None)
    return whole


def _proposals(value: str, is_ike: bool, numbers: str = "") -> str:
    return ", ".join(_proposal(each, is_ike) + numbers for each in value.split(","))


def _proposal(value: str, is_ike: bool) -> str:
    words = [_IKE_WORDS[word] for word in re.split("[-;]", value)]
    if is_ike and words[0].endswith("gcm16"):
        words[1] = "prf" + words[1]
    return "-".join(words)


def swanctl(host: str, conf: str, secrets: str) -> str:
    """Renders the connections as swanctl.conf for one end: west is left, east is right."""
    mine, its = ("left", "right") if host == "west" else ("right", "left")
    lines = ["connections {"]
    pools: dict[str, list[str]] = {}
    for name, given in sections(conf).items():
        keys = {k: v for k, v in given.items() if k not in _PASSED_OVER}
        local, remote = keys.pop(mine), keys.pop(its)
        ids = {side: keys.pop(f"{side}id", keys_host) for side, keys_host in ((mine, local), (its, remote))}
        asked = _address_asked_for(keys, mine)
        subnets = {side: _subnets(keys, side) for side in (mine, its)}
        ike = keys.pop("ike", None)
        child = _child(keys)
        ppk = keys.pop("ppk", None)
        own_words = keys.pop("strongswan", "")
        mode = keys.pop("type", "tunnel")
        lives = {key: int(keys.pop(key).rstrip("s%")) for key in _LIVES if key in keys}
        raw = [word for word in ("RSA", "ECDSA") if f"_{word}%" in " ".join(given.values())]
        own = keys.pop(f"{mine}cert", None)
        pool = keys.pop(f"{its}addresspool", None)
        if pool:
            pools[pool] = keys.pop("modecfgdns", "").split()
        eap = {side: _by_eap(keys, side) for side in (mine, its)}
        for key in ("leftrsasigkey", "rightrsasigkey", "leftecdsakey", "rightecdsakey"):
            keys.pop(key, None)
        if keys:
            raise LabError(f"conn {name}: no swanctl.conf form for {', '.join(keys)}")
        lines += [f"  {name} {{", "    version = 2", f"    local_addrs = {_any(local)}", f"    remote_addrs = {_any(remote)}"]
        if own:
            lines.append("    send_cert = always")
        if asked:
            lines.append(f"    vips = {asked}")
        if pool:
            lines.append(f"    pools = {_pool(pool)}")
        if ike:
            lines.append(f"    proposals = {_proposals(ike, is_ike=True)}")
        if ppk:
            lines += [f"    ppk_id = {_ppk(secrets)[0]}", f"    ppk_required = {'yes' if ppk == 'insist' else 'no'}"]
        lines.append(own_words)
        lines.append(f"    local {{ {_authentication(host, raw, own, eap[mine])}\n id = {_bare(ids[mine])} }}")
        other = "east" if host == "west" else "west"
        lines.append(f"    remote {{ {_authentication(other, raw, own and '', eap[its])}\n id = {_bare(ids[its])} }}")
        if lives:
            lines += [*_rekeyed(lives["ikelifetime"], lives["rekeymargin"], host), f"    over_time = {lives['rekeymargin']}"]
        lines += [f"    children {{ {name} {{", f"      mode = {mode}"]
        if lives:
            lines += [*_rekeyed(lives["salifetime"], lives["rekeymargin"], host), f"      life_time = {lives['salifetime']}"]
        if subnets[mine]:
            lines.append(f"      local_ts = {subnets[mine]}")
        if subnets[its]:
            lines.append(f"      remote_ts = {subnets[its]}")
        lines += [*child, "    } }\n  }"]
    lines += ["}", "pools {"]
    for pool, servers in pools.items():
        dns = f"\n dns = {', '.join(servers)}" if servers else ""
        lines.append(f"  {_pool(pool)} {{ addrs = {pool}{dns}\n }}")
    lines += ["}", "secrets {"]
    if " PPKS " in secrets:
        identity, secret = _ppk(secrets)
        lines.append(f"  ppk-1 {{\n    id = {identity}\n    secret = {secret}\n  }}")
    for number, line in enumerate(s.strip() for s in secrets.splitlines() if s.strip() and " PPKS " not in s):
        match = re.fullmatch(r'(.*?)\s*:\s*PSK\s+"([^"]*)"', line)
        if not match:
            raise LabError(f"no swanctl.conf form for the secret {line!r}")
        lines.append(f"  ike-{number} {{")
        lines += [f"    id-{n} = {_bare(i)}" for n, i in enumerate(match.group(1).split()) if i != "%any"]
        lines.append(f'    secret = "{match.group(2)}"\n  }}')
    return "\n".join([*lines, "}"]) + "\n"


def _address_asked_for(keys: dict[str, str], mine: str) -> str | None:
    """`vips` of a connection whose own end is to be given an address; what says so is taken out of `keys`."""
    if keys.pop(f"{mine}modecfgclient", "no") == "no":
        return None
    # Its own traffic selector is that address, which vici has by default.
    return {"::/0": "::", "0.0.0.0/0": "0.0.0.0"}[keys.pop(f"{mine}subnet")]


def _pool(addresses: str) -> str:
    """A pool's name: connections with the same addresses share it."""
    return "pool-" + re.sub(r"[^0-9a-f]", "_", addresses)


def _subnets(keys: dict[str, str], side: str) -> str | None:
    """What one end may send and receive; of several subnets pluto makes connections, strongSwan one list."""
    several = keys.pop(f"{side}subnets", None)
    one = keys.pop(f"{side}subnet", None)
    return ", ".join(several.strip("{}").split()) if several else one


def _child(keys: dict[str, str]) -> list[str]:
    """What SAs of the kernel are to be like; takes the keys that say so."""
    numbers = {"yes": "-esn", "no": "-noesn", "either": "-esn-noesn", None: ""}[keys.pop("esn", None)]
    protocol = keys.pop("phase2", "esp")
    algorithms = keys.pop(protocol, None)
    lines = [f"      {protocol}_proposals = {_proposals(algorithms, False, numbers)}"] if algorithms else []
    for key, word in (("compress", "ipcomp"), ("tfc", "tfc_padding"), ("replay-window", "replay_window")):
        if key in keys:
            lines.append(f"      {word} = {keys.pop(key)}")
    return lines


def _ppk(secrets: str) -> tuple[str, str]:
    """Name and value, in their quotes, of the postquantum preshared key."""
    match = re.search(r'PPKS\s+("[^"]*")\s+("[^"]*")', secrets)
    if not match:
        raise LabError("no postquantum preshared key")
    return match[1], match[2]


def _rekeyed(life: int, margin: int, host: str) -> list[str]:
    """When an SA is replaced, in seconds: as pluto does, the initiator first."""
    after = life - (margin if host == "west" else margin // 2)
    return [f"      rekey_time = {after}", "      rand_time = 0"]


def _by_eap(keys: dict[str, str], side: str) -> bool:
    """Whether an end proves who it is by EAP-TLS; takes the words of it away."""
    how = keys.pop(f"{side}auth", None), keys.pop(f"{side}autheap", None)
    if how not in ((None, None), ("rsasig", "tls"), ("eaponly", "tls")):
        raise LabError(f"no swanctl.conf form for {side}auth and {side}autheap of {how}")
    return how[0] == "eaponly"


def _authentication(host: str, raw: list[str], certificate: str | None, eap: bool) -> str:
    """How one end authenticates: by a certificate (empty: one below the root), a raw key of the first of the given kinds, a PSK."""
    if eap:
        return "auth = eap-tls\n " + (f"certs = {certificate}.pem" if certificate else "")
    if certificate is not None:
        return "auth = pubkey\n " + (f"certs = {certificate}.pem" if certificate else "cacerts = root.pem")
    return f"auth = pubkey\n pubkeys = {host}-{raw[0].lower()}.pem" if raw else "auth = psk"


def _any(address: str) -> str:
    return address if address != "%any" else "0.0.0.0/0,::/0"


def _bare(identity: str) -> str:
    return identity.removeprefix("@")
