#!/bin/sh
# Completion in the shells that have it: the real shell is asked what it would offer.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

etc=$(cd "$(dirname "$0")/../../etc" && pwd)
mkdir "$dir/bin"
ln -s "$(cd "$(dirname "$sjob")" && pwd)/sjoboutliers" "$dir/bin/sjoboutliers"
PATH=$dir/bin:$PATH

in_bash() { # in_bash WORD...: what is offered for the last of them
	bash -c '. "$1/bash-completion/sjoboutliers"; shift
	COMP_WORDS=(sjoboutliers "$@") COMP_CWORD=$#
	_sjoboutliers
	printf "%s\n" "${COMPREPLY[@]}"' bash "$etc" "$@" 2>&1
}
# The functions by which zsh offers words print them; the rest is the shell's own.
in_zsh() {
	zsh -f -c 'offered() { print -rl -- ${(M)@:#$current*} }
	compadd() { shift; offered $@ }
	compset() { [[ $1 == -P && $current == ${~2}* ]] && { current=${current##${~2}}; return 0 }; return 1 }
	_describe() { local -a l=(${(P)2}); offered ${l%%:*} }
	_values() { while [[ $1 == -* ]]; do shift 2; done; shift; offered $@ }
	_users() { offered root daemon }
	_files() { print files }
	etc=$1; shift
	words=(sjoboutliers "$@") CURRENT=$(($# + 1)) current=${@[-1]}
	. $etc/zsh-completion/_sjoboutliers' zsh "$etc" "$@" 2>&1
}
in_fish() {
	fish --no-config -c 'source $argv[1]/fish-completion/sjoboutliers.fish
	complete -C "sjoboutliers "(string join " " -- $argv[2..])' "$etc" "$@" 2>&1 | cut -f1
}

commands=$("$sjob" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
ok "$([ "$(echo "$commands" | wc -l)" -gt 15 ]; echo $?)" "there are commands"
for shell in bash zsh fish; do
	if ! command -v "$shell" >/dev/null; then
		n=$((n + 1))
		[ -n "${CI-}" ] && echo "not ok $n - $shell is installed" || echo "ok $n - $shell # SKIP it is missing"
		continue
	fi
	is "$("in_$shell" "" | sort)" "$(echo "$commands" | sort)" "$shell: all commands"
	is "$("in_$shell" pre)" "predict" "$shell: a command"
	is "$("in_$shell" help sh)" "show" "$shell: of help, too"
	is "$("in_$shell" list --verd)" "--verdict" "$shell: an option"
	is "$("in_$shell" list -v hi)" "high" "$shell: a verdict"
	is "$("in_$shell" plot --metric m)" "memory" "$shell: a metric"
	is "$("in_$shell" plot --format s)" "svg" "$shell: a format"
	is "$("in_$shell" list -o wall_exp | sed 's/.*,//')" "wall_expected_s" "$shell: a column"
	is "$("in_$shell" check -o mem_peak | grep -c .)" 0 "$shell: of this command alone"
	is "$("in_$shell" list -s TIM)" "TIMEOUT" "$shell: a state"
	"in_$shell" list -u dae | grep -qx daemon
	ok $? "$shell: a user"
	is "$("in_$shell" list -S 20 | grep -c .)" 0 "$shell: no file where a time is wanted"
	# Zsh cuts off what stands before the comma by itself.
	[ "$shell" = zsh ] || is "$("in_$shell" list -v high,lo)" "high,low" "$shell: the next of a list"
done
is "$(in_bash list --verdict = hi)" "high" "bash: behind the option's own name"
is "$(in_bash list --sort -mem_pe | head -1)" "-mem_peak_bytes" "bash: a column whose largest comes first"

# The words that they know are those that the tool takes.
for word in $(sed -n 's/.*verdict) echo \(.*\) ;;/\1/p' "$etc/bash-completion/sjoboutliers"); do
	run list -v "$word"
	ok "$([ "$status" != 2 ]; echo $?)" "$word is a verdict"
done
for word in RUNNING COMPLETED FAILED TIMEOUT CANCELLED OUT_OF_MEMORY NODE_FAIL PREEMPTED DEADLINE BOOT_FAIL; do
	run list -s "$word"
	ok "$([ "$status" != 2 ]; echo $?)" "$word is a state"
done
plan
