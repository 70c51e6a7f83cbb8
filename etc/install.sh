#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs what `mvn package` has built.
#
#   install.sh [--prefix DIR] [--destdir DIR] [--nssdir DIR] [--ikev1-policy P] [--programs-only]
#
#   --prefix DIR       where programs go: sbin, libexec/ipsec, lib/jswan below it (/usr/local)
#   --destdir DIR      put everything below DIR instead of /, as packagers do; lib/jswan/make-archive is then theirs to run
#   --nssdir DIR       the built-in place of the NSS database (/var/lib/ipsec/nss)
#   --ikev1-policy P   what ikev1-policy= is unless configured: accept, reject or drop (drop)
#   --programs-only    nothing in /etc, no systemd unit
#
# Configuration files that exist are left alone. Doing it again replaces the programs only.
set -euo pipefail
tree=$(dirname "$(dirname "$(readlink -f "$0")")")
prefix=/usr/local destdir='' nssdir=/var/lib/ipsec/nss ikev1_policy=drop programs_only=no

fail() { echo "install.sh: $*" >&2; exit 1; }

while [ $# -gt 0 ]; do
    case $1 in
        --prefix | --destdir | --nssdir | --ikev1-policy) [ $# -gt 1 ] || fail "$1 needs a value" ;;
    esac
    case $1 in
        --prefix) prefix=$2; shift ;;
        --prefix=*) prefix=${1#*=} ;;
        --destdir) destdir=$2; shift ;;
        --destdir=*) destdir=${1#*=} ;;
        --nssdir) nssdir=$2; shift ;;
        --nssdir=*) nssdir=${1#*=} ;;
        --ikev1-policy) ikev1_policy=$2; shift ;;
        --ikev1-policy=*) ikev1_policy=${1#*=} ;;
        --programs-only) programs_only=yes ;;
        -h | --help) sed -n '3,/^set/{s/^# \{0,1\}//;/^set/d;p}' "$0"; exit 0 ;;
        *) fail "unknown argument $1" ;;
    esac
    shift
done
case $prefix in /*) ;; *) fail "--prefix is not an absolute path: $prefix" ;; esac
case $ikev1_policy in accept | reject | drop) ;; *) fail "--ikev1-policy is not accept, reject or drop: $ikev1_policy" ;; esac

# The machine's Java: JAVA_HOME if set, else the one whose `java` is found first.
java_home=${JAVA_HOME:-}
if [ -z "$java_home" ]; then
    java=$(command -v java) || fail "no java; Debian's package is openjdk-17-jre-headless"
    # Debian's java may be a wrapper of a version manager: ask it where its home is.
    java_home=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
fi
jvm=$java_home/lib/server/libjvm.so
[ -e "$jvm" ] || fail "no $jvm"

built() {
    local found
    # shellcheck disable=SC2086  # a pattern
    found=$(cd "$tree" && ls -d $1 2>/dev/null) || fail "no $1: run \`mvn -B package\` first"
    # shellcheck disable=SC2086  # a list
    (cd "$tree" && readlink -f $found)
}
pluto=$(built pluto-daemon/target/native/pluto)
whack=$(built whack-cli/target/native/whack)
shim=$(built 'native-socket/target/classes/native/linux-*/libjswan-socket.so')
ffi=$(built "pluto-daemon/target/native/jni/$(uname -m)-Linux/libjffi-*.so")
# By way of variables: process substitution needs /dev/fd, which a build root may lack.
daemon=$(built 'pluto-daemon/target/pluto-daemon-*.jar')
libraries=$(built 'pluto-daemon/target/lib/*.jar')
mapfile -t jars <<< "$libraries"

lib=$prefix/lib/jswan libexec=$prefix/libexec/ipsec sbin=$prefix/sbin
install -d "$destdir$lib" "$destdir$libexec" "$destdir$sbin"

# Under new names first, then all at once: a running daemon keeps what it has.
rm -f "$destdir$lib"/*.jar "$destdir$lib"/*.jsa
install -m 644 "$daemon" "${jars[@]}" "$destdir$lib"
install -m 755 "$shim" "$destdir$lib/libjswan-socket.so.new"
mv "$destdir$lib/libjswan-socket.so.new" "$destdir$lib/libjswan-socket.so"
install -m 755 "$ffi" "$destdir$lib"
ln -sfn "$jvm" "$destdir$lib/libjvm.so"
{
    cat "$tree/etc/jvm.options"
    printf -- '-Djffi.boot.library.path=%s\n' "$lib"
    printf -- '-Djswan.%s=%s\n' sbindir "$sbin" libexecdir "$libexec" nssdir "$nssdir" ikev1-policy "$ikev1_policy"
} > "$destdir$lib/jvm.options"
install -m 755 "$tree/etc/make-archive" "$destdir$lib/make-archive"

program() {
    install -m 755 "$1" "$destdir$2.new"
    mv "$destdir$2.new" "$destdir$2"
}
program "$pluto" "$libexec/pluto"
program "$whack" "$libexec/whack"
# One client: the name it is called by says which grammar the daemon reads its arguments with.
for name in auto addconn; do ln -sfn whack "$destdir$libexec/$name"; done
program "$tree/etc/_updown" "$libexec/_updown"
program "$tree/etc/_updown.xfrm" "$libexec/_updown.xfrm"
program "$tree/etc/_updown.bsd" "$libexec/_updown.bsd"
script() {
    sed -e "s|@LIBEXECDIR@|$libexec|g" -e "s|@SBINDIR@|$sbin|g" -e "s|@NSSDIR@|$nssdir|g" -e "s|@LIBDIR@|$lib|g" \
        "$1" > "$destdir$2.new"
    chmod 755 "$destdir$2.new"
    mv "$destdir$2.new" "$destdir$2"
}
script "$tree/etc/look" "$libexec/look"
script "$tree/etc/portexcludes" "$libexec/portexcludes"
script "$tree/etc/newhostkey" "$libexec/newhostkey"
script "$tree/etc/hostkey" "$libexec/showhostkey"
for name in rsasigkey ecdsasigkey _import_crl; do ln -sfn showhostkey "$destdir$libexec/$name"; done
script "$tree/etc/ipsec" "$sbin/ipsec"

if [ "$programs_only" = no ]; then
    absent() { [ -e "$destdir$3" ] || install -D -m "$1" "$2" "$destdir$3"; }
    absent 644 "$tree/etc/ipsec.conf" /etc/ipsec.conf
    absent 600 "$tree/etc/ipsec.secrets" /etc/ipsec.secrets
    for policy in "$tree"/etc/policies/*; do absent 644 "$policy" "/etc/ipsec.d/policies/${policy##*/}"; done
    install -d -m 700 "$destdir$nssdir"
    install -d "$destdir/etc/systemd/system"
    sed -e "s|@LIBEXECDIR@|$libexec|g" -e "s|@SBINDIR@|$sbin|g" "$tree/etc/systemd/ipsec.service" \
        > "$destdir/etc/systemd/system/ipsec.service"
fi
[ -n "$destdir" ] || "$lib/make-archive" || echo "install.sh: going on without the archive" >&2
echo "installed in $destdir$prefix"
