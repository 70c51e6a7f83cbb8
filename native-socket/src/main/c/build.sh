#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Compiles the shim: build.sh SOURCE-FOLDER HEADER-FOLDER JAVA-HOME LIBRARY
# Does nothing if the library is newer than its sources. CC and CFLAGS are heard.
set -eu
source=$1 headers=$2 java=$3 library=$4

if [ -e "$library" ] && [ -z "$(find "$source" "$headers" -type f -newer "$library")" ]; then
    exit 0
fi
mkdir -p "$(dirname "$library")"
# Under another name first: a daemon may have the old one mapped.
# shellcheck disable=SC2086
${CC:-gcc} -O2 -g -std=gnu11 ${CFLAGS:-} -fPIC -shared -fvisibility=hidden -Wall -Wextra -Werror -Wconversion \
    -Wl,-z,defs,-z,relro,-z,now -I"$headers" -I"$java/include" -I"$java/include/linux" \
    -o "$library.new" "$source"/*.c
mv "$library.new" "$library"
