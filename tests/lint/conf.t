#!/bin/sh
# Every configuration key stands in the code, the sample file and the manual, in the same
# order and with the same default.
cd "${1:-$(dirname "$0")/../..}" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
echo 1..3

# The table's rows begin {"Key", CONF_TYPE, AT(member), "default",
{ tr "\n" " " <tools/conf/keys.c; echo; } | sed 's/{"/\n{"/g' |
	sed -n 's/^{"\([A-Za-z]*\)", *CONF_[A-Z]*, *AT([a-z_]*), *"\([^"]*\)".*/\1=\2/p' >"$work/code"
sed -n 's/^#\([A-Z][A-Za-z]*=.*\)/\1/p' etc/joboutliers.conf >"$work/sample"
sed -n 's/^\.It Cm \([A-Z][A-Za-z]*\) Ns =\( Ns \)\{0,1\}\(.*\)/\1=\3/p' \
	tools/conf/joboutliers.conf.5 >"$work/manual"

test "$(wc -l <"$work/code")" -ge 10 && echo "ok 1 - the code's keys are found" ||
	echo "not ok 1 - the code's keys are found"
n=2
for other in sample manual; do
	if diff "$work/code" "$work/$other" >"$work/diff"; then
		echo "ok $n - the $other has the code's keys and defaults"
	else
		echo "not ok $n - the $other has the code's keys and defaults"
		sed 's/^</# code:/; s/^>/# '$other':/' "$work/diff"
	fi
	n=$((n + 1))
done
