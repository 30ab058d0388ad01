#!/bin/sh
# Every command, option and exit status that --help tells of stands in sjoboutliers(1), and
# the other way round; so do those of sjobforward in its manual.
cd "${1:-$(dirname "$0")/../..}" || exit 1
tool=${JO_BUILD:-build}/sjoboutliers
manual=tools/sjoboutliers.1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0

report() { # NAME: fails with the lines of $work/bad
	n=$((n + 1))
	if [ -s "$work/bad" ]; then
		echo "not ok $n - $1"
		sed 's/^/# /' "$work/bad"
	else
		echo "ok $n - $1"
	fi
}

# The manual's part on a command, or on what commands share.
section() { # NAME
	awk -v name="$1" '/^\.S[sh] /{on = ($2 == name)} on' "$manual"
}
options() { # long names in --help, without those that every command has
	grep -oE '^ {2,6}(-., )?--[a-z-]+' | grep -oE -e '--[a-z-]+$' |
		grep -vxE -e '--(help|usage|version)' | sort -u
}
manual_options() { # long names in the manual's mdoc
	sed -n 's/^\.It Fl \(. , Fl \)\{0,1\}\(-[a-z-]*\).*/-\2/p' | grep -vxE -e '--(help|usage|version)' | sort -u
}

"$tool" --help >"$work/help"
sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' "$work/help" >"$work/commands"
{ cat "$work/commands"; echo SELECTION; echo OUTPUT; } >"$work/sections"
awk '/^\.Sh /{on = ($2 == "COMMANDS")} on && /^\.Ss /{print $2}' "$manual" >"$work/manual"
diff "$work/commands" "$work/manual" >"$work/bad"
report "the manual has the commands of --help, in its order (< --help, > manual)"

section SELECTION | manual_options >"$work/selection"
section OUTPUT | manual_options >"$work/output"
for command in $(cat "$work/commands"); do
	"$tool" help "$command" | options >"$work/has"
	section "$command" | manual_options >"$work/own"
	# A command that takes one option of a shared set takes all of them.
	cp "$work/own" "$work/wants"
	for shared in selection output; do
		comm -12 "$work/$shared" "$work/has" | grep -q . || continue
		comm -23 "$work/$shared" "$work/has" | grep -q . && continue
		cat "$work/$shared" >>"$work/wants"
	done
	sort -u "$work/wants" -o "$work/wants"
	diff "$work/has" "$work/wants" >"$work/bad"
	report "$command: the manual has the options of --help (< --help, > manual)"
done

same_statuses() { # MANUAL, of the program whose help is in $work/help
	sed -n '/^Exit status:/,/^$/s/^  \([0-9]*\)  /\1 /p' "$work/help" >"$work/statuses"
	awk '/^\.Sh /{on = ($2 == "EXIT")} /^\.El/{on = 0} on && /^\.It/{status = $2; next}
		on && status != "" && !/^\./{print status, $0; status = ""}' "$1" >"$work/manual"
	diff "$work/statuses" "$work/manual" >"$work/bad"
	report "$1 has the exit statuses of --help (< --help, > manual)"
}
same_statuses "$manual"

"${JO_BUILD:-build}/sjobforward" --help >"$work/help"
options <"$work/help" >"$work/has"
manual_options <tools/sjobforward.8 >"$work/wants"
diff "$work/has" "$work/wants" >"$work/bad"
report "sjobforward: the manual has the options of --help (< --help, > manual)"
same_statuses tools/sjobforward.8
echo "1..$n"
