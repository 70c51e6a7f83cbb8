#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Everything that shows whether the tree is right: static checks, unit tests, simulations, and the scenarios with real
# daemons on a real kernel.
#
#   sudo testing/verify.sh [--quick]
#
# From nothing, on Debian 12. --quick ends after the unit tests and simulations. The last lines are the unit tests' totals
# and the scenarios' `N passed, N failed`; the exit status is 0 only if nothing failed anywhere.
set -u
here=$(dirname "$(readlink -f "$0")")
tree=$(dirname "$here")
export JSWAN_TESTING_CACHE=${JSWAN_TESTING_CACHE:-/var/cache/jswan-testing}
quick=no
case "${1-}" in
    --quick) quick=yes ;;
    '') ;;
    *) echo "verify.sh: unknown argument $1" >&2; exit 2 ;;
esac
[ "$(id -u)" = 0 ] || { echo "verify.sh: run it as root" >&2; exit 1; }
cd "$tree" || exit 1
failures=()

# step NAME COMMAND...: goes on after a failure, so that one run tells all
step() {
    local name=$1 started=$SECONDS
    shift
    echo "=== $name"
    if "$@"; then
        echo "=== $name: passed ($((SECONDS - started)) s)"
    else
        echo "=== $name: FAILED ($((SECONDS - started)) s)"
        failures+=("$name")
    fi
}

shell_scripts() {
    local file
    git ls-files -z | while IFS= read -r -d '' file; do
        if [ -f "$file" ] && head -c 64 "$file" | grep -aqE '^#!/bin/(ba)?sh'; then printf '%s\0' "$file"; fi
    done
}

lint_shell() { shell_scripts | xargs -0 shellcheck; }

lint_python() { /usr/bin/python3 -B -W error -m unittest discover -q -s testing/scenarios -p 'test_*.py'; }

# The unit tests again with another Java of the machine, in a copy: class files of two compilers do not mix.
other_java() {
    local home copy status=0
    for home in /usr/lib/jvm/*-2[15]* /usr/lib/jvm/*jdk-2[15]; do
        [ -x "$home/bin/javac" ] || continue
        copy=$(mktemp -d)
        git ls-files -z | xargs -0 cp --parents -t "$copy" || status=1
        (cd "$copy" && JAVA_HOME=$home mvn -B -q test) || status=1
        rm -rf "$copy"
        return $status
    done
    echo "no JDK 21 or 25 here"
}

maven_log=target/verify-maven.log
build_and_test() {
    mkdir -p target
    mvn -B -Plint verify 2>&1 | tee "$maven_log" | grep -E --line-buffered '^\[(ERROR|WARNING)|Tests run:.*(Time|Fail)|BUILD|Building '
    return "${PIPESTATUS[0]}"
}

# Two guests at a time, each with a processor of its own.
kernels() {
    local processors updown status=0
    read -r -a processors <<< "$(/usr/bin/python3 -c 'import os; print(*sorted(os.sched_getaffinity(0)))')"
    # Before either runs: the compiler takes the classes away that it makes anew.
    mvn -B -q test-compile -pl kernel-xfrm,kernel-pfkey -am || return 1
    taskset -c "${processors[0]}" testing/uml/run testing/updown.sh > target/verify-updown.log 2>&1 &
    updown=$!
    taskset -c "${processors[-1]}" testing/kernel/run || status=1
    wait "$updown" || status=1
    echo '--- updown'
    cat target/verify-updown.log
    return $status
}

scenarios() {
    etc/install.sh --prefix "$JSWAN_TESTING_CACHE/jswan" --programs-only || return 1
    testing/scenarios/run --out target/scenarios | tee target/verify-scenarios.log
    return "${PIPESTATUS[0]}"
}

started=$SECONDS
if [ $quick = yes ]; then
    step 'packages' testing/peers.sh --tools-only
else
    step 'packages and peers' testing/peers.sh
fi
step 'shell scripts' lint_shell
step 'tests of the rig' lint_python
step 'build, lint, unit tests, simulations' build_and_test
if [ $quick = no ]; then
    step 'unit tests on another Java' other_java
    step 'kernel backends on a real kernel, updown compared' kernels
    step 'daemon as a process' testing/daemon.sh
    step 'demo' testing/demo.sh
    step 'scenarios' scenarios
    step 'status page' testing/status.py docs/status.md target/scenarios/results.json
else
    step 'status page' testing/status.py docs/status.md
fi

echo "=== $((SECONDS - started)) s"
for failure in "${failures[@]}"; do echo "FAILED: $failure"; done
grep -hE '^\[(INFO|WARNING|ERROR)\] +Tests run: [0-9]+, Failures: [0-9]+, Errors: [0-9]+, Skipped: [0-9]+$' "$maven_log" |
    awk -F '[:,]' '{ run += $2; fail += $4; error += $6; skip += $8 }
        END { printf "Tests run: %d, Failures: %d, Errors: %d, Skipped: %d\n", run, fail, error, skip }'
if [ $quick = no ]; then tail -n 1 target/verify-scenarios.log 2>/dev/null || echo "0 passed, 1 failed"; fi
[ ${#failures[@]} -eq 0 ]
