#!/bin/sh
# From coarse volumes to fine ones on the example data, start to finish: installs what is missing,
# builds, reduces, trains three variables jointly, writes volumes, and compares with interpolation.
#
#   scripts/demo.sh [TRAINING_TIME] [FOLDER]    e.g. 10m; default: 5m, build/demo
set -eu
cd "$(dirname "$0")/.."
limit="${1:-5m}"
out="${2:-build/demo}"
data=examples/data/half-cylinder

scripts/install-deps.sh full
scripts/build.sh release stsr
stsr=build/release/bin/stsr
mkdir -p "$out"

step() {
  printf '\n== %s\n' "$1"
  shift
  echo "   stsr $*"
  $stsr "$@"
}

step "every 2nd sample along each axis, every 4th time step" \
  reduce "$data" --space 2 --time 3 -o "$out/coarse"
step "training one network on all variables, $limit" \
  train "$out/coarse" --time-limit "$limit" -o "$out/wake.stsr"
step "volumes at full resolution from the network" \
  upscale "$out/wake.stsr" -o "$out/fine"
step "the same from interpolation" \
  interpolate "$out/coarse" -o "$out/interpolated"
step "scores against the data that the coarse volumes came from" \
  evaluate --truth "$data" --result "$out/fine" --result "$out/interpolated" \
  --kept-from "$out/coarse" --json "$out/psnr.json"

echo
echo "ParaView opens the volumes: $out/fine/volumes.pvd"
