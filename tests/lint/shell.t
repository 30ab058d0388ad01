#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# No warning of shellcheck about any shell script of the tree.
cd "${1:-$(dirname "$0")/../..}" || exit 1
command -v shellcheck >/dev/null || { echo "1..0 # SKIP shellcheck is not installed"; exit 0; }
echo 1..1
scripts=$(packaging/files | grep -v '\.md$' | xargs grep -lIE '^#!/bin/sh')
# shellcheck disable=SC2086 # a list of words
if found=$(shellcheck -S warning -x -P SCRIPTDIR $scripts); then
	echo "ok 1 - shellcheck finds nothing"
else
	echo "not ok 1 - shellcheck finds nothing"
	echo "$found" | sed 's/^/# /'
fi
