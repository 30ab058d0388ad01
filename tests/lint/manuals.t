#!/bin/sh
# Manual pages are clean mdoc(7), and installed.
cd "${1:-$(dirname "$0")/../..}" || exit 1
manuals=$(packaging/files '\.[1578]$')
if ! command -v mandoc >/dev/null; then
	echo "1..0 # SKIP mandoc is not installed"
	exit 0
fi
echo "1..$((2 * $(echo "$manuals" | wc -l)))"
n=1
for manual in $manuals; do
	# Whether another page is installed says nothing about this one.
	found=$(mandoc -T lint "$manual" 2>&1 | grep -v -e 'referenced manual not found' -e 'outdated mandoc.db')
	[ -z "$found" ] && echo "ok $n - $manual" || { echo "not ok $n - $manual"; echo "$found" | sed 's/^/# /'; }
	n=$((n + 1))
	grep -q "$manual \$(DESTDIR)\$(mandir)/man${manual##*.}/${manual##*/}" Makefile && echo "ok $n - $manual is installed" ||
		echo "not ok $n - $manual is installed"
	n=$((n + 1))
done
