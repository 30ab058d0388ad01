#!/bin/sh
# mute, expect and requests: users say no for themselves alone, without a right to the
# database, and whatever is put into the folder keeps no other request.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

if [ "$(id -u)" != 0 ] || ! command -v setpriv >/dev/null; then
	echo "1..0 # SKIP needs root, to be several users"
	exit 0
fi
box=$dir/requests
chmod 711 "$dir"
chmod 755 "$dir/conf" 2>/dev/null

as() { # as USER COMMAND...: the tool, run by USER; its output in $out
	user=$1
	shift
	out=$(setpriv --reuid="$user" --clear-groups "$dir/sjob" -c "$dir/conf" "$@" 2>"$dir/err")
	status=$?
}
put() { # put USER NAME TEXT: a file of USER's in the folder
	printf '%s' "$3" >"$box/$2"
	chown "$1" "$box/$2"
}
says() { # says TEXT NAME: the last run said so on standard error
	grep -qF -e "$1" "$dir/err"
	ok $? "$2"
}
mutes() {
	"$sjob" -c "$dir/conf" mute --list -P -n -o user,what,class,partition,until
}
# The build's folder may be nobody's business, so users run a copy.
cp "$sjob" "$dir/sjob"

# ---- a site that takes none
as daemon mute
is "$status" 1 "without Requests"
says 'takes no requests' "nobody can ask"
run requests
is "$status" 0 "and there is nothing to take"
run doctor
has 'ok   requests  Requests is not set' "doctor says so"
run mail --preview daemon

for command in list 'mute --list'; do
	# shellcheck disable=SC2086 # two words
	as 54321 $command
	is "$status" 1 "nobody has no jobs, and does not see those of all by '$command'"
	says 'there is no user with uid 54321' "which is said"
done

echo "Requests=$box" >>"$dir/conf"
as daemon mute
is "$status" 1 "where the folder is missing"
says "$box: No such file" "it is named"
run doctor
has 'FAIL requests' "doctor too"

# ---- the folder
mkdir "$box"
chmod 777 "$box"
refuses 1 'chmod +t' requests
run doctor
has "remove each other's requests" "doctor says the same"
chmod 1733 "$box"
chown daemon "$box"
refuses 1 'chown root' requests
chown root "$box"
run doctor
has "ok   requests  $box: 0 requests wait" "doctor is content"

# ---- jobs of two users, with a finding each night
awk 'BEGIN {
	print "job,cluster,partition,user,class,start,wall_s,input_bytes,ncpus"
	split("daemon bin", users, " ")
	split("align sort", classes, " ")
	for (u = 1; u <= 2; u++) {
		for (i = 0; i < 80; i++) {
			gib = 10 * (1 + i % 4)
			start = sprintf("2026-02-%02dT%02d:00:00", 25 + i / 20, i % 20)
			wall = gib * 120 * (1 + 0.01 * (i * 7 % 11 - 5))
			if (i == 63) wall = 13100
			row(u, 100 * u + i, start, wall, gib)
		}
		row(u, 100 * u + 80, "2026-03-01T10:00:00", 9375, 30)
	}
}
function row(u, job, start, wall, gib) {
	printf "%d,hpc,bio,%s,%s,%s,%.1f,%.0f,8\n", job, users[u], classes[u], start, wall, gib * 2 ^ 30
}' >"$dir/jobs.csv"
run import --csv "$dir/jobs.csv"
run check --since 2026-02-28 -P -n -v high -o job,metric
is "$(printf '%s\n' "$out" | sort)" "163|wall
180|wall
263|wall
280|wall" "there is something to be told"

# ---- wrong words
refuses 2 '--list goes with' mute --list --off
refuses 2 'either --off or --until' mute --off --until 2027-01-01
refuses 2 'not after now' mute --until 2020-01-01
refuses 2 '--weekly is about all' mute --weekly --class align
refuses 2 'longer than a name' mute --class "$(printf '%0300d' 0)"
refuses 2 'expected a job' expect
refuses 2 'expected one job' expect 1 2
refuses 2 "'x'" expect x

# ---- what is refused, one line each, and the good one among it is taken
big=$(printf '%03000d' 0)
put daemon 1-big "$big"
put daemon 2-garbage "$(printf '\001\002{]')"
put daemon 3-empty ''
put daemon 4-version '{"v":2,"ask":"mute"}'
put daemon 5-word '{"v":1,"ask":"drop tables"}'
put daemon 6-stray '{"v":1,"ask":"weekly","class":"align"}'
put daemon 7-user '{"v":1,"ask":"mute","user":"bin"}'
put daemon 8-twice '{"v":1,"ask":"mute","ask":"weekly"}'
put daemon 9-type '{"v":1,"ask":"mute","class":7}'
put daemon a-number '{"v":1,"ask":"expect","job_id":-1}'
put daemon b-jobless '{"v":1,"ask":"expect"}'
put daemon c-other '{"v":1,"ask":"expect","job_id":263}'
put daemon d-unknown '{"v":1,"ask":"expect","job_id":99999}'
put 54321 e-nobody '{"v":1,"ask":"mute"}'
put bin f-linked '{"v":1,"ask":"mute"}'
ln "$box/f-linked" "$box/g-linked"
echo '{"v":1,"ask":"mute"}' >"$dir/secret"
ln -s "$dir/secret" "$box/h-link"
mkfifo "$box/i-fifo"
mkdir "$box/j-folder"
touch "$box/j-folder/full"
long=$(printf '%0255d' 0)
put daemon "$long" 'garbage'
mkdir -p "$box/${long%0}F/full"
for name in l-taken m-taken; do
	mkdir -p "$box/$name/full" "$box/refused.$name/full"
done
put daemon "$(printf 'k\033[31m\nname')" 'garbage'
put daemon .unfinished '{"v":1,"ask":"mute","class":"unfinished"}'
put daemon z-good '{"v":1,"ask":"mute","class":"align","partition":"bio"}'
out=$(timeout 20 "$sjob" -c "$dir/conf" requests 2>"$dir/err")
is "$?" 3 "what is refused has a status of its own"
is "$out" "requests: 1 taken, 24 refused" "and is counted"
while IFS='|' read -r name why; do
	grep -F -e "$name" "$dir/err" | grep -qF -e "$why"
	ok $? "$name: $why"
done <<END
1-big of uid 1|has 3000 bytes
2-garbage of uid 1|is no request
3-empty of uid 1|is no request
4-version of uid 1|version 1
5-word of uid 1|expected mute, unmute
6-stray of uid 1|'class' does not belong to 'weekly'
7-user of uid 1|'user' does not belong to 'mute'
8-twice of uid 1|is no request
9-type of uid 1|class: expected a string
a-number of uid 1|job_id: expected a number
b-jobless of uid 1|names no job
c-other of uid 1|job 263 is not a job of 'daemon'
d-unknown of uid 1|nothing is known of job 99999
e-nobody of uid 54321|there is no user with uid 54321
f-linked of uid 2|has 2 names
g-linked of uid 2|has 2 names
h-link of uid 0|is no regular file
i-fifo of uid 0|is no regular file
j-folder of uid 0|is no regular file
l-taken of uid 0|is no regular file
m-taken of uid 0|is no regular file
000000 of uid 0|is no regular file
000000 of uid 1|is no request
k?[31m?name|is no request
END
is "$(mutes)" "daemon|mute|align|bio|" "the good one is taken"
is "$(find "$box" -mindepth 1 -maxdepth 1 ! -name 'refused.*' ! -name .unfinished | wc -l)" 0 \
	"nothing is left to be looked at again"
is "$(find "$box" -name 'refused.[1-9]*.[1-9]*' -printf x | wc -c)" 4 \
	"where its name is too long or taken, it gets another"
run requests
is "$status $out" "0 requests: 0 taken, 0 refused" "so the next night is quiet"
run doctor
has 'refused, named refused.*; remove them' "but doctor tells of it"
rm -rf "$box"/refused.* "$box/.unfinished"
"$sjob" -c "$dir/conf" mute --off -u daemon >/dev/null

# ---- too many
i=0
while [ $i -lt 1005 ]; do
	printf '{"v":1,"ask":"mute","class":"c%d"}' $((i % 150)) >"$box/m$i"
	i=$((i + 1))
done
chown bin "$box"/m*
put daemon z-good '{"v":1,"ask":"mute","class":"other"}'
run requests
is "$(mutes | grep -c '^daemon')" 1 "the others' are taken all the same"
"$sjob" -c "$dir/conf" mute --off -u daemon >/dev/null
is "$(mutes | wc -l)" 100 "a user has so many mutes"
has "taken," "and no more"
rm -rf "$box"/refused.*
run mute --off -u bin
is "$out" "mute: bin: 100 mutes removed" "the admin removes them at once"

# ---- what they do
mails() { # mails NIGHT: who would get a mail, of how many findings
	SJOBOUTLIERS_NOW=$1 "$sjob" -c "$dir/conf" mail --dry-run -P -n -o user,verdicts
}
SJOBOUTLIERS_NOW=2026-03-02T06:00:00 # a Monday
run check
is "$(mails 2026-03-02T06:00:00)" "bin|2
daemon|2" "both users would get a mail"
run mail --preview daemon
has "expect 163" "which says how to say no" # the job is one of those it tells

! is_file || chmod 700 "$dir/db" # users cannot even read it
SJOBOUTLIERS_NOW=2026-03-01T06:00:00
as daemon mute --class align --until 2026-03-01T12:00:00
SJOBOUTLIERS_NOW=2026-03-02T06:00:00
is "$status" 0 "a user asks without any right to the database"
has "asked for:" "and is told that it was asked for"
is "$(find "$box" -type f -user daemon -perm 644 | wc -l)" 1 "a file of the user's tells"
is "$(mails 2026-03-02T06:00:00)" "bin|2
daemon|2" "nothing has changed yet"
run requests
is "$(mails 2026-03-02T06:00:00)" "bin|2
daemon|1" "but then: what ended before --until is not told"
is "$(mutes)" "daemon|mute|align||2026-03-01T12:00:00" "and listed"
as daemon mute -p bio
run requests
is "$(mails 2026-03-02T06:00:00)" "bin|2" "a partition"
as daemon mute --off -p bio
run requests
is "$(mutes)" "daemon|mute|align||2026-03-01T12:00:00" "one of two is taken back"
as daemon mute --off
run requests
is "$(mutes)" "" "and the other"
as daemon mute
run requests
is "$(mails 2026-03-02T06:00:00)" "bin|2" "everything"
run mute --off -u daemon

as bin mute --weekly
if is_file; then
as daemon expect 280
is "$status" 0 "where the database cannot be read, the night decides"
run requests
is "$status" 3 "and refuses what is another's"
grep -qF "job 280 is not a job of 'daemon'" "$dir/err"
ok $? "with a line"
else
run requests
fi
is "$(mutes)" "bin|weekly|||" "one mail a week"
is "$(mails 2026-03-03T06:00:00)" "daemon|2" "not on Tuesday"
is "$(mails 2026-03-08T06:00:00)" "daemon|1" "nor on Sunday, when some of the others' is too old"
is "$(mails 2026-03-09T06:00:00)" "bin|2" "but on Monday, with all of the week"
as bin mute --weekly --off
run requests
is "$(mutes)" "" "and nightly again"

# ---- expect
! is_file || chmod 644 "$dir"/db*
as daemon expect 280
is "$status" 1 "where the database can be read, another's job is refused at once"
says "job 280 is not a job of 'daemon'" "with the reason"
as daemon expect 7777
says "nothing is known of job 7777" "and an unknown one"
as daemon expect 163
is "$status" 0 "an own one is asked for"
run requests
is "$out" "requests: 1 taken, 0 refused" "and taken"
is "$(mails 2026-03-02T06:00:00)" "bin|2
daemon|1" "it is not mailed"
run list -P -n -v high -j 163 -o job,verdict
is "$out" "163.batch|high" "though it keeps its verdict"
run show 163
has '  expected   its owner called this normal' "and show says whose word that is"
run show 280
echo "$out" | grep -q '  expected  '
is $? 1 "of that step alone"
run check --since 2026-03-01 -P -n -o job,verdict,reason,level -v high,normal -u daemon
is "$out" "180|normal|expected|" "and the like of it is normal from then on, for its owner"
refuses 1 "job 163 is not a job of 'bin'" expect -u bin 163
refuses 1 '--user: expected a name' mute -u ''
refuses 1 'longer than a name can be' expect -u "$(printf '%0200d' 0)" 163
run expect -u bin 263.batch
is "$out" "expect: bin: 1 step of job 263.batch counts as normal" "the admin may for any user"
run prune --before 2026-03-05
run expect -u bin 263
is "$status" 1 "what was pruned is forgotten"
plan
