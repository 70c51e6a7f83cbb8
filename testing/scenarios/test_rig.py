# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the rig's own judgement: what it masks, counts and renders. They need no kernel and no root."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rig import compare  # noqa: E402
from rig.flaws import FLAWS, Known, cookie, known  # noqa: E402
from rig.hostile import broken, noise  # noqa: E402
from rig.lab import TOPOLOGIES, LabError  # noqa: E402
from rig.scenario import Scenario, ScenarioError, reference  # noqa: E402
from rig.swanctl import sections, swanctl  # noqa: E402
from rig.wire import MARK, Seen, kind  # noqa: E402

CONF = """
conn t
    left=192.0.2.1
    leftsubnet=10.1.0.0/24
    right=192.0.2.2
    rightid=@east
    ike=aes256-sha2_256;modp2048
    esp=aes_gcm128
"""


def ipv4(protocol: int, payload: bytes) -> bytes:
    return bytes(12) + b"\x08\x00" + bytes([0x45]) + bytes(8) + bytes([protocol]) + bytes(10) + payload


def udp(port: int, payload: bytes) -> bytes:
    return ipv4(17, port.to_bytes(2, "big") * 2 + bytes(4) + payload)


class Masks(unittest.TestCase):
    def test_what_differs_from_run_to_run_is_masked(self) -> None:
        line = '004 "t" #2: established {ESP/ESN=>0x6ee08af2 <0xf2c78032 xfrm=AES}; REKEY in 28025s; add_time=1795315407 msgid:19fd6565'
        other = '004 "t" #2: established {ESP/ESN=>0x11111111 <0x22222222 xfrm=AES}; REKEY in 27993s; add_time=1795315408 msgid:0889b18c'
        self.assertEqual(compare.masked(line, "/p"), compare.masked(other, "/p"))
        for one, two in (
            ("esp.6ee08af2@192.0.2.1", "esp.e08af2@192.0.2.1"),
            ("ah:6ee08af2@2001:db8::1", "ah:e08af2@2001:db8::1"),
            ("SPI_OUT=0x6ee08af2", "SPI_OUT=0xe08af2"),
            ("deleting state (STATE_V2_PARENT_I1) aged 0.59s", "deleting state (STATE_V2_PARENT_I1) aged 1.2s"),
        ):
            self.assertEqual(compare.masked(one, "/p"), compare.masked(two, "/p"))

    def test_what_matters_is_not(self) -> None:
        for one, other in (
            ("inBytes=384", "inBytes=385"),
            ('"t" #1: sent', '"t" #2: sent'),
            ("192.0.2.1", "192.0.2.2"),
            ("xfrm=AES_GCM_16_256", "xfrm=AES_GCM_16_128"),
            ("ike_life: 28800s", "ike_life: 3600s"),
            ("retransmit-timeout:60s", "retransmit-timeout:30s"),
            ("=>0x00001234 <0x00001234", "=>0x1234 <0x1234"),
            ("esp.1234@192.0.2.1", "esp.00001234@192.0.2.1"),
            ("SPI_IN=0x0", "SPI_IN=0x1234"),
            ("PLUTO_ADDTIME=0", "PLUTO_ADDTIME=1795315407"),
            ("mark 0x12345678/0xffffffff", "mark 0x12345679/0xffffffff"),
        ):
            self.assertNotEqual(compare.masked(one, "/p"), compare.masked(other, "/p"))

    def test_release_and_prefix_are_masked(self) -> None:
        self.assertEqual(
            compare.masked("pluto_version=4.11, libexecdir=/p/libexec/ipsec", "/p"),
            compare.masked("pluto_version=4.10, libexecdir=/usr/libexec/ipsec", "/p"),
        )

    def test_pace_is_left_out(self) -> None:
        line = '010 "t" #1: STATE_V2_PARENT_I1: retransmission; will wait 0.5 seconds for response'
        self.assertEqual([], compare.masked(line, "/p"))

    def test_xfrm_states_lose_spi_and_keys_and_keep_the_rest(self) -> None:
        def state(spi: str, key: str, reqid: int) -> str:
            return (
                f"src 192.0.2.1 dst 192.0.2.2\n\tproto esp spi {spi} reqid {reqid} mode tunnel\n"
                f"\taead rfc4106(gcm(aes)) {key} 128\n"
            )

        first = compare.xfrm_states(state("0x12345678", "0xaaaa", 16389))
        self.assertEqual(first, compare.xfrm_states(state("0x87654321", "0xbbbb", 16389)))
        self.assertNotEqual(first, compare.xfrm_states(state("0x12345678", "0xaaaa", 16393)))

    def test_socket_policies_are_left_out(self) -> None:
        text = "src 0.0.0.0/0 dst 0.0.0.0/0 \n\tsocket in priority 0 ptype main \nsrc 10.1.0.0/24 dst 10.2.0.0/24 \n\tdir out\n"
        self.assertEqual(1, len(compare.xfrm_policies(text)))


class Events(unittest.TestCase):
    OUT = "Updated src 10.1.0.0/24 dst 10.2.0.0/24 \n\tdir out priority 7 ptype main \n"

    def state(self, spi: str, bitmap: str) -> str:
        return (
            f"Deleted src 192.0.2.1 dst 192.0.2.2\n\tproto esp spi {spi} reqid 1 mode tunnel\n\taead rfc4106(gcm(aes)) {spi} 128\n"
            f"\tanti-replay esn context:\n\t seq-hi 0x0, seq {spi}, oseq-hi 0x0, oseq 0x1\n\t {bitmap} {bitmap}\n"
        )

    def test_order_matters(self) -> None:
        one, other = self.OUT, self.OUT.replace("dir out", "dir fwd")
        self.assertNotEqual(compare.xfrm_events(one + other), compare.xfrm_events(other + one))

    def test_what_packets_change_does_not(self) -> None:
        first = compare.xfrm_events(self.state("0x12345678", "00000001"))
        self.assertEqual(first, compare.xfrm_events(self.state("0x87654321", "0000ffff")))
        self.assertNotEqual(first, compare.xfrm_events(self.state("0x12345678", "00000001").replace("reqid 1", "reqid 2")))

    def test_what_is_no_daemons_is_left_out(self) -> None:
        replay = "Async event  (0x10)  replay update \n\tsrc 192.0.2.1 dst 192.0.2.2  reqid 0x1 protocol esp  SPI 0x1\n"
        acquire = "acquire proto esp \n  sel src 10.1.0.2/32 dst 10.2.0.2/32 \n  policy src 10.1.0.0/24 dst 10.2.0.0/24 \n    \tdir out\n"
        larval = self.state("0x00000000", "00000000")
        reserved = "\n".join(line for line in self.state("0x12345678", "00000000").splitlines() if "aead" not in line) + "\n"
        mark = f"{compare.EVENT_MARK} \n\tdir out priority 1 ptype main \n"
        told = mark + f"Deleted {mark}" + acquire + replay + self.OUT + larval + reserved
        self.assertEqual(compare.xfrm_events(self.OUT), compare.xfrm_events(told))


class Hosts(unittest.TestCase):
    def test_who_encrypts_for_whom(self) -> None:
        five = TOPOLOGIES["five"]
        self.assertEqual(["west", "east", "north"], [five.gateway(host) for host in ("westclient", "east", "north")])

    def test_addresses_from_within(self) -> None:
        five = TOPOLOGIES["five"]
        self.assertEqual(["10.4.0.1", "192.0.2.4"], five.addresses("south", 4))
        self.assertEqual(["2001:db8:5::1", "2001:db8::5"], five.addresses("road", 6))


class Wire(unittest.TestCase):
    def test_kinds(self) -> None:
        self.assertEqual("esp", kind(ipv4(50, bytes(40))))
        self.assertEqual("ike", kind(udp(500, b"\x01" * 40)))
        self.assertEqual("ike", kind(udp(4500, bytes(4) + b"\x01" * 40)))
        self.assertEqual("esp_in_udp", kind(udp(4500, b"\x01" * 40)))
        self.assertEqual("other", kind(udp(4500, b"\xff")), "a keepalive")
        self.assertEqual("other", kind(ipv4(1, bytes(64))))

    def test_the_mark_is_seen_in_any_wrapping(self) -> None:
        self.assertEqual(1, Seen.of(iter([udp(4500, b"\x01" * 40 + MARK)])).clear)
        self.assertEqual(Seen(esp=1, esp_in_udp=0, ike=0, clear=0), Seen.of(iter([ipv4(50, bytes(40))])))

    def test_in_clear_means_all_of_it(self) -> None:
        self.assertEqual("", Seen(esp=0, esp_in_udp=0, ike=3, clear=6).not_clear(6))
        for seen in (Seen(0, 0, 0, 5), Seen(1, 0, 0, 6), Seen(0, 1, 0, 6)):
            self.assertNotEqual("", seen.not_clear(6), seen)

    def test_encrypted_means_all_of_it(self) -> None:
        self.assertEqual("", Seen(esp=6, esp_in_udp=0, ike=3, clear=0).not_esp(6, in_udp=False))
        self.assertEqual("", Seen(esp=0, esp_in_udp=6, ike=3, clear=0).not_esp(6, in_udp=True))
        for seen in (Seen(6, 0, 0, 1), Seen(5, 0, 0, 0), Seen(6, 1, 0, 0), Seen(0, 6, 0, 0)):
            self.assertNotEqual("", seen.not_esp(6, in_udp=False), seen)


class StrongSwan(unittest.TestCase):
    def test_each_end_gets_its_view(self) -> None:
        west, east = (swanctl(end, CONF, '192.0.2.1 @east : PSK "s"') for end in ("west", "east"))
        self.assertIn("local_addrs = 192.0.2.1", west)
        self.assertIn("remote_addrs = 192.0.2.1", east)
        self.assertIn("local_ts = 10.1.0.0/24", west)
        self.assertIn("remote_ts = 10.1.0.0/24", east)
        self.assertIn("proposals = aes256-sha256-modp2048", west)
        self.assertIn("id = east", east)

    def test_what_it_cannot_render_is_refused(self) -> None:
        with self.assertRaises(LabError):
            swanctl("west", CONF + "    priority=7\n", "")

    def test_what_children_are_to_be_like(self) -> None:
        extended = CONF + """    also=more
    leftsubnets={10.1.1.0/24 10.1.0.0/24}
    # strongswan: childless = force
conn more
    ppk=insist
    esn=either
    compress=yes
    tfc=400
    replay-window=256
"""
        west = swanctl("west", extended, '@a @b : PPKS "key 1" "secret"\n: PSK "s"')
        for line in (
            "local_ts = 10.1.1.0/24, 10.1.0.0/24",
            "    childless = force",
            "ppk_id = \"key 1\"",
            "ppk_required = yes",
            "-esn-noesn",
            "ipcomp = yes",
            "tfc_padding = 400",
            "replay_window = 256",
        ):
            self.assertIn(line, west)
        self.assertNotIn("  more {", west)
        ah = swanctl("west", CONF.replace("esp=", "ah=") + "    phase2=ah\n", "")
        self.assertIn("ah_proposals = ", ah)

    def test_who_is_given_an_address_and_who_gives_it(self) -> None:
        client = CONF.replace("10.1.0.0/24", "0.0.0.0/0") + "    leftmodecfgclient=yes\n    narrowing=yes\n"
        west = swanctl("west", client, "")
        self.assertIn("vips = 0.0.0.0\n", west)
        self.assertNotIn("local_ts", west)
        given = "    leftaddresspool=10.3.0.10-10.3.0.20\n    modecfgdns=192.0.2.53\n"
        east = swanctl("east", CONF.replace("    leftsubnet=10.1.0.0/24\n", "") + given, "")
        self.assertIn("    pools = pool-10_3_0_10_10_3_0_20\n", east)
        self.assertIn("pool-10_3_0_10_10_3_0_20 { addrs = 10.3.0.10-10.3.0.20\n dns = 192.0.2.53\n", east)
        self.assertNotIn("remote_ts", east)

    def test_what_only_the_first_version_has(self) -> None:
        first = CONF + "    ikev2=no\n    aggressive=yes\n"
        west = swanctl("west", first, "")
        for line in ("    version = 1\n", "    aggressive = yes\n", "    pull = no\n", "esp_proposals = aes128gcm16-modp2048"):
            self.assertIn(line, west)
        self.assertIn("esp_proposals = aes128gcm16\n", swanctl("west", first + "    pfs=no\n", ""))

    def test_who_asks_for_a_password_and_who_has_one(self) -> None:
        asked = CONF + "    ikev2=no\n    leftxauthclient=yes\n    leftusername=use1\n    rightxauthserver=yes\n"
        west, east = (swanctl(end, asked, '# one user\n@use1 : XAUTH "p"') for end in ("west", "east"))
        self.assertIn("local-xauth { auth = xauth\n xauth_id = use1 }", west)
        self.assertIn("remote-xauth { auth = xauth\n }", east)
        self.assertNotIn("local-xauth", east)
        self.assertIn('xauth-0 {\n    id-0 = use1\n    secret = "p"', west)

    def test_sections(self) -> None:
        self.assertEqual("@east", sections("config setup\n    a=b\n" + CONF)["t"]["rightid"])


class Hostile(unittest.TestCase):
    def test_every_prefix_and_every_octet(self) -> None:
        message = bytes(range(60))
        made = {data for _, data in broken(500, message)}
        self.assertTrue({message[:n] for n in range(60)} <= made)
        for at in range(60):
            self.assertTrue(any(len(m) == 60 and m[at] != message[at] for m in made), at)
        self.assertNotIn(message, made)

    def test_noise_repeats_by_seed(self) -> None:
        self.assertEqual([next(noise(1)) for _ in range(1)], [next(noise(1)) for _ in range(1)])


class Flaws(unittest.TestCase):
    def test_lengths_are_as_they_should_be(self) -> None:
        for name, make in FLAWS.items():
            message = make(name, Known(up=bytes(range(16)), answered={}))
            if name in ("short-header", "malformed-aggressive"):
                continue
            self.assertEqual(len(message), int.from_bytes(message[24:28], "big"), name)
            at, kind_of = 28, message[16]
            while kind_of and not message[19] & 1:
                kind_of, at = message[at], at + int.from_bytes(message[at + 2 : at + 4], "big")
            self.assertTrue(at == len(message) or message[19] & 1, name)

    def test_what_a_forger_has_seen(self) -> None:
        def header(cookies: bytes, flags: int, exchange: int = 2) -> bytes:
            return cookies + bytes([8, 0x10, exchange, flags]) + bytes(8)

        up, ours = bytes(range(100, 116)), cookie("first-message")
        sent = [header(up, 1), header(ours + b"answered", 0), header(bytes(16), 0), header(b"\1" * 16, 1, exchange=5)]
        seen = known([("a", "b", message) for message in sent])
        self.assertEqual(Known(up, {up[:8]: up[8:], ours: b"answered", b"\1" * 8: b"\1" * 8}), seen)


class Cases(unittest.TestCase):
    def test_every_scenario_loads(self) -> None:
        files = sorted(Path(__file__).resolve().parent.glob("cases/*.toml"))
        self.assertTrue(files)
        for file in files:
            self.assertTrue(Scenario.load(file).steps, file)

    def test_unknown_keys_are_refused(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "x.toml"
            file.write_text('about = ""\npairs = []\nsteps = ""\nnonsense = 1\n')
            with self.assertRaises(ScenarioError):
                Scenario.load(file)

    def test_the_reference_has_libreswan_in_our_place(self) -> None:
        self.assertEqual(("libreswan", "strongswan"), reference(("jswan", "strongswan")))

    def test_who_plays_whom(self) -> None:
        text = 'about = ""\ntopology = "five"\npairs = ["jswan libreswan jswan"]\nsteps = ""\n[road]\nconf = "of road"\n'
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "x.toml"
            file.write_text(text)
            scenario = Scenario.load(file)
            self.assertEqual(
                {"west": "jswan", "east": "libreswan", "north": "jswan", "south": "libreswan", "road": "libreswan"},
                scenario.ends(scenario.pairs[0]),
            )
            self.assertIn("of road", scenario.conf("road"))
            file.write_text(text.replace("five", "gateways"))
            with self.assertRaises(ScenarioError, msg="nobody there is called road"):
                Scenario.load(file)


if __name__ == "__main__":
    unittest.main()
