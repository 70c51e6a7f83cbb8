#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Records what libreswan answers to the connections in connections.in and shows of them, into connections.out; and what
# it tells updown and the kernel when those in updown.in are routed and unrouted, into updown.out.
# Needs root and libreswan; everything happens in namespaces. LIBRESWAN is the folder of pluto and whack.
set -eu
cd "$(dirname "$0")"
export CASES=$PWD/src/test/resources/org/jswan/simulation
export LIBRESWAN=${LIBRESWAN:-/usr/libexec/ipsec}
# shellcheck disable=SC2016  # expanded by the inner shell
unshare --net --mount bash -euc '
programs=$(mktemp -d); mount -t tmpfs tmpfs "$programs"
cp -a "$LIBRESWAN/." "$programs"
mount -t tmpfs tmpfs /usr/libexec; mkdir /usr/libexec/ipsec; mount --bind "$programs" /usr/libexec/ipsec
mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /var/lib
mkdir -p /run/pluto /var/lib/ipsec/nss
nss() { certutil "$@" -d sql:/var/lib/ipsec/nss -z /run/noise > /dev/null 2>&1; }
head -c 2048 /dev/urandom > /run/noise
nss -N --empty-password
# RecordedUpdownTest has the same names.
nss -S -x -n root -s "CN=Root of \$4 \`each\`,O=\"Rock, Roll=\",C=NL" -t CT,C,C -m 1 -2 <<< "y

n"
nss -S -c root -n east -s "CN=east,C=NL" -t ,, -m 2 --extSAN dns:east.example
ip link add eth0 type veth peer name eth1
ip address add 192.0.2.1/24 dev eth0; ip address add 192.0.2.3/24 dev eth0; ip address add 2001:db8::1/64 dev eth0 nodad
ip link set eth1 up; ip link set eth0 up
whack() { /usr/libexec/ipsec/whack "$@"; }
pluto=
stop() { [ -z "$pluto" ] || { kill "$pluto"; wait "$pluto" || true; }; }
trap stop EXIT
# Starts pluto with that configuration.
start() {
    stop
    rm -f /run/pluto/pluto.ctl
    printf "%s\n" "$@" > /run/ipsec.conf
    /usr/libexec/ipsec/pluto --nofork --stderrlog --config /run/ipsec.conf > /run/log 2>&1 &
    pluto=$!
    until [ -S /run/pluto/pluto.ctl ]; do kill -0 $pluto; sleep 0.1; done
    whack --listen > /dev/null
}
# Adds the connections of that file.
connections() {
    while read -r line; do
        case $line in "#"* | "") continue ;; esac
        echo "> $line"
        eval "whack ${line//;/\\;}" 2>&1 && status=0 || status=$?
        echo "= $status"
        name=${line#--name }; name=${name%% *}
        whack --status | grep -F "\"$name\"" || true
    done < "$CASES/$1"
    echo "> --status"
    whack --status
}
start ""
connections connections.in > "$CASES/connections.out"

cat > /run/updown <<"END"
#!/bin/sh
echo "! $PLUTO_VERB" >> /run/said
env | grep "^PLUTO\|^VTI\|^SPI\|^NFLOG\|^CONNMARK\|^XAUTH\|^CAT\|^INTERFACE" | LC_ALL=C sort >> /run/said
END
chmod +x /run/updown
policies() {
    ip -o xfrm policy | grep -v "^src ::/0 \|^src 0.0.0.0/0 " | tr "\\\\\t" "  " | tr -s " " | sed "s/ $//; s/^/! policy /" |
        LC_ALL=C sort
}
{
    while read -r line; do
        case $line in "#"* | "") continue ;; esac
        echo "> $line"
        name=${line#--name }; name=${name%% *}
        : > /run/said
        line=${line// --host / --updown /run/updown --host }
        eval "whack ${line//;/\\;}" > /dev/null || true
        whack --route --name "$name" > /dev/null || true
        cat /run/said
        policies
        : > /run/said
        whack --unroute --name "$name" > /dev/null
        cat /run/said
        whack --delete --name "$name" > /dev/null
    done < "$CASES/updown.in"
} > "$CASES/updown.out"

start "config setup" "    ikev1-policy=accept"
connections connections-ikev1.in > "$CASES/connections-ikev1.out"
'
