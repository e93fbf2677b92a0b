#!/bin/sh
# Configures and builds one preset of CMakePresets.json; the program is build/<preset>/bin/stsr.
#
#   scripts/build.sh [preset] [target ...]      preset: release (default), core, library, debug, sanitize
#
# STSR_WARNINGS_AS_ERRORS, STSR_BUILD_BENCHMARKS and STSR_TEST_DATA in the environment set the CMake
# options of that name.
set -eu
cd "$(dirname "$0")/.."
preset="${1:-release}"
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- all

# With ccache, a second clone takes what the first one compiled: paths count from the clone.
launcher=""
if command -v ccache >/dev/null; then
  launcher="-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"
  CCACHE_BASEDIR=$(pwd)
  export CCACHE_BASEDIR CCACHE_NOHASHDIR=1
fi

cmake --preset "$preset" $launcher \
  "-DSTSR_WARNINGS_AS_ERRORS=${STSR_WARNINGS_AS_ERRORS:-OFF}" \
  "-DSTSR_BUILD_BENCHMARKS=${STSR_BUILD_BENCHMARKS:-OFF}" \
  "-DSTSR_TEST_DATA=${STSR_TEST_DATA:-}"
cmake --build "build/$preset" --target "$@"
