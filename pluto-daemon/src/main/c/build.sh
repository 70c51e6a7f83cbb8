#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Compiles the launcher: build.sh SOURCE-FOLDER JAVA-HOME PROGRAM
# Does nothing if the program is newer than its sources. CC and CFLAGS are heard.
set -eu
source=$1 java=$2 program=$3

for input in "$source"/*.c "$source"/*.h "$source"/build.sh; do
    # shellcheck disable=SC3013  # dash has -nt as well
    if [ ! -e "$program" ] || [ "$input" -nt "$program" ]; then
        mkdir -p "$(dirname "$program")"
        # Under another name first: a daemon may be running the old one.
        # shellcheck disable=SC2086
        ${CC:-gcc} -O2 -g -std=gnu11 ${CFLAGS:-} -fPIE -pie -Wall -Wextra -Werror -Wconversion \
            -Wl,-z,defs,-z,relro,-z,now -I"$java/include" -I"$java/include/linux" \
            -o "$program.new" "$source"/*.c -ldl -lpthread
        mv "$program.new" "$program"
        exit 0
    fi
done
