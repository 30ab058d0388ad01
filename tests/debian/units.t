#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Our services, installed from Debian's packages and run by the systemd of a machine of its own that
# was booted: a site's nights, mails, spans and records carried, and what goes wrong with them.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
tree=$(cd "$here/../.." && pwd)
[ "$(id -u)" = 0 ] || { echo '1..0 # SKIP needs root, as debootstrap does'; exit 0; }
for program in debootstrap linux.uml mke2fs; do
	command -v "$program" >/dev/null || { echo "1..0 # SKIP $program is not installed"; exit 0; }
done
[ -e "$tree/build/packages" ] || { echo "1..0 # SKIP no packages were built: make check-packages"; exit 0; }
exec "$here/boot" "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$here/units-inside"
