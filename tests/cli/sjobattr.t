#!/bin/sh
# sjobattr refuses what the plugin would skip, and appends to the step's file alone.
sjobattr=${JO_BUILD:-build}/sjobattr
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
export SJOB_ATTRIBUTES="$dir/file"
n=0

is() # WHAT GOT WANTED
{
	n=$((n + 1))
	[ "$2" = "$3" ] && echo "ok $n - $1" || printf 'not ok %d - %s\n# got  %s\n# want %s\n' $n "$1" "$2" "$3"
}

status() # ARGUMENT...
{
	"$sjobattr" --strict "$@" >"$dir/out" 2>&1
	echo $?
}

# An unstrict call never fails; what it says is in out.
lenient() # ARGUMENT...
{
	"$sjobattr" "$@" >"$dir/out" 2>&1
	echo $?
}

: >"$SJOB_ATTRIBUTES"
for bad in x a=1,2 input_size=10Q --unknown; do
	is "'$bad' ends no job" "$(lenient k=v "$bad")" 0
	is "'$bad': is said" "$(grep -c '^[^ ]*sjobattr: ' "$dir/out")" 1
done
is 'no argument ends no job' "$(lenient)" 0
is 'nothing was written' "$(cat "$SJOB_ATTRIBUTES")" ''
is 'no file ends no job' "$(SJOB_ATTRIBUTES=$dir/none lenient a=1)" 0
is 'and is said' "$(grep -c 'none: No such file' "$dir/out")" 1
# Through a pipe, as the limit is that of each file.
is 'a limit of file sizes ends no job' \
	"$( (ulimit -f 0; "$sjobattr" a=1 2>&1; echo "status $?") | sed 's/.*: //')" \
	"$(printf 'File too large\nstatus 0')"
mkfifo "$dir/pipe"
: <"$dir/pipe" &
exec 4>"$dir/pipe"
wait
"$sjobattr" x 2>&4
echo $? >"$dir/out"
exec 4>&-
is 'a message that nobody reads ends no job' "$(cat "$dir/out")" 0
rm "$dir/pipe"
is 'no step ends no job' "$(SJOB_ATTRIBUTES='' lenient a=1)" 0
is 'and is said as well' "$(grep -c 'SJOB_ATTRIBUTES is not set' "$dir/out")" 1

for bad in x =1 a= 1a=1 'a b=1' a=1,2 input_size=10Q input_size= "a=$(printf '\033')"; do
	is "'$bad' is refused" "$(status k=v "$bad")" 2
	is 'in one line' "$(wc -l <"$dir/out")" 1
done
is 'no argument is refused' "$(status)" 2
is 'nothing was written' "$(cat "$SJOB_ATTRIBUTES")" ''
# shellcheck disable=SC2046 # a list of words
is '17 attributes are refused' "$(status $(seq -f 'k%g=1' 17))" 2

is 'attributes are taken' "$(status input_size=40G filter_words=174)" 0
is 'and more of them' "$(status db=nr)" 0
is 'one a line' "$(cat "$SJOB_ATTRIBUTES")" "$(printf 'input_size=40G\nfilter_words=174\ndb=nr')"

rm "$SJOB_ATTRIBUTES"
is 'a file that is gone is not made' "$(status a=1)" 1
is 'and stays gone' "$(ls "$dir")" out
ln -s out "$SJOB_ATTRIBUTES"
is 'a link is not followed' "$(status a=1)" 1
rm "$SJOB_ATTRIBUTES" && mkfifo "$SJOB_ATTRIBUTES"
is 'a FIFO does not block' "$(status a=1)" 1
rm "$SJOB_ATTRIBUTES" && mkdir "$SJOB_ATTRIBUTES"
is 'a folder is no file' "$(status a=1)" 1
unset SJOB_ATTRIBUTES
is 'outside of a step it fails' "$(status a=1)" 1
is 'but not quietly' "$(status -q a=1)" 0
is 'though it still checks' "$(status -q a)" 2
echo "1..$n"
