#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each service of ours is exposed to at most 2.0, as systemd-analyze counts, and systemd knows each
# of its keys; so it does with the drop-ins that the manuals tell of.
cd "${1:-$(dirname "$0")/../..}" || exit 1
command -v systemd-analyze >/dev/null || { echo "1..0 # SKIP systemd-analyze is not installed"; exit 0; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
exposure_max=20 # tenths
n=0

ok() # WHAT COMMAND...: passes when the command prints nothing
{
	n=$((n + 1))
	what=$1
	shift
	said=$("$@" 2>&1)
	[ -z "$said" ] && echo "ok $n - $what" || { echo "not ok $n - $what"; echo "$said" | sed 's/^/# /'; }
}

exposed() # UNIT: says it when it is too much
{
	systemd-analyze security --offline=true --no-pager --threshold=$exposure_max "$1" >"$work/said" 2>&1 ||
		tail -n 1 "$work/said"
}

# Programs and manuals are not where the unit will find them.
unknown() # UNIT
{
	systemd-analyze verify --man=no "$1" 2>&1 | grep "${1##*/}" | grep -v 'is not executable'
}

absent() { [ -e "$1" ] || echo "there is no $1"; }

for unit in etc/systemd/*.service etc/systemd/*.timer; do
	sed 's|@bindir@|/usr/bin|' "$unit" >"$work/${unit##*/}"
done
for unit in "$work"/*; do
	ok "${unit##*/}: systemd knows each key" unknown "$unit"
	case $unit in
	*.service) ok "${unit##*/}: exposed to at most 2.0" exposed "$unit" ;;
	esac
done

# The drop-ins of the manual: [Service] and the lines below it, one file each.
mandoc -T ascii tools/sjoboutliers.1 | col -bx | awk -v work="$work" '
	/^THE SERVICE/ { is_section = 1; next }
	/^[A-Z]/ { is_section = 0 }
	is_section && /^ *\[Service\]/ { count++; is_dropin = 1 }
	is_section && is_dropin && !/^ *(\[Service\]|[A-Z][A-Za-z]*=)/ { is_dropin = 0 }
	is_dropin { sub(/^ */, ""); print >(work "/dropin" count) }'
ok 'the manual has drop-ins' absent "$work/dropin2"
for dropin in "$work"/dropin*; do
	cat "$work/joboutliers.service" "$dropin" >"$work/with-${dropin##*/}.service"
	ok "the manual's ${dropin##*/}: systemd knows each key" unknown "$work/with-${dropin##*/}.service"
done
echo "1..$n"
