#!/bin/sh
# Installs what is missing, builds everything and runs all tests.
#
#   scripts/test.sh [preset]                    preset: release (default), core, debug, sanitize
#
# In the environment: STSR_TEST_DATA, a folder with real simulation output (tests that need it are
# skipped without it); STSR_WARNINGS_AS_ERRORS=ON; CTEST_ARGS, more arguments of ctest.
set -eu
cd "$(dirname "$0")/.."
preset="${1:-release}"
case "$preset" in
  core | sanitize) packages=core ;;
  *) packages=full ;;
esac

scripts/install-deps.sh "$packages"
scripts/build.sh "$preset"
if ctest --test-dir "build/$preset" --output-on-failure --parallel "$(nproc)" ${CTEST_ARGS:-}; then
  echo "test: preset $preset: all tests passed"
else
  echo "test: preset $preset: SOME TESTS FAILED; run one with build/$preset/bin/test_<folder>" >&2
  exit 1
fi
