#!/bin/sh
# Makes Debian packages of a preset's build in build/<preset>/packages, and runs the program out of
# its package.
#
#   scripts/package.sh [preset]      preset: release (default) or core, which needs far fewer packages
#
# stsr is the program, stsr-stnet what `stsr stnet` needs (where the preset has Torch), libstsr-dev the
# library and its headers. Needs dpkg-dev and file.
set -eu
cd "$(dirname "$0")/.."
preset="${1:-release}"
build="build/$preset"
packages="$build/packages"

scripts/build.sh "$preset"
rm -rf "$packages"
(cd "$build" && cpack -B packages)
rm -rf "$packages/_CPack_Packages"

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
for package in "$packages"/*.deb; do
  echo "package: $package"
  dpkg-deb --field "$package" Package Version Depends
  dpkg-deb --extract "$package" "$root"
done
"$root/usr/bin/stsr" --version
"$root/usr/bin/stsr" generate tornado --dims 9,9,9 --steps 3 --quiet -o "$root/data"
"$root/usr/bin/stsr" info "$root/data"
