#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Measures the installed daemon beside libreswan: start to listening, idle memory, `whack --status` with 1 and 1,000
# connections, loading those, and the time from --up to established.
#
#   sudo daemon.sh [--prefix DIR] [start | up]...
#
#   --prefix DIR    an installation of ours (the testing cache's jswan; made by etc/install.sh --prefix DIR --programs-only)
#
# `start` runs in namespaces of this machine's kernel; `up` too where that has ESP, else in one under User Mode Linux, whose
# times compare with each other only. What cannot run is left out with a line that says why.
set -eu
here=$(dirname "$(readlink -f "$0")")
testing=$(dirname "$here")
export JSWAN_TESTING_CACHE=${JSWAN_TESTING_CACHE:-/var/cache/jswan-testing}
export JSWAN_PREFIX=${JSWAN_PREFIX:-$JSWAN_TESTING_CACHE/jswan}

while [ $# -gt 0 ]; do
    case $1 in
        --prefix) JSWAN_PREFIX=$(readlink -f "${2:?}"); shift 2 ;;
        -h | --help) sed -n '3,/^set/{s/^# \{0,1\}//;/^set/d;p}' "$0"; exit 0 ;;
        -*) echo "daemon.sh: unknown option $1" >&2; exit 2 ;;
        *) break ;;
    esac
done
[ $# -gt 0 ] || set -- start up

skip() { echo "skipped: $*"; exit 0; }

[ "$(id -u)" = 0 ] || skip "namespaces need root"
[ -x "$JSWAN_PREFIX/sbin/ipsec" ] || skip "no installation in $JSWAN_PREFIX: etc/install.sh --prefix $JSWAN_PREFIX --programs-only"
command -v certutil >/dev/null || skip "no certutil: testing/peers.sh"

implementations=(jswan)
if [ -x "$JSWAN_TESTING_CACHE/libreswan/usr/libexec/ipsec/pluto" ]; then
    implementations+=(libreswan)
else
    echo "skipped: libreswan, which is not in $JSWAN_TESTING_CACHE: testing/peers.sh"
fi

kernel_has_esp() {
    unshare --net ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x1000 mode tunnel \
        aead 'rfc4106(gcm(aes))' 0x0102030405060708090a0b0c0d0e0f1011121314 128 2>/dev/null
}

for part; do
    case $part in
        start) "$testing/scenarios/private" "$here/daemon" start "${implementations[@]}" ;;
        up)
            if kernel_has_esp; then
                "$testing/scenarios/private" "$here/daemon" up "${implementations[@]}"
            elif command -v linux.uml >/dev/null; then
                echo "up: under User Mode Linux, this machine's kernel has no ESP"
                # The guest does not inherit the environment.
                "$testing/uml/run" /usr/bin/env "JSWAN_TESTING_CACHE=$JSWAN_TESTING_CACHE" "JSWAN_PREFIX=$JSWAN_PREFIX" \
                    "$here/daemon" up "${implementations[@]}"
            else
                echo "skipped: up, this kernel has no ESP and there is no linux.uml: testing/peers.sh"
            fi
            ;;
        *) echo "daemon.sh: no benchmark $part" >&2; exit 2 ;;
    esac
done
