#!/bin/sh
# Every text of a mail and every name in it stands in the code, the manual and, the texts, in
# the built-in and the German file, in the same order.
cd "${1:-$(dirname "$0")/../..}" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
echo 1..5

# "TABLE NAME" for each row of a table in the code, and of a list in the manual.
sed -n -e 's/^\(static \)\{0,1\}const struct mail_name \(notify_\)\{0,1\}\([a-z_]*\)_names\[\] = {.*/TABLE \3/p' \
	-e 's/^\(static \)\{0,1\}const struct mail_name .*/TABLE none/p' \
	-e 's/^	{"\([a-z_]*\)", MAIL_NAME_.*/\1/p' tools/notify/texts.c |
	awk '$1 == "TABLE" { table = $2; next } { print table, $1 }' | sort -s -k1,1 >"$work/names"
awk '/^\.\\" [a-z_]*$/ { table = $2 } /^\.It Cm / && table != "parts" { print table, $3 }' \
	tools/notify/joboutliers-templates.5 | sort -s -k1,1 >"$work/manual-names"
sed -n 's/^	{"\([a-z-]*\)", MAIL_PART_.*/\1/p' tools/notify/texts.c >"$work/texts"
awk '/^\.\\" / { table = $2 } /^\.It Cm / && table == "parts" { print $3 }' \
	tools/notify/joboutliers-templates.5 >"$work/manual"
sed -n 's/^\[\([a-z-]*\)\]$/\1/p' tools/notify/mail-templates >"$work/built-in"
sed -n 's/^\[\([a-z-]*\)\]$/\1/p' etc/mail-templates.de >"$work/german"

[ "$(wc -l <"$work/names")" -ge 50 ] && [ "$(wc -l <"$work/texts")" -ge 10 ] &&
	echo "ok 1 - the code's texts and names are found" ||
	echo "not ok 1 - the code's texts and names are found"
n=2
for pair in names:manual-names texts:manual texts:built-in texts:german; do
	if diff "$work/${pair%:*}" "$work/${pair#*:}" >"$work/diff"; then
		echo "ok $n - the code's ${pair%:*} are the ${pair#*:}'s"
	else
		echo "not ok $n - the code's ${pair%:*} are the ${pair#*:}'s"
		sed 's/^</# code:/; s/^>/# '"${pair#*:}"':/' "$work/diff"
	fi
	n=$((n + 1))
done
