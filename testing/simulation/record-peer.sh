#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Records negotiations of our simulated daemon with a real libreswan, under User Mode Linux: what RecordedPeerTest replays.
# LIBRESWAN is the folder of pluto and whack.
set -eu
here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")
if [ $# -eq 0 ]; then
    libreswan=${LIBRESWAN:-${JSWAN_TESTING_CACHE:-/var/cache/jswan-testing}/libreswan/usr/libexec/ipsec}
    cd "$top"
    mvn -q -pl testing/simulation -am test-compile dependency:build-classpath \
        -DincludeScope=test -Dmdep.outputFile=target/test-classpath -Dmdep.outputFilterFile=false
    classpath=testing/simulation/target/test-classes:testing/simulation/target/classes
    classpath+=:$(cat testing/simulation/target/test-classpath)
    mkdir -p target
    out=$(mktemp -d "$top/target/peer.XXXXXX")
    testing/uml/run --out "$out" "$here/record-peer.sh" "$libreswan" "$out" "$classpath"
    for name in libreswan-responds.txt libreswan-initiates.txt; do
        cp "$out/$name" "$here/src/test/resources/org/jswan/simulation/"
    done
    exit
fi

# The part inside the guest.
export WHACK=$1/whack CLASSPATH=$3
ip netns add peer
ip link add wan type veth peer name wan netns peer
ip address add 192.0.2.1/24 dev wan; ip link set wan up
ip -n peer address add 192.0.2.2/24 dev wan; ip -n peer link set wan up; ip -n peer link set lo up
# A negotiation needs to know the way to the other end's subnet.
ip -n peer route add 198.51.100.0/25 via 192.0.2.1
mkdir -p /run/pluto /run/record/nss /usr/libexec/ipsec
# Where pluto was built to be.
mount --bind "$1" /usr/libexec/ipsec
certutil -N -d sql:/run/record/nss --empty-password
echo '@west @east : PSK "a swordfish of thirty-two octets!!"' > /run/record/secrets
touch /run/record/conf
ip netns exec peer "$1/pluto" --nofork --logfile "$2/pluto.log" --config /run/record/conf \
    --secretsfile /run/record/secrets --nssdir /run/record/nss &
until [ -S /run/pluto/pluto.ctl ]; do kill -0 $!; sleep 0.1; done
whack() { ip netns exec peer "$WHACK" "$@"; }
whack --name t --ikev2 --psk --encrypt --tunnel --pfs --ikefrag-allow --esn \
    --id @west --host 192.0.2.1 --client 198.51.100.0/25 --updown /bin/true --to \
    --id @east --host 192.0.2.2 --client 198.51.100.128/25 --updown /bin/true
whack --listen
java -Xshare:auto -XX:TieredStopAtLevel=1 org.jswan.simulation.PeerRecorder "$2"
