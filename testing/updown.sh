#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Compares our _updown with libreswan's: the same verbs with the same environment, in two network namespaces, must leave
# the same addresses, routes, proxied neighbours, devices and rules behind after every verb, say the same and exit alike.
#
# What the daemon does itself instead of our script is compared with the script in the same way.
#
#   uml/run updown.sh           after peers.sh and `mvn test-compile`; under User Mode Linux: it makes devices and mounts
set -u
# What is mounted over the machine's files is for nobody else, wherever this runs.
[ "${1-}" = --apart ] || exec unshare --mount --propagation private -- "$0" --apart
here=$(dirname "$(readlink -f "$0")")
cache=${JSWAN_TESTING_CACHE:-/var/cache/jswan-testing}
verbs=(prepare route up down unroute)
work=$(mktemp -d)
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
top=$(readlink -f "$here/..")
passed=0 failed=0 ourselves=0 server=

# host VARIABLE=VALUE...: common to all cases, IPv4
v4=(PLUTO_CONN_ADDRFAMILY=ipv4 PLUTO_ME=192.0.2.1 PLUTO_PEER=192.0.2.2 PLUTO_NEXT_HOP=192.0.2.2
    PLUTO_MY_CLIENT=10.1.0.0/24 PLUTO_MY_CLIENT_NET=10.1.0.0 PLUTO_MY_CLIENT_MASK=255.255.255.0
    PLUTO_PEER_CLIENT=10.2.0.0/24 PLUTO_PEER_CLIENT_NET=10.2.0.0 PLUTO_PEER_CLIENT_MASK=255.255.255.0)
v6=(PLUTO_CONN_ADDRFAMILY=ipv6 PLUTO_ME=2001:db8::1 PLUTO_PEER=2001:db8::2 PLUTO_NEXT_HOP=2001:db8::2
    PLUTO_MY_CLIENT=2001:db8:1::/64 PLUTO_MY_CLIENT_NET=2001:db8:1:: PLUTO_MY_CLIENT_MASK=ffff:ffff:ffff:ffff::
    PLUTO_PEER_CLIENT=2001:db8:2::/64 PLUTO_PEER_CLIENT_NET=2001:db8:2:: PLUTO_PEER_CLIENT_MASK=ffff:ffff:ffff:ffff::)
common=(PLUTO_STACK=xfrm PLUTO_CONNECTION=t PLUTO_INTERFACE=wan PLUTO_CFG_CLIENT=0 PLUTO_CFG_SERVER=0
    PLUTO_NM_CONFIGURED=0 PLUTO_IS_PEER_CISCO=0 PLUTO_CONN_KIND=CK_PERMANENT PLUTO_MY_SOURCEIP= PLUTO_MTU= PLUTO_METRIC=
    PLUTO_PEER_DNS_INFO= PLUTO_PEER_DOMAIN_INFO= VTI_IFACE= VTI_ROUTING=no VTI_SHARED=no CAT= NFLOG=)

# Runs inside a network namespace: verbs one after the other, what each left behind on standard output: see arrange.
# shellcheck disable=SC2016  # expanded by the inner shell
inside='
script=$1 suffix=$2; shift 2
# Devices of this network.
mount -t sysfs sysfs /sys
ip link set lo up
ip link add wan type $KIND; ip link set wan up; ip link add lan type $KIND; ip link set lan address 02:00:00:00:00:01 up
ip addr add 192.0.2.1/24 dev wan; ip addr add 2001:db8::1/64 dev wan nodad
ip addr add 10.1.0.1/24 dev lan; ip addr add 2001:db8:1::1/64 dev lan nodad
eval "$SETUP"
asked="addr show scope 50
addr show dev lo
route show
neigh show proxy
rule show
route show table 50"
for verb in prepare route up down unroute; do
    PLUTO_VERB=$verb-$suffix "$script" "$@" > "$SAID" 2>&1
    echo "$verb: exit $?"
    # Where the script is is not compared.
    sed "s,[^ ]*/_updown,_updown,g" "$SAID"
    case $PLUTO_CFG_CLIENT:$verb in 1:up | 1:down) cat /etc/resolv.conf ;; esac
    if [ -n "$VTI_IFACE" ]; then
        ip tunnel show "$VTI_IFACE"
        cat /proc/sys/net/ipv4/conf/"$VTI_IFACE"/{disable_policy,rp_filter,forwarding}
    fi 2>&1
    [ -z "$NFLOG" ] || iptables -S
    [ -z "$CAT" ] || iptables -t nat -S
    # At one go, because to start a program is dear under User Mode Linux; a table without routes is an error.
    echo "state of $verb"
    for family in -4 -6; do
        ip $family -force -batch - 2> /dev/null <<< "$asked"
    done
done
[ -z "${SHARED-}" ] || {
    ip link del wan; ip link del lan; ip link del ipsec3; ip rule del prio 100; ip route flush table 50
    ip route flush table main; ip -6 route flush table main; ip addr flush dev lo scope 50; ip addr flush dev lo scope global
} 2> /dev/null'

# What is there after each verb, without the numbers of devices, in one order.
arrange() {
    awk '/^state of / { key = NR }
        /^[a-z]*: exit / { key = 0 }
        { sub(/^[0-9]*: /, "N: "); printf "%05d %s\n", key ? key : NR, $0 }' | sort | cut -c 7-
}

# The daemon's own way, in a network namespace that is cleaned after each case: to start Java for each is dear.
start_server() {
    local module classes=$top/kernel-xfrm/target/test-classes
    for module in kernel-xfrm ike-core native-socket; do
        classes=$classes:$top/$module/target/classes
    done
    mkfifo "$work/in" "$work/out"
    unshare --net java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$classes" org.jswan.xfrm.StockUpdownServer \
        <> "$work/in" 1<> "$work/out" &
    server=$!
    cat > "$work/_updown" <<EOF
#!/bin/bash
{ env | grep -E '^(PLUTO|VTI|NFLOG|CAT|CONNMARK)'; echo; } > "$work/in"
while IFS= read -r line; do
    case \$line in
        'exit script') touch "$work/by-script"; exit 0 ;;
        'exit '*) exit "\${line#exit }" ;;
    esac
    printf '%s\n' "\$line"
done < "$work/out"
EOF
    chmod +x "$work/_updown"
}

# perform WHICH SCRIPT PREFIX... -- SUFFIX SETUP ARGUMENTS VARIABLE=VALUE...: prefix is what leads into a namespace
perform() {
    local which=$1 script=$2 prefix=()
    shift 2
    while [ "$1" != -- ]; do
        prefix+=("$1")
        shift
    done
    local suffix=$2 setup=$3 arguments=$4
    shift 4
    # shellcheck disable=SC2086  # several arguments or none
    "${prefix[@]}" env -i PATH="$PATH" SETUP="$setup" SAID="$work/said" KIND="$kind" "${common[@]}" "$@" \
        bash -c "$inside" - "$script" "$suffix" $arguments | arrange > "$work/$which"
}

# judge NAME FILE FILE
judge() {
    : > "$work/diff"
    if [ "$(grep -c : "$work/$3")" -gt "${#verbs[@]}" ] && diff -u "$work/$2" "$work/$3" > "$work/diff"; then
        passed=$((passed + 1))
    else
        echo "FAIL $1"
        cat "$work/diff"
        failed=$((failed + 1))
    fi
}

# compare NAME SUFFIX SETUP ARGUMENTS VARIABLE=VALUE...
compare() {
    local name=$1
    shift
    perform libreswan /usr/libexec/ipsec/_updown unshare --net --mount -- "$@"
    perform jswan "$top/etc/_updown" unshare --net --mount -- "$@"
    judge "$name" libreswan jswan
    if [ -z "$3" ]; then
        rm -f "$work/by-script"
        perform daemon "$work/_updown" nsenter --net="/proc/$server/ns/net" unshare --mount -- "$@" SHARED=yes
        if [ ! -e "$work/by-script" ]; then
            judge "$name, by the daemon itself" jswan daemon
            ourselves=$((ourselves + 1))
        fi
    fi
}

[ -d "$cache/libreswan" ] || { echo "updown.sh: no libreswan in $cache; run peers.sh" >&2; exit 1; }
mkdir -p /usr/libexec/ipsec
mount --bind "$cache/libreswan/usr/libexec/ipsec" /usr/libexec/ipsec || exit 1
mkdir -p /run/pluto
mount -t tmpfs run /run/pluto || exit 1
: > "$work/resolv.conf"
mount --bind "$work/resolv.conf" /etc/resolv.conf || exit 1
start_server
# User Mode Linux has dummies, other machines may have bridges instead.
kind=dummy
unshare --net ip link add probe type $kind 2> /dev/null || kind=bridge
default='ip route add default via 192.0.2.254; ip -6 route add default via 2001:db8::fe'
compare 'plain subnets' client "$default" '' "${v4[@]}"
compare 'plain subnets, no route at all' client : '' "${v4[@]}"
compare 'unreachable peer client' client 'ip route add unreachable 10.2.0.0/16' '' "${v4[@]}"
compare 'source address' client "$default" '' "${v4[@]}" PLUTO_MY_SOURCEIP=10.1.0.1
compare 'source address to be made' client "$default" '' "${v4[@]}" PLUTO_MY_SOURCEIP=10.9.9.9
compare 'source address and next hop' client "$default" '' "${v4[@]}" PLUTO_MY_SOURCEIP=10.9.9.9 PLUTO_NEXT_HOP=192.0.2.254
compare 'source address, MOBIKE' client "$default" '' "${v4[@]}" PLUTO_MY_SOURCEIP=10.9.9.9 PLUTO_MOBIKE_EVENT=yes
compare 'no next hop' client "$default" '' "${v4[@]}" PLUTO_NEXT_HOP= PLUTO_PEER=0.0.0.0
compare 'IPv6, no next hop, mtu' client-v6 "$default" '' "${v6[@]}" PLUTO_NEXT_HOP= PLUTO_PEER=:: PLUTO_MTU=1400
compare 'mtu' client "$default" '' "${v4[@]}" PLUTO_MTU=1400
compare 'mtu and metric' client "$default" '' "${v4[@]}" PLUTO_MTU=1400 PLUTO_METRIC=77
compare 'metric alone' client "$default" '' "${v4[@]}" PLUTO_METRIC=77
compare 'default route of the peer' client "$default" '' "${v4[@]}" PLUTO_MY_SOURCEIP=10.1.0.1 \
    PLUTO_PEER_CLIENT=0.0.0.0/0 PLUTO_PEER_CLIENT_NET=0.0.0.0
compare 'what fails is told' client "$default" '' "${v4[@]}" PLUTO_MY_SOURCEIP=10.9.9.9 PLUTO_MTU=1400 PLUTO_METRIC=77 \
    PLUTO_NEXT_HOP=198.51.100.9 PLUTO_INTERFACE=none
compare 'single client on our network' client "$default" '' "${v4[@]}" PLUTO_PEER_CLIENT=10.1.0.77/32 \
    PLUTO_PEER_CLIENT_NET=10.1.0.77
compare 'single client elsewhere' client "$default" '' "${v4[@]}" PLUTO_PEER_CLIENT=10.2.0.77/32 PLUTO_PEER_CLIENT_NET=10.2.0.77
compare 'cisco peer' client "$default" '' "${v4[@]}" PLUTO_MY_SOURCEIP=10.9.9.9 PLUTO_IS_PEER_CISCO=1
compare '--route yes' client "$default" '--route yes' "${v4[@]}"
compare '--route no' client "$default" '--route no' "${v4[@]}" PLUTO_MTU=1400
compare 'unknown argument' client "$default" '--nonsense' "${v4[@]}"
compare 'unknown family' client "$default" '' "${v4[@]}" PLUTO_CONN_ADDRFAMILY=ipx
compare 'unknown stack' client "$default" '' "${v4[@]}" PLUTO_STACK=carrier-pigeon
compare 'unknown verb' nonsense "$default" '' "${v4[@]}"
compare 'hosts' host "$default" '' "${v4[@]}" PLUTO_MY_CLIENT=192.0.2.1/32 PLUTO_MY_CLIENT_NET=192.0.2.1 \
    PLUTO_PEER_CLIENT=192.0.2.2/32 PLUTO_PEER_CLIENT_NET=192.0.2.2
compare 'IPv6 subnets' client-v6 "$default" '' "${v6[@]}"
compare 'IPv6 source address' client-v6 "$default" '' "${v6[@]}" PLUTO_MY_SOURCEIP=2001:db8:9::9
compare 'IPv6 default route of the peer' client-v6 "$default" '' "${v6[@]}" PLUTO_MY_SOURCEIP=2001:db8:1::1 \
    PLUTO_PEER_CLIENT=::/0 PLUTO_PEER_CLIENT_NET=::
vti=("${v4[@]}" VTI_IFACE=vti7 VTI_ROUTING=yes CONNMARK_IN=7/0xffffffff CONNMARK_OUT=7/0xffffffff)
compare 'VTI' client "$default" '' "${vti[@]}"
compare 'VTI, shared, keys that differ' client "$default" '' "${vti[@]}" CONNMARK_OUT=8/0xffffffff VTI_SHARED=yes
compare 'VTI without marks' client "$default" '' "${v4[@]}" VTI_IFACE=vti7 VTI_ROUTING=yes
compare 'VTI without routing' client "$default" '' "${vti[@]}" VTI_ROUTING=no
compare 'VTI of an instance' client "$default" '' "${vti[@]}" PLUTO_CONN_KIND=CK_INSTANCE
compare 'VTI with an address' client "$default" '' "${vti[@]}" VTI_IP=10.8.0.1/24
compare 'VTI and source address' client "$default" '' "${vti[@]}" PLUTO_MY_SOURCEIP=10.9.9.9
compare 'VTI, source address, mtu, no routing' client "$default" '' "${vti[@]}" PLUTO_MY_SOURCEIP=10.9.9.9 PLUTO_MTU=1400 VTI_ROUTING=no
compare 'VTI where there is a route' client "$default; ip route add 10.2.0.0/24 via 192.0.2.7" '' "${vti[@]}"
compare 'VTI and no default route' client 'ip route add 10.2.0.0/24 via 192.0.2.7' '' "${vti[@]}"
compare 'VTI between hosts' host "$default" '' "${vti[@]}" PLUTO_MY_CLIENT=192.0.2.1/32 PLUTO_MY_CLIENT_NET=192.0.2.1 \
    PLUTO_PEER_CLIENT=192.0.2.2/32 PLUTO_PEER_CLIENT_NET=192.0.2.2
compare 'VTI by IPv6' client-v6 "$default" '' "${v6[@]}" VTI_IFACE=vti7 VTI_ROUTING=yes CONNMARK_IN=7/0xffffffff \
    CONNMARK_OUT=7/0xffffffff
compare 'NFLOG' client "$default" '' "${v4[@]}" NFLOG=13
compare 'NFLOG between hosts' host "$default" '' "${v4[@]}" NFLOG=13 PLUTO_MY_CLIENT=192.0.2.1/32 PLUTO_MY_CLIENT_NET=192.0.2.1 \
    PLUTO_PEER_CLIENT=192.0.2.2/32 PLUTO_PEER_CLIENT_NET=192.0.2.2
compare 'client address translation' client "$default" '' "${v4[@]}" CAT=YES PLUTO_MY_CLIENT=10.9.9.9/32 PLUTO_MY_CLIENT_NET=10.9.9.9
compare 'client address translation of nothing' client "$default" '' "${v4[@]}" CAT=YES PLUTO_MY_CLIENT=0.0.0.0/0 \
    PLUTO_MY_CLIENT_NET=0.0.0.0
# shellcheck disable=SC2016  # expanded by the inner shell
device='ip link add ipsec3 type $KIND; ip link set ipsec3 up'
xfrmi=("${v4[@]}" PLUTO_XFRMI_ROUTE=yes PLUTO_VIRT_INTERFACE=ipsec3 PLUTO_XFRMI_FWMARK=)
compare 'interface' client "$default; $device" '' "${xfrmi[@]}"
compare 'interface and next hop' client "$default; $device" '' "${xfrmi[@]}" PLUTO_NEXT_HOP=192.0.2.254
compare 'interface and source address' client "$default; $device" '' "${xfrmi[@]}" PLUTO_MY_SOURCEIP=10.9.9.9
compare 'interface to the peer itself' client "$default; $device" '' "${xfrmi[@]}" PLUTO_XFRMI_FWMARK=3/0xffffffff \
    PLUTO_PEER_CLIENT=192.0.2.2/32 PLUTO_PEER_CLIENT_NET=192.0.2.2
compare 'interface to the peer itself, beside another' client "$default; $device; ip rule add prio 100 to 192.0.2.2 fwmark 3 lookup 50" \
    '' "${xfrmi[@]}" PLUTO_XFRMI_FWMARK=3/0xffffffff PLUTO_PEER_CLIENT=192.0.2.2/32 PLUTO_PEER_CLIENT_NET=192.0.2.2 \
    PLUTO_NEXT_HOP=192.0.2.254
compare 'interface for everything' client "$default; $device" '' "${xfrmi[@]}" PLUTO_XFRMI_FWMARK=3/0xffffffff \
    PLUTO_PEER_CLIENT=0.0.0.0/0 PLUTO_PEER_CLIENT_NET=0.0.0.0 PLUTO_NEXT_HOP=192.0.2.254
compare 'interface, both subnets the same' client "$default; $device" '' "${xfrmi[@]}" \
    PLUTO_PEER_CLIENT=10.1.0.0/24 PLUTO_PEER_CLIENT_NET=10.1.0.0
compare 'IPv6 interface' client-v6 "$default; $device" '' "${v6[@]}" PLUTO_XFRMI_ROUTE=yes PLUTO_VIRT_INTERFACE=ipsec3 \
    PLUTO_XFRMI_FWMARK=
compare 'IPv6 hosts' host-v6 "$default" '' "${v6[@]}" PLUTO_MY_CLIENT=2001:db8::1/128 PLUTO_MY_CLIENT_NET=2001:db8::1 \
    PLUTO_PEER_CLIENT=2001:db8::2/128 PLUTO_PEER_CLIENT_NET=2001:db8::2
# shellcheck disable=SC2016  # expanded by the inner shell
asking='rm -f /run/pluto/libreswan-resolv-conf-backup; printf "%b" "$RESOLVER" > /etc/resolv.conf'
compare 'name servers' client "$asking" '' "${v4[@]}" PLUTO_CFG_CLIENT=1 PLUTO_PEER_DNS_INFO='192.0.2.53 192.0.2.54' \
    RESOLVER='domain a.example\nnameserver 192.0.2.99 # ours\nnameserver 192.0.2.98\n'
compare 'name servers and domains' client "$asking" '' "${v4[@]}" PLUTO_CFG_CLIENT=1 PLUTO_PEER_DNS_INFO=192.0.2.53 \
    PLUTO_PEER_DOMAIN_INFO='b.example c.example' RESOLVER='search c.example d.example\nnameserver 192.0.2.53\n'
compare 'name servers where there were none' client "$asking" '' "${v4[@]}" PLUTO_CFG_CLIENT=1 \
    PLUTO_PEER_DNS_INFO=192.0.2.53 PLUTO_PEER_DOMAIN_INFO=b.example RESOLVER=
compare 'name servers, twice' client "$asking; touch /run/pluto/libreswan-resolv-conf-backup" '' "${v4[@]}" \
    PLUTO_CFG_CLIENT=1 PLUTO_PEER_DNS_INFO=192.0.2.53 RESOLVER='# Generated by Libreswan (IPsec)\nnameserver 192.0.2.53\n'
compare 'no name servers' client "$asking" '' "${v4[@]}" PLUTO_CFG_CLIENT=1 RESOLVER='nameserver 192.0.2.99\n'
compare 'NetworkManager' client "$asking" '' "${v4[@]}" PLUTO_CFG_CLIENT=1 PLUTO_NM_CONFIGURED=1 \
    PLUTO_PEER_DNS_INFO=192.0.2.53 RESOLVER='nameserver 192.0.2.99\n'
compare 'IPv6 name servers' client-v6 "$asking" '' "${v6[@]}" PLUTO_CFG_CLIENT=1 PLUTO_PEER_DNS_INFO=2001:db8::53 \
    PLUTO_MY_SOURCEIP=2001:db8:9::9 RESOLVER='nameserver 192.0.2.99\n'
echo "updown: $passed passed, $failed failed, $ourselves of them by the daemon itself"
# As many as there are cases of what the daemon does without the script.
if [ "$ourselves" -lt 28 ]; then
    echo 'FAIL what the daemon should do itself was left to the script'
    exit 1
fi
[ "$failed" -eq 0 ]
