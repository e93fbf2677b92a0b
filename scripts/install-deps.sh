#!/bin/sh
# Installs the Debian 12 packages that STSR needs; the only list of them.
#
#   scripts/install-deps.sh [core|full|golden|bench]
#
#   core    builds and tests the light core: compiler, CMake, oneDNN, header-only libraries
#   full    core, VTK files, Torch, benchmarks, independent readers for the tests, developer tools (default)
#   golden  full, and what the scripts in tests/golden need to make the reference numbers again
#   bench   full, and what scripts/bench.sh compares with, profiles with and draws with
#
# Needs root or sudo, but only if a package is missing.
set -eu

# ocl-icd-opencl-dev: Debian's CMake package of oneDNN asks for OpenCL.
# libnanoflann-dev: nearest points for the chamfer distance.
core="g++ cmake ninja-build libdnnl-dev ocl-icd-opencl-dev libfmt-dev libspdlog-dev
  nlohmann-json3-dev libcli11-dev libtomlplusplus-dev libnanoflann-dev libgtest-dev libgmock-dev"
# libtorch-dev: STNet, a convolutional baseline that needs automatic differentiation.
# libegl-dev, libegl-mesa0, libgl1-mesa-dri: pictures without a display are drawn by Mesa through EGL.
# libpng-dev: PNG files (VTK, which needs it too, crashes on damaged ones).
# python3-pil: reads our PNG files in the tests, and writes some for them.
full="$core libvtk9-dev libtorch-dev libegl-dev libegl-mesa0 libgl1-mesa-dri libpng-dev python3-pil
  libbenchmark-dev python3-numpy python3-scipy python3-vtk9 ccache clang-format clang-tidy"
# python3-skimage: the independent SSIM and CIELUV.
golden="$full python3-torch python3-skimage"
# python3-torch: the peer. libopenblas0-openmp: its matrix products; without, Debian's PyTorch has the
# reference BLAS, and with libopenblas0-pthread a second pool of threads that gets in its way.
# linux-perf: the profile of a training step. python3-matplotlib: the plots of docs/performance.md.
bench="$full python3-torch libopenblas0-openmp linux-perf python3-matplotlib"

case "${1:-full}" in
  core) packages=$core ;;
  full) packages=$full ;;
  golden) packages=$golden ;;
  bench) packages=$bench ;;
  *)
    echo "install-deps: unknown set '$1'; choose core, full, golden or bench" >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query >/dev/null; then
  echo "install-deps: this is no Debian; install the equivalents of:" $packages >&2
  exit 1
fi

missing=""
for package in $packages; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
  echo "install-deps: everything is installed"
  exit 0
fi

if [ "$(id -u)" -eq 0 ]; then
  as_root=""
elif command -v sudo >/dev/null; then
  as_root="sudo"
else
  echo "install-deps: needs root or sudo to install:$missing" >&2
  exit 1
fi
echo "install-deps: installing$missing"
$as_root apt-get update
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $missing
