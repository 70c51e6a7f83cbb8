#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The daemon as a process: how it starts, what it is called, whom it answers, how it ends. Needs root and a built tree;
# touches nothing outside namespaces of its own. Real daemons negotiate in the scenarios, not here.
#
#   sudo testing/daemon.sh
set -u
tree=$(dirname "$(dirname "$(readlink -f "$0")")")
if [ "${1-}" != inside ]; then
    [ "$(id -u)" = 0 ] || { echo "daemon.sh: run it as root" >&2; exit 1; }
    exec unshare --mount --net "$0" inside
fi

mount --make-rprivate /
mount -t tmpfs none /run
ip link set lo up
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# With --destdir, install.sh leaves the class-data archive out, which takes longer than all of this.
"$tree/etc/install.sh" --destdir "$work/root" --programs-only > /dev/null || exit 1
pluto=$work/root/usr/local/libexec/ipsec/pluto
whack=$work/root/usr/local/libexec/ipsec/whack
printf 'config setup\n\tlogfile=%s/log\nconn t\n\tleft=127.0.0.1\n\tright=192.0.2.2\n\tauthby=secret\n\tauto=add\n' \
    "$work" > "$work/conf"
echo ': PSK "nobody is there"' > "$work/secrets"
options=(--config "$work/conf" --secretsfile "$work/secrets")
passed=0 failed=0

# check WHAT COMMAND...: a line for what does not hold
check() {
    if "${@:2}"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "daemon.sh: FAILED: $1"; fi
}
# status N COMMAND...: its output is in $output
status() {
    local want=$1 got
    output=$("${@:2}" 2>&1)
    got=$?
    [ $got = "$want" ] || { echo "  exit status $got, not $want: $output"; return 1; }
}
says() { case $output in *"$1"*) ;; *) echo "  no '$1' in: $output"; return 1 ;; esac; }
logged() { within 5 grep -qF -- "$1" "$work/log"; }
# within SECONDS COMMAND...
within() {
    local end=$((SECONDS + $1))
    until "${@:2}" > /dev/null 2>&1; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.05
    done
}
answers() { "$whack" --briefstatus; }
gone() { ! kill -0 "$1" 2> /dev/null; }
is() { [ "$1" = "$2" ] || { echo "  '$1', not '$2'"; return 1; }; }
ended() {
    wait "$1"
    is "$?" "$2"
}

check 'help' status 0 "$pluto" --help
check 'help text' says '[--nofork]'
check 'version' status 0 "$pluto" --version
check 'version text' says 'Libreswan 4.11'
check 'unknown option' status 1 "$pluto" --bogus
check 'unknown option text' says "unrecognized option '--bogus'"
check 'selftest' status 0 "$pluto" --selftest
check 'no socket, no daemon' status 33 "$whack" --status
printf 'config setup\nconn d\n\tleft=%%defaultroute\n\tright=%%group\n' > "$work/default"
ip link add eth0 type veth peer name eth1
ip address add 198.51.100.2/24 dev eth0
ip link set eth0 up; ip link set eth1 up
ip route add default via 198.51.100.254
check 'no daemon, but routes' status 255 "${whack%whack}addconn" --config "$work/default" --verbose d
check 'its own address' says '  success: src=198.51.100.2 gateway=198.51.100.254'
ip link del eth0

# In the foreground.
"$pluto" --nofork "${options[@]}" --leak-detective > "$work/out" 2> "$work/err" &
daemon=$!
check 'answers' within 20 answers
check 'says that it is there' is "$(cat "$work/out")" 'Pluto initialized'
check 'comm' is "$(cat /proc/$daemon/comm)" pluto
check 'executable' is "$(readlink /proc/$daemon/exe)" "$pluto"
check 'pid file' is "$(cat /run/pluto/pluto.pid)" "$daemon"
check 'rights of the socket' is "$(stat -c %a /run/pluto/pluto.ctl)" 700
check 'loads its connections by itself' logged 'added IKEv2 connection'
check 'listens by itself' logged 'adding UDP interface lo 127.0.0.1:4500'
check 'loads secrets by itself' logged "loading secrets from \"$work/secrets\""
check 'status' status 0 "$whack" --status
check 'status text' says '000 "t": 127.0.0.1'
loaded() { status 0 "$whack" --processstatus && says 'PID  Process' && ! says addconn; }
check 'its processes, without the one that loads connections' within 5 loaded
check 'a second one' status 10 "$pluto" "${options[@]}"
check 'a second one, text' says 'lock file "/run/pluto/pluto.pid" already exists'
check 'a second one in the foreground' status 10 "$pluto" --nofork "${options[@]}"
check 'survives the second one' answers > /dev/null

before=$(find "/proc/$daemon/fd" "/proc/$daemon/task" -mindepth 1 -maxdepth 1 | wc -l)
for _ in $(seq 50); do "$whack" --briefstatus > /dev/null; done
{ for _ in $(seq 10); do timeout -s KILL 0.01 "$whack" --status > /dev/null; done; } 2> /dev/null
same_as_before() { [ "$(find "/proc/$daemon/fd" "/proc/$daemon/task" -mindepth 1 -maxdepth 1 | wc -l)" -le $((before + 3)) ]; }
check 'clients leave nothing behind' within 5 same_as_before

kill -HUP $daemon
check 'hang-up' logged 'Pluto ignores SIGHUP -- perhaps you want "whack --listen"'
mv "$work/log" "$work/log.1"
kill -USR1 $daemon
check 'log rotation' within 5 test -e "$work/log"
"$whack" --listen > /dev/null
check 'goes on in the new log' logged 'listening for IKE messages'
kill -TERM $daemon
check 'termination' ended $daemon 0
check 'leak detective' logged 'leak detective found no leaks'
check 'leaves no files' is "$(ls -A /run/pluto)" ''

# No variable of the environment changes it.
LD_PRELOAD=/nonexistent.so LD_LIBRARY_PATH=/nonexistent JAVA_HOME=/nonexistent CLASSPATH=/nonexistent \
    JAVA_TOOL_OPTIONS=-Xbogus JDK_JAVA_OPTIONS=-Xbogus _JAVA_OPTIONS=-Xbogus LC_ALL=POSIX \
    "$pluto" --nofork "${options[@]}" > /dev/null 2> "$work/err" &
daemon=$!
check 'answers in any environment' within 20 answers
# The shell's own complaint about LD_PRELOAD is not pluto's.
check 'says nothing about it' is "$(grep -v 'object.*LD_PRELOAD' "$work/err")" ''
check 'shutdown, state left' status 0 "$whack" --shutdown --leave-state
check 'exit status for it' ended $daemon 12

# A daemon that was killed.
"$pluto" --nofork "${options[@]}" > /dev/null 2>&1 &
daemon=$!
check 'answers again' within 20 answers
kill -KILL $daemon
wait $daemon 2> /dev/null
check 'its pid file keeps a forking one away' status 10 "$pluto" "${options[@]}"
"$pluto" --nofork "${options[@]}" > /dev/null 2>&1 &
daemon=$!
check 'but not one in the foreground' within 20 answers
check 'which clears the kernel' logged 'the pluto before this one died'
check 'shutdown' status 0 "$whack" --shutdown
check 'exit status of it' ended $daemon 0

# Forking.
check 'daemon fork' status 0 "$pluto" "${options[@]}"
check 'answers at once' answers > /dev/null
daemon=$(cat /run/pluto/pluto.pid)
check 'comm of the daemon' is "$(cat "/proc/$daemon/comm")" pluto
check 'own session' is "$(ps -o sid= -p "$daemon" | tr -d ' ')" "$daemon"
check 'holds no terminal' is "$(readlink "/proc/$daemon/fd/2")" /dev/null
check 'shutdown of the daemon' status 0 "$whack" --shutdown
check 'the daemon ends' within 10 gone "$daemon"

# The command that starts it clears the kernel of what another left.
if ip xfrm policy add dir out src 10.0.0.1 dst 10.0.0.2 2> /dev/null; then
    cleared() { ! ip xfrm policy | grep -q 'src 10.0.0.1'; }
    # The machine's own database is no business of ours.
    mkdir "$work/confd" "$work/nss"
    export IPSEC_CONF=$work/conf IPSEC_EXECDIR=${pluto%/*} IPSEC_CONFDDIR=$work/confd IPSEC_NSSDIR=$work/nss
    check 'start by command' status 0 "$work/root/usr/local/sbin/ipsec" start
    check 'which clears the kernel of leftovers' cleared
    check 'answers' within 5 answers
    daemon=$(cat /run/pluto/pluto.pid)
    ip xfrm policy add dir out src 10.0.0.1 dst 10.0.0.2
    check 'a second start by command' status 10 "$work/root/usr/local/sbin/ipsec" start
    check 'which leaves the kernel to the first' is "$(ip xfrm policy | grep -c 'src 10.0.0.1')" 1
    check 'shutdown of that' status 0 "$whack" --shutdown
    check 'that ends' within 10 gone "$daemon"
else
    echo 'daemon.sh: SKIPPED: leftovers in the kernel (no XFRM here)'
fi

# What cannot work says why in one line.
check 'run-time folder' status 10 "$pluto" --rundir /proc/none
check 'run-time folder text' says 'unable to create lock dir: "/proc/none": No such file or directory (errno 2)'
mkdir -p "$work/$(printf 'x%.0s' $(seq 120))"
check 'socket path too long' status 2 "$pluto" --rundir "$work/$(printf 'x%.0s' $(seq 120))"
check 'socket path too long, text' says 'could not bind control socket: File name too long (errno 36)'
mkdir -m 700 "$work/mine"
chmod 755 "$work"
check 'not root' status 10 setpriv --reuid 65534 --regid 65534 --clear-groups "$pluto" --rundir "$work/mine"
check 'not root, text' says 'Permission denied (errno 13)'
mkdir -m 777 "$work/open"
check 'no rights' status 5 setpriv --reuid 65534 --regid 65534 --clear-groups "$pluto" --rundir "$work/open" \
    --config "$work/conf"
check 'no rights, text' says 'CAP_NET_ADMIN'
check 'no rights, nothing left' is "$(ls -A "$work/open")" ''

echo "daemon.sh: $passed passed, $failed failed"
[ $failed = 0 ]
