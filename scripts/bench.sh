#!/bin/sh
# Measures STSR on this machine: installs and builds what that needs, runs the suite, and prints a
# table with what each row should reach. docs/performance.md explains the rows.
#
#   scripts/bench.sh [--quick] [--json FILE] [--only-table] [--threads N] [--lock FILE] [--page]
#
#   --quick    one repetition of short measurements, in under five minutes; else three of longer ones
#   --json     writes all figures to FILE, one key a row, with the peaks and the peer's figures
#   --page     writes them to docs/performance.json, and docs/performance.md and its plots from that
#   --lock     holds an exclusive lock (flock) on FILE while something is measured
set -eu
cd "$(dirname "$0")/.."
page=""
case " $* " in
  *" --page "*" --only-table "* | *" --only-table "*" --page "*)
    echo "bench: --page shows everything; leave out --only-table" >&2
    exit 2
    ;;
  *" --page "*) page=docs/performance.json ;;
esac
for argument; do  # the suite takes the rest
  shift
  [ "$argument" = --page ] || set -- "$@" "$argument"
done

python=python3
[ ! -x /usr/bin/python3 ] || python=/usr/bin/python3  # the one that Debian's packages are for

if command -v dpkg-query >/dev/null; then
  scripts/install-deps.sh bench
fi
STSR_BUILD_BENCHMARKS=ON scripts/build.sh release stsr bench_peak bench_network bench_kernels \
  bench_feeding
$python benchmarks/suite/bench.py "$@" ${page:+--json "$page"}
[ -z "$page" ] || $python benchmarks/report/page.py "$page"
