#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Shows two gateways bringing up a tunnel, a ping through it, the traffic counters and the tear-down; fails if a capture
# between the gateways shows the ping in clear or no ESP.
#
#   sudo testing/demo.sh
#
# From nothing, on Debian 12: installs the packages that are missing, builds, and installs below the cache. The gateways
# are network namespaces of this machine's kernel where that has ESP, else of one under User Mode Linux. The machine's own
# IPsec configuration and kernel state are left alone.
set -eu
here=$(dirname "$(readlink -f "$0")")
tree=$(dirname "$here")
export JSWAN_TESTING_CACHE=${JSWAN_TESTING_CACHE:-/var/cache/jswan-testing}
prefix=$JSWAN_TESTING_CACHE/jswan
out=$JSWAN_TESTING_CACHE/demo

[ "$(id -u)" = 0 ] || { echo "demo.sh: run it as root" >&2; exit 1; }

# Whether this kernel takes an ESP SA, tried in a network namespace of its own.
kernel_has_esp() {
    unshare --net ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x1000 mode tunnel \
        aead 'rfc4106(gcm(aes))' 0x0102030405060708090a0b0c0d0e0f1011121314 128 2>/dev/null
}

echo "--- packages"
"$here/peers.sh" --tools-only
echo "--- build"
(cd "$tree" && mvn -B -q package -DskipTests)
echo "--- install below $JSWAN_TESTING_CACHE"
"$tree/etc/install.sh" --prefix "$prefix" --programs-only
rm -rf "$out"
mkdir -p "$out"
scenario=("$here/scenarios/guest" --show "$out/results" "$here/scenarios/demo.toml:jswan-jswan")
if kernel_has_esp; then
    echo "--- two gateways, on this machine's kernel"
    "$here/scenarios/private" "${scenario[@]}"
else
    echo "--- two gateways, under User Mode Linux: this machine's kernel has no ESP"
    "$here/uml/run" --out "$out" "${scenario[@]}"
fi
echo "--- the tunnel came up, carried the ping as ESP only, and went away"
