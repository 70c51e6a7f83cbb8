# SPDX-License-Identifier: GPL-2.0-or-later
"""ipsec.conf and ipsec.secrets rendered as swanctl.conf, for the keys that scenarios with strongSwan use."""

from __future__ import annotations

import re

from .lab import LabError

_IKE_WORDS = {
    "aes_gcm256": "aes256gcm16",
    "aes_gcm128": "aes128gcm16",
    "aes256": "aes256",
    "aes128": "aes128",
    "3des": "3des",
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
    *("authby", "auto", "mobike", "keyingtries", "ikepad", "xauthby", "leftmodecfgserver", "rightmodecfgserver", "retransmit-timeout", "dpdaction", "dpddelay", "dpdtimeout"),
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
        version = _version(keys)
        is_v1 = version[0].endswith("1")
        child = _child(keys, is_v1)
        xauth = {side: _by_xauth(keys, side, its if side == mine else mine) for side in (mine, its)}
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
        lines += [f"  {name} {{", *version, f"    local_addrs = {_any(local)}", f"    remote_addrs = {_any(remote)}"]
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
        if xauth[mine] is not None:
            lines.append(f"    local-xauth {{ auth = xauth\n xauth_id = {xauth[mine]} }}")
        other = "east" if host == "west" else "west"
        lines.append(f"    remote {{ {_authentication(other, raw, own and '', eap[its])}\n id = {_bare(ids[its])} }}")
        if xauth[its] is not None:
            lines.append("    remote-xauth { auth = xauth\n }")
        if lives:
            # Of IKEv1 strongSwan replaces an SA although its initiator has done so: never as responder.
            margin = 0 if is_v1 and host == "east" else lives["rekeymargin"]
            lines += [*_rekeyed(lives["ikelifetime"], margin, host), f"    over_time = {lives['rekeymargin']}"]
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
    plain = [s.strip() for s in secrets.splitlines() if s.strip() and s[0] != "#" and " PPKS " not in s]
    for number, line in enumerate(plain):
        match = re.fullmatch(r'(.*?)\s*:\s*(PSK|XAUTH)\s+"([^"]*)"', line)
        if not match:
            raise LabError(f"no swanctl.conf form for the secret {line!r}")
        lines.append(f"  {'ike' if match[2] == 'PSK' else 'xauth'}-{number} {{")
        lines += [f"    id-{n} = {_bare(i)}" for n, i in enumerate(match[1].split()) if i != "%any"]
        lines.append(f'    secret = "{match[3]}"\n  }}')
    return "\n".join([*lines, "}"]) + "\n"


def _address_asked_for(keys: dict[str, str], mine: str) -> str | None:
    """`vips` of a connection whose own end is to be given an address; what says so is taken out of `keys`."""
    asked = {keys.pop("leftmodecfgclient", "no"): "left", keys.pop("rightmodecfgclient", "no"): "right"}
    if asked.get("yes") != mine:
        return None
    # Its own traffic selector is that address, which vici has by default. In IKEv1 there is no narrowing and so no subnet.
    return {"::/0": "::", "0.0.0.0/0": "0.0.0.0"}[keys.pop(f"{mine}subnet", "0.0.0.0/0")]


def _pool(addresses: str) -> str:
    """A pool's name: connections with the same addresses share it."""
    return "pool-" + re.sub(r"[^0-9a-f]", "_", addresses)


def _subnets(keys: dict[str, str], side: str) -> str | None:
    """What one end may send and receive; of several subnets pluto makes connections, strongSwan one list."""
    several = keys.pop(f"{side}subnets", None)
    one = keys.pop(f"{side}subnet", None)
    return ", ".join(several.strip("{}").split()) if several else one


def _version(keys: dict[str, str]) -> list[str]:
    """The protocol's version and what only the first one has; takes the keys that say so."""
    if keys.pop("ikev2", "yes") != "no":
        return ["    version = 2"]
    aggressive, pull = keys.pop("aggressive", "no"), keys.pop("modecfgpull", "no")
    return ["    version = 1", f"    aggressive = {aggressive}", f"    pull = {pull}"]


def _by_xauth(keys: dict[str, str], side: str, other: str) -> str | None:
    """The user's name (empty on the server) where an end also proves who it is by XAUTH; takes the words of it away."""
    asked = keys.pop(f"{other}xauthserver", "no"), keys.pop(f"{side}xauthclient", "no")
    name = keys.pop(f"{side}username", "")
    return name if asked == ("yes", "yes") else None


def _child(keys: dict[str, str], is_v1: bool) -> list[str]:
    """What SAs of the kernel are to be like; takes the keys that say so."""
    numbers = {"yes": "-esn", "no": "-noesn", "either": "-esn-noesn", None: ""}[keys.pop("esn", None)]
    protocol = keys.pop("phase2", "esp")
    algorithms = keys.pop(protocol, None)
    if is_v1:
        # pluto's default, and its group of phase 1 for perfect forward secrecy.
        algorithms = algorithms or {"esp": "aes128-sha1", "ah": "sha1"}[protocol]
        numbers += "-modp2048" if keys.pop("pfs", "yes") == "yes" else ""
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
