#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Measures an IKEv2 responder: processor time for an IKE SA with its Child SA, and the heap that an established one holds.
#
#   responder.sh [--peers N] [--rounds N] [--held N] [--seconds N] [--profile FILE] [x25519 | modp2048 | memory | classes | load | groups | scale | rekey | flood]...
#
#   --peers N         connections that come up in each round (500)
#   --rounds N        rounds to warm up, and as many to measure (5)
#   --held N          SAs whose memory is measured (2000)
#   --seconds N       how long the flood lasts (60)
#   --profile FILE    a flight recording
#   classes           as memory, with the classes of the objects held
#   rekey             how long who asked for the successor of a Child SA works until it can read packets of it
#   flood             200 peers come up while 20,000 forged requests come in each second, in each DDoS mode; flood.sh is the same
#                     with an installed daemon and sockets
#   scale             the same ten peers beside 10 and beside 10,000 connections: packets, acquires, status lines; --route of one
#                     beside as many that lead to the same network
#   groups            the lines of a policy group's file: read, made members and trapped; read again; deleted
#   load              adding and listing connections instead, 250 at first and then more of them
#
# Two daemons in one JVM, over a wire and a kernel in memory; the budgets are in docs/performance.md. Not timed: what waits.
set -eu
here=$(dirname "$(readlink -f "$0")")
tree=$(readlink -f "$here/../..")
settings=()

while [ $# -gt 0 ]; do
    case $1 in
        --peers | --rounds | --held | --seconds) settings+=("-D${1#--}=${2:?}"); shift 2 ;;
        --profile) settings+=("-XX:StartFlightRecording=filename=${2:?},settings=profile"); shift 2 ;;
        -h | --help) sed -n '3,/^set/{s/^# \{0,1\}//;/^set/d;p}' "$0"; exit 0 ;;
        -*) echo "responder.sh: unknown option $1" >&2; exit 2 ;;
        *) break ;;
    esac
done

(cd "$tree" && mvn -B -q -pl testing/bench -am package -DskipTests)
# The daemon's own JVM, but for the heap: two daemons and what a round leaves behind are in this one. A new one for each
# benchmark, so that none finds the other's code compiled or its garbage uncollected.
mapfile -t options < <(grep '^-' "$tree/etc/jvm.options" | grep -v -e FreeRatio -e RAMPercentage -e Xms)
[ $# -gt 0 ] || set -- x25519 modp2048 ikev1 memory
for name; do
    java "${options[@]}" -Xmx1g "${settings[@]}" -cp "$here/target/classes:$here/target/lib/*" org.jswan.bench.Main "$name"
done
