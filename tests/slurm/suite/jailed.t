#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A step whose program sees another root, as in a container: neither the node's folders nor its
# cgroups are there, and its record says what it took all the same.
# shellcheck disable=SC2154 # record() sets r_FIELD
. "$(dirname "$0")/lib.sh"

if ! as-user alice unshare --user --map-root-user --mount true 2>/dev/null; then
	pass "jailed # SKIP users may not make namespaces here"
	done_testing
	exit
fi
for file in /bin/sh $(ldd /bin/sh | grep -o '/[^ ]*'); do
	mkdir -p "root${file%/*}"
	cp "$file" "root$file"
done
chmod -R a+rX root
as-user alice srun -Q -J jailed --input-size=3G unshare --user --map-root-user --mount \
	--root="$PWD/root" /bin/sh -c '[ ! -e /proc ] && [ ! -e /sys ] && exit 6' 2>err
is "jailed: srun has its exit status" "$?" 6
is "jailed: the user sees nothing of it" "$(grep -v 'task 0: Exited with exit code 6' err)" ""
step jailed
is "jailed: exit status" "$r_exit_status" 6
is "jailed: input size" "$r_input_bytes" $((3 * 1024 * MIB))
between "jailed: its memory peak" "$r_mem_peak_bytes" 100000 $((50 * MIB))

done_testing
