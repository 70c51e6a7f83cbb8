#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes ready what the tests need on Debian 12, from nothing: packages, the two peers and a name server.
#
#   peers.sh [--build-only | --tools-only]
#
# libreswan, strongSwan and unbound are unpacked below the cache and not installed: the packages of the first two exclude each
# other, and their services would meddle with this machine's own IPsec and names. The tests bind-mount them where they expect to be. Doing it again
# costs nothing. --build-only is for the packages that a build needs, --tools-only for those and what testing takes but the
# peers.
set -eu
cache=${JSWAN_TESTING_CACHE:-/var/cache/jswan-testing}
build=(openjdk-17-jdk-headless maven gcc libc6-dev)
tools=(bind9-utils user-mode-linux iproute2 iptables iputils-ping kmod procps python3 shellcheck tcpdump)
libreswan=(libreswan)
# Programs that may have come another way than as Debian's package
declare -A instead=([openjdk-17-jdk-headless]=javac [maven]=mvn)
libreswan_needs=(libaudit1 libcap-ng0 libcurl3-nss libevent-core-2.1-7 libevent-pthreads-2.1-7 libldap-2.5-0 libldns3
    libnspr4 libnss3 libnss3-tools libpam0g libselinux1 libsystemd0 libunbound8)
strongswan=(libcharon-extauth-plugins libcharon-extra-plugins libstrongswan libstrongswan-extra-plugins libstrongswan-standard-plugins
    strongswan-charon strongswan-libcharon strongswan-swanctl)
strongswan_needs=(libcap2 libgmp10 libssl3 libsystemd0)
unbound=(unbound)
unbound_needs=(libevent-2.1-7 libnghttp2-14 libprotobuf-c1 libpython3.11 libssl3 libsystemd0)

[ "$(id -u)" = 0 ] || { echo "peers.sh: run it as root" >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive

updated=no
update_once() {
    [ "$updated" = yes ] || apt-get update -q
    updated=yes
}

# install PACKAGE...: those that are not there yet
install_packages() {
    local package missing=()
    for package; do
        if [ -n "${instead[$package]-}" ] && command -v "${instead[$package]}" >/dev/null; then continue; fi
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    update_once
    apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# unpack FOLDER PACKAGE...: the packages' files below the cache; all or nothing, and anew when other packages are wanted
unpack() {
    local folder=$cache/$1
    shift
    [ "$(cat "$folder/.packages" 2>/dev/null)" != "$*" ] || return 0
    update_once
    rm -rf "$folder.new"
    mkdir -p "$folder.new/packages"
    (cd "$folder.new/packages" && apt-get download -q "$@")
    local package
    for package in "$folder.new"/packages/*.deb; do dpkg-deb -x "$package" "$folder.new"; done
    rm -rf "$folder.new/packages" "$folder"
    echo "$*" > "$folder.new/.packages"
    mv "$folder.new" "$folder"
}

install_packages "${build[@]}"
[ "${1-}" != --build-only ] || exit 0
install_packages "${tools[@]}"
[ "${1-}" != --tools-only ] || exit 0
install_packages "${libreswan_needs[@]}" "${strongswan_needs[@]}" "${unbound_needs[@]}"
mkdir -p "$cache"
unpack libreswan "${libreswan[@]}"
unpack strongswan "${strongswan[@]}"
unpack unbound "${unbound[@]}"
