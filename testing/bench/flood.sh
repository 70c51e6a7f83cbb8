#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Forged IKE_SA_INIT requests against an installed daemon, over real sockets in namespaces of this machine, while 200 honest
# clients come up; prints what became of them, half-open SAs and memory, and fails when that is out of bounds.
#
#   sudo flood.sh [--prefix DIR] [--rate N] [--seconds N] [--mode MODE] [jswan | libreswan]...
#
#   --prefix DIR    an installation of ours (the testing cache's jswan; made by etc/install.sh --prefix DIR --programs-only)
#   --rate N        forged requests in a second (20,000), from addresses that nobody has
#   --seconds N     how long (60)
#   --mode MODE     ddos-mode= of the daemon: auto (the default), busy or unlimited
#
# Bounds: half-open SAs stay at the threshold (auto: 25,000; busy: none; unlimited: 50,000), memory grows no more after a
# quarter of the time, and 99 % of the clients are up within 5 s, but for the mode that lets the forged ones in.
set -eu
here=$(dirname "$(readlink -f "$0")")
testing=$(dirname "$here")
export JSWAN_TESTING_CACHE=${JSWAN_TESTING_CACHE:-/var/cache/jswan-testing}
export JSWAN_PREFIX=${JSWAN_PREFIX:-$JSWAN_TESTING_CACHE/jswan}
rate=20000 seconds=60 mode=auto

while [ $# -gt 0 ]; do
    case $1 in
        --prefix) JSWAN_PREFIX=$(readlink -f "${2:?}"); shift 2 ;;
        --rate) rate=${2:?}; shift 2 ;;
        --seconds) seconds=${2:?}; shift 2 ;;
        --mode) mode=${2:?}; shift 2 ;;
        -h | --help) sed -n '3,/^set/{s/^# \{0,1\}//;/^set/d;p}' "$0"; exit 0 ;;
        -*) echo "flood.sh: unknown option $1" >&2; exit 2 ;;
        *) break ;;
    esac
done
[ $# -gt 0 ] || set -- jswan
case $mode in auto | busy | unlimited) ;; *) echo "flood.sh: no mode $mode" >&2; exit 2 ;; esac

[ "$(id -u)" = 0 ] || { echo "flood.sh: namespaces need root" >&2; exit 1; }
[ -x "$JSWAN_PREFIX/sbin/ipsec" ] \
    || { echo "flood.sh: no installation in $JSWAN_PREFIX: etc/install.sh --prefix $JSWAN_PREFIX --programs-only" >&2; exit 1; }
command -v certutil >/dev/null || { echo "flood.sh: no certutil: testing/peers.sh" >&2; exit 1; }

(cd "$here/../.." && mvn -B -q -pl testing/bench -am package -DskipTests)
"$testing/scenarios/private" "$here/flood" "$rate" "$seconds" "$mode" "$here/target/classes:$here/target/lib/*" "$@"
