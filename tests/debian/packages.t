#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's packages and rpm's, in a fresh root: installed, upgraded from the version before with a
# configuration that was changed, and removed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
tree=$(cd "$here/../.." && pwd)
[ "$(id -u)" = 0 ] || { echo '1..0 # SKIP needs root, as debootstrap does'; exit 0; }
for program in debootstrap rpm dpkg-deb; do
	command -v "$program" >/dev/null || { echo "1..0 # SKIP $program is not installed"; exit 0; }
done
for folder in packages before/build/packages; do
	[ -e "$tree/build/$folder" ] || { echo "1..0 # SKIP no packages were built: make check-packages"; exit 0; }
done
exec "$here/root" -f "$(. /etc/os-release && echo "$VERSION_CODENAME")" /tree/tests/debian/packages-inside
