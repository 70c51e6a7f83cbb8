#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A ping every few milliseconds over a tunnel that replaces its Child SA every 5 seconds and its IKE SA every 30, with
# libreswan and strongSwan in both roles, and among ours, under User Mode Linux. Shows which pings were lost, and what the
# kernels dropped; fails if any was lost where libreswan has no part in it.
#
#   soak.sh [--seconds N] [--interval MILLISECONDS] [--out DIR] [WEST-EAST...]
#
# N is 600, an interval 2 ms unless told. West begins, and so is the one that asks for the successors. What was built and
# installed below the cache is tested: see testing/scenarios/run. An interpreter of system calls such as User Mode Linux
# may not keep that pace beside other work: then fewer pings leave in the same time, which the number of pings shows.
set -eu
here=$(dirname "$(readlink -f "$0")")
seconds=600 interval=2 out=$(dirname "$here")/target/soak
fail() { echo "soak.sh: $*" >&2; exit 1; }
while [ $# -gt 0 ]; do
    case $1 in
        --seconds | --interval | --out) [ $# -gt 1 ] || fail "$1 needs a value" ;;
    esac
    case $1 in
        --seconds) seconds=$2; shift 2 ;;
        --interval) interval=$2; shift 2 ;;
        --out) out=$2; shift 2 ;;
        -*) fail "unknown option $1" ;;
        *) break ;;
    esac
done
[ $# -gt 0 ] || set -- jswan-libreswan libreswan-jswan jswan-strongswan strongswan-jswan jswan-jswan
mkdir -p "$out"
out=$(readlink -f "$out")
sed "s/^soak westclient eastclient .*/soak westclient eastclient $seconds $interval/" \
    "$here/scenarios/soak.toml" > "$out/soak.toml"
status=0
for pair; do
    echo "--- $pair"
    rm -f "$out/results"
    "$here/uml/run" --out "$out" "$here/scenarios/guest" --show "$out/results" "$out/soak.toml:$pair" \
        > "$out/$pair.log" 2>&1 || status=1
    grep -E 'pings, |FAILED|^(rig|step)' "$out/$pair.log" || { tail -20 "$out/$pair.log"; status=1; }
done
exit $status
