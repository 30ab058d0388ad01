#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# End to end: a step of a known class takes far too long for its size, and the next night its
# owner has the mail, once, from a real mail server.
# shellcheck disable=SC2154 # record() sets r_FIELD
. "$(dirname "$0")/lib.sh"

conf=$PWD/joboutliers.conf

# What ran on the other days: some 6 s for 1 GB, from 1 to 4 GB.  A busy machine may add seconds
# to a step, so these must not be all.
{
	echo job,step,cluster,partition,user,class,start,wall_s,input_bytes,mem_peak_bytes,max_rss_bytes
	awk -v now="$(date +%s)" 'BEGIN {
		for (i = 1; i <= 30; i++) {
			gb = 1 + i % 7 / 2
			printf "%d,0,test,short,alice,align,%d,%.2f,%.0f,%d,%d\n", 900000 + i,
				now - (31 - i) * 86400, 6 * gb + i % 3 / 20, gb * 1e9, 9e6, 8e6
		}
	}'
} >history.csv

mkdir mail
"$here/../../smtp/smtpd.py" mail >smtpd.log 2>&1 &
smtpd=$!
trap 'kill $smtpd' EXIT
ok "the mail server is up" until_true test -s mail/port

cat >"$conf" <<END
Database=$PWD/joboutliers.db
Spool=$PWD/spool
MailUsers=yes
MailFrom=joboutliers@cluster.example
MailDomain=cluster.example
MailTransport=smtp
SmtpUrl=smtp://127.0.0.1:$(cat mail/port)
SmtpTls=none
NotifyMinTime=1s
NotifyMinCoreHours=0
END
mkdir spool
sjoboutliers -c "$conf" import --csv history.csv >import.out
is "history is imported" $? 0

as-user alice srun -Q -J align --job-class=align --input-size=1GB sleep 40 &
slow_run=$!
as-user alice srun -Q -J align --job-class=align --input-size=2GB sleep 11 &
wait "$slow_run" $!
record kind=end job_name=align step_id=0 input_bytes=1000000000
slow=$r_job_id
record kind=end job_name=align step_id=0 input_bytes=2000000000
normal=$r_job_id
# The spool of all tests is not ours to empty.
mkdir -p spool/n1/new
grep -l '"job_name":"align"' "$JO_SPOOL"/*/new/* | xargs cp -t spool/n1/new

sjoboutliers -c "$conf" nightly >nightly.out 2>&1
is "the night is done" $? 0
sed 's/^/# /' nightly.out
is "the spool is empty" "$(ls spool/n1/new)" ""
is "the slow step is high" \
	"$(sjoboutliers -c "$conf" list -n -P -a -j "$slow" -o wall_verdict)" high
is "the normal step is normal" \
	"$(sjoboutliers -c "$conf" list -n -P -a -j "$normal" -o wall_verdict)" normal
is "one mail" "$(find mail -name '*.eml' | wc -l)" 1
like "to its owner" "$(cat mail/*.json)" '*alice@cluster.example*'
ok "it names the job" grep -q "$slow\.0" mail/1.eml

sjoboutliers -c "$conf" nightly >again.out 2>&1
is "another night is done" $? 0
is "the same is not told again" "$(find mail -name '*.eml' | wc -l)" 1

done_testing
