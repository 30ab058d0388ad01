# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What tests share that let make and scripts of the tree do something: a folder of their own, and is.
# Source it in the tree's folder; end with echo "1..$n".

# What a make around it says of folders and jobs is not what is looked at.
unset MAKEFLAGS MFLAGS MAKELEVEL
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0

is() # WHAT GOT WANTED
{
	n=$((n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf '# got  %s\n# want %s\n' "$2" "$3" >&2
	fi
}
