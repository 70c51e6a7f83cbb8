#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Compiles the native client: build.sh SOURCE-FOLDER HEADER-FOLDER PROGRAM
# Does nothing if the program is newer than its sources. CC and CFLAGS are heard.
set -eu
source=$1 headers=$2 program=$3

for input in "$source"/*.c "$source"/build.sh "$headers"/*.h; do
    # shellcheck disable=SC3013  # dash has -nt as well
    if [ ! -e "$program" ] || [ "$input" -nt "$program" ]; then
        mkdir -p "$(dirname "$program")"
        # Under another name first: somebody may be running the old one.
        # shellcheck disable=SC2086
        ${CC:-gcc} -O2 -g -std=gnu11 ${CFLAGS:-} -fPIE -pie -Wall -Wextra -Werror \
            -Wl,-z,defs,-z,relro,-z,now -I"$headers" -o "$program.new" "$source"/*.c
        mv "$program.new" "$program"
        exit 0
    fi
done
