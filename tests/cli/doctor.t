#!/bin/sh
# doctor: each thing that can be wrong is seen, with what to do, and its exit status tells.
if [ "$(id -u)" = 0 ] && [ -z "${JO_OWN_MOUNTS-}" ] && unshare -m true 2>/dev/null; then
	JO_OWN_MOUNTS=1 exec unshare -m "$0"
fi
. "$(dirname "$0")/lib.sh"

# The release that the plugin was built for.
here=$("$(dirname "$0")/../../spank/slurm-version" ${SLURM_PREFIX:+"$SLURM_PREFIX/include"} /usr/include /usr/local/include)

# No Slurm, no systemd and no mail program but these.
mkdir "$dir/bin"
fake() { # fake NAME: a program with standard input as its script
	{ echo '#!/bin/sh'; cat; } >"$dir/bin/$1"
	chmod +x "$dir/bin/$1"
}
export PATH="$dir/bin:$PATH"
echo 'exit 0' | fake sendmail
echo 'echo enabled' | fake systemctl
fake sinfo <<EOF
case \$1 in
--version) echo slurm-wlm $here ;;
--Node) printf '%s\n' n1 n2 ;;
esac
EOF
echo 'echo "      --input-size=SIZE   what the plugin adds"' | fake sbatch
fake scontrol <<EOF
echo "SLURM_VERSION           = $here"
echo "PluginDir               = $dir"
echo "PlugStackConfig         = $dir/plugstack.conf"
EOF
echo "optional joboutliers.so spool=$dir/spool" >"$dir/plugstack.conf"
cp "${JO_BUILD:-build}/joboutliers.so" "$dir/joboutliers.so"
cat >>"$dir/conf" <<EOF
SendmailPath=$dir/bin/sendmail
AdminMail=root@example.org
MailFrom=jobs@example.org
EOF
printf 'job,start,wall_s,node\n1,2026-03-01T00:00:00,60,n1\n' >"$dir/history.csv"
run import --csv "$dir/history.csv"
is "$status" 0 "a history is there"
cp "$dir/conf" "$dir/good.conf"
db=$(sed -n 's/^Database=//p' "$dir/conf")

good() { # put back what is right
	cp "$dir/good.conf" "$dir/conf"
}
sees() { # sees STATUS TEXT NAME: a line of doctor's has TEXT
	run doctor
	is "$status" "$1" "$3: exit status $1"
	has "$2" "and a line says so"
}

sees 1 "FAIL nodes     n1, n2: run jobs, but never sent a record" "an import is no record"
fake sinfo <<EOF
[ "\$1" = --version ] && echo slurm $here
exit 0
EOF
sees 0 "ok   config    $dir/conf" "all is well"
has "ok   spool     $dir/spool: 0 records of 0 nodes wait" "the spool"
has "ok   database  $db: 1 step in 1 group" "the database"
has "warn sizes     0% of the last week's 1 step declares an input size; no sizes are declared: this is judged by time alone; declare them so: srun --input-size=40G" \
	"that no size is declared, and what to do"
has "ok   slurm     $dir/joboutliers.so: built for Slurm $here, $here is here" "the plugin"
has "ok   slurm     sbatch knows --input-size here" "what it offers"
has "ok   night     joboutliers.timer is enabled" "the timer"
has "warn night     nightly never ran" "a warning is no failure"
mkdir -p "$dir/spool/n1/new" "$dir/spool/bad"
touch "$dir/spool/n1/new/1-end+40" "$dir/spool/n1/new/2-end" "$dir/spool/bad/n1.3-end+40"
run doctor spool
has "ok   spool     $dir/spool: 41 records of 1 node wait" "the records in files that were carried"
has "warn spool     $dir/spool/bad: 1 file was set aside" "of what is set aside, files"
rm -r "$dir/spool/n1" "$dir/spool/bad"
run doctor sizes
has "warn sizes     0%" "also asked for that alone"
sql 'UPDATE step SET input_bytes = 1, input_source = 1'
run doctor sizes
has "ok   sizes     100% of the last week's 1 step declares an input size" "a declared size is fine"
sql 'UPDATE step SET input_bytes = NULL'
run doctor slurm
is "$status" 0 "one subject"
is "$(printf '%s\n' "$out" | awk '{ print $2 }' | uniq | tr '\n' ' ')" "config slurm " "is looked at alone"
run doctor night nodes
is "$(printf '%s\n' "$out" | awk '{ print $2 }' | uniq | tr '\n' ' ')" "config database nodes night " \
	"with what it needs"
refuses 2 "'frob' is no subject: expected spool" doctor frob

printf '[filter]\nFiles=%s/app/*.log*,%s/app/old/x\nPattern=(?<wall_s>.)\n[ok]\nFiles=%s/conf\n' "$dir" "$dir" "$dir" >"$dir/logs"
echo "Logs=$dir/none" >>"$dir/conf"
sees 1 "FAIL logs      open $dir/none: No such file or directory, so no logs are read" "no list of logs"
sed -i "s|^Logs=.*|Logs=$dir/logs|" "$dir/conf"
sees 0 "warn logs      [filter]: there is no file $dir/app/*.log* or of its other Files" "a section that finds nothing"
has "ok   logs      [ok]: 1 file" "the others"
mkdir "$dir/app"
ln -s "$dir/logs" "$dir/app/b.log"
sees 0 "warn logs      [filter]: there is no file" "nothing but a link"
: >"$dir/app/a.log"
run doctor logs
is "$status$(printf '%s\n' "$out" | sed 1d)" "0ok   logs      [filter]: 1 file
ok   logs      [ok]: 1 file" "all files are there"
if [ "$(id -u)" != 0 ]; then
	chmod 0 "$dir/app/a.log"
	sees 0 "warn logs      [filter]: 1 of 1 files cannot be read from here, such as $dir/app/a.log" "one that is closed"
fi
sed -i 's/^Pattern=.*/Pattern=(?<y>.)/' "$dir/logs"
sees 1 "FAIL logs      $dir/logs: [filter]: pattern: group 'y': no column 'y'" "a pattern that is wrong"
: >"$dir/logs"
sees 0 "warn logs      $dir/logs: lists none" "an empty list"
good

echo 'Frob=1' >"$dir/conf"
sees 1 "FAIL config    $dir/conf:1: Frob: no such key" "a configuration that cannot be read"
good

rmdir "$dir/spool"
sees 1 "FAIL spool     $dir/spool: No such file or directory; make it" "a missing spool"
ln -s / "$dir/spool"
sees 1 "FAIL spool     $dir/spool: is a link" "a link in the spool's place"
rm "$dir/spool"
mkdir "$dir/spool"
chmod 777 "$dir/spool"
sees 1 "FAIL spool     $dir/spool: mode 0777 lets others write" "a spool that is too open"
chmod 750 "$dir/spool"
mkdir -p "$dir/spool/bad"
: >"$dir/spool/bad/line"
: >"$dir/spool/bad/line.reason"
sees 0 "warn spool     $dir/spool/bad: 1 file was set aside" "bad records"

copy_db db whole
break_db
sees 1 "FAIL database" "a database that is none"
copy_db whole db
if is_file; then
	chmod 646 "$dir/db"
	sees 1 "FAIL database  $dir/db: everybody may write it" "a database that is too open"
	chmod 640 "$dir/db"
	echo "Database=$dir/none/db" >"$dir/conf"
	sees 1 "FAIL database  $dir/none: No such file or directory" "a missing folder"
	good
fi
sql "INSERT INTO node_health VALUES (0, 1, 1772409600000000, 1772409600000000, -5, NULL, 0)"
sees 1 " holds a value that it cannot have" "a count that is none"
sql "DELETE FROM node_health WHERE dropped_count = -5"
run doctor --full
is "$status" 0 "the whole database"
has ", whole" "is read on demand"

echo "required joboutliers.so spool=$dir/spool" >"$dir/plugstack.conf"
sees 1 "FAIL slurm     $dir/plugstack.conf:1: the plugin is 'required'" "a plugin that may fail jobs"
echo "optional joboutliers.so spool=$dir/spool" >"$dir/plugstack.conf"
cp "$dir/bin/scontrol" "$dir/named"
fake scontrol <<EOF
echo "SLURM_CONF              = $dir/slurm.conf"
echo "SLURM_VERSION           = $here"
echo "PluginDir               = $dir"
echo "PlugStackConfig         = (null)"
EOF
sees 0 "ok   slurm     $dir/plugstack.conf:1: the plugin is optional" "plugstack.conf that slurm.conf does not name"
mv "$dir/named" "$dir/bin/scontrol"
accounting() { # accounting STORAGE PREEMPT SACCT: what Slurm says of both, and what sacct does
	{
		echo ". $dir/named"
		echo "echo AccountingStorageType = accounting_storage/$1"
		echo "echo PreemptMode = $2"
	} | fake scontrol
	echo "$3" | fake sacct
}
cp "$dir/bin/scontrol" "$dir/named"
accounting slurmdbd OFF true
sees 0 "ok   slurm     sacct tells how long steps were suspended" "accounting"
accounting slurmdbd OFF 'echo gone >&2; exit 1'
sees 0 "warn slurm     sacct ended with status 1: gone; how long steps were suspended is not known" "accounting that does not answer"
echo AskSacct=no >>"$dir/conf"
run doctor slurm
echo "$out" | grep -q -i suspend
is $? 1 "is not asked where nobody wants to"
accounting slurmdbd GANG,SUSPEND true
sees 0 "warn slurm     Slurm suspends jobs (PreemptMode=GANG,SUSPEND), and AskSacct is 'no'" "unless Slurm suspends jobs"
good
accounting none GANG,SUSPEND true
sees 0 "warn slurm     Slurm suspends jobs (PreemptMode=GANG,SUSPEND), and keeps no accounting" "nobody to ask"
accounting none REQUEUE true
run doctor slurm
echo "$out" | grep -q -i suspend
is $? 1 "where Slurm suspends none, nothing is said"
mv "$dir/named" "$dir/bin/scontrol"
printf '# none\noptional other.so\n' >"$dir/plugstack.conf"
sees 1 "FAIL slurm     $dir/plugstack.conf: has no line for the plugin" "no plugin"
mkdir "$dir/plugstack.conf.d"
printf '\noptional %s/joboutliers.so spool=/elsewhere\n' "$dir" >"$dir/plugstack.conf.d/jo.conf"
echo "include $dir/plugstack.conf.d/*.conf" >>"$dir/plugstack.conf"
sees 0 "warn slurm     $dir/plugstack.conf.d/jo.conf:2: the plugin writes to /elsewhere" "another spool"
has "right only if sjobforward runs on the nodes" "which says what carries the records"
echo "optional joboutliers.so spool=/proc/spool" >"$dir/plugstack.conf"
sees 0 "warn slurm     $dir/plugstack.conf:1: /proc/spool lies on proc" "a spool that is on no disk of the node"
ln -s /proc "$dir/link"
echo "optional joboutliers.so spool=$dir/link/spool" >"$dir/plugstack.conf"
sees 0 "warn slurm     $dir/plugstack.conf:1: $dir/link/spool lies on proc" "nor behind a link"
echo "optional joboutliers.so spool=$dir/spool" >"$dir/plugstack.conf"
run doctor
echo "$out" | grep -q ' lies on '
is $? 1 "of one that is, nothing is said"
echo 'echo slurm 19.05.1' | fake sinfo
sees 1 "FAIL slurm     $dir/joboutliers.so: built for Slurm $here, but 19.05.1 is here" "another Slurm"
has "warn slurm     Slurm is 19.05.1 here, and the controller's is $here: each host needs" "nor is that the controller's"
echo 'echo "  -J, --job-name=jobname"' | fake sbatch
sees 1 "FAIL slurm     sbatch does not know --input-size here, so it refuses" "a host where scripts are refused"
echo 'exit 1' | fake sbatch
sees 1 "warn slurm     sbatch" "an sbatch that does not answer"
rm "$dir/joboutliers.so"
sees 1 "FAIL slurm     $dir/joboutliers.so: No such file or directory" "a plugin that is not there"
echo 'echo trouble >&2; exit 1' | fake sinfo
sees 0 "warn slurm     sinfo" "a Slurm that does not answer"

sed -i "s|^SendmailPath=.*|SendmailPath=$dir/none|" "$dir/conf"
sees 1 "FAIL mail      $dir/none: No such file or directory; install a mail program" "no mail program"
good
echo 'MailUsers=yes' >>"$dir/conf"
sees 1 "FAIL mail      MailUsers=yes, but no user has an address" "no addresses"
good
printf 'MailDomain=-x\nMailMap=%s/none\n' "$dir" >>"$dir/conf"
sees 1 "FAIL mail      MailMap: " "a map that is not there"
has "FAIL mail      MailDomain: " "a domain that is none"
good
sed -i 's/^AdminMail=.*/AdminMail=root@@x/' "$dir/conf"
sees 1 "FAIL mail      AdminMail: " "an address that is none"
good

printf 'MailTransport=smtp\nSmtpUrl=smtp://127.0.0.1:1\nSmtpUser=jo\n' >>"$dir/conf"
sees 1 "FAIL mail      SmtpUser is set, but there is no password" "a login without a password"
echo secret >"$dir/password"
chmod 644 "$dir/password"
echo "SmtpPasswordFile=$dir/password" >>"$dir/conf"
sees 1 "FAIL mail      SmtpPasswordFile $dir/password: others may read it" "a password for all to read"
chmod 600 "$dir/password"
run doctor
printf '%s\n' "$out" | grep -q SmtpPasswordFile
is "$?" 1 "a password of one's own is right"
for url in smtp://jo:hunter2@127.0.0.1:1 smtp//jo:hunter2@127.0.0.1:1; do
	printf '%s\n' MailTransport=smtp "SmtpUrl=$url" | cat "$dir/good.conf" - >"$dir/conf"
	sees 1 "FAIL mail      SmtpUrl: a login does not belong into the address" "a login in the address"
	is "${out##*hunter2*}" "$out" "its password is not shown"
done
good

# ---- file systems that do not answer: seen in the table of mounts, or by another process
mkdir "$dir/hung"
: >"$dir/mounted"
if [ "${JO_OWN_MOUNTS-}" ]; then
	# Who hangs there cannot be killed, so that ends by itself.
	timeout 120 "$(dirname "$0")/../fakes/hungfs" "$dir/hung" >"$dir/mounted" 2>/dev/null &
	hungfs=$!
	until [ -s "$dir/mounted" ] || ! kill -0 "$hungfs" 2>/dev/null; do sleep 0.05; done
fi
if [ -s "$dir/mounted" ]; then
	sed "s|^Database=.*|Database=$dir/hung/db|" "$dir/good.conf" >"$dir/conf"
	runs_out doctor database
	is "$status" 1 "a database on what hangs: exit status 1"
	has "FAIL database  $dir/hung/db lies on fuse, which can hang: expected a file system of this host's own; SQLite" \
		"and a line says so"
	sed "s|^Spool=.*|Spool=$dir/hung/spool|" "$dir/good.conf" >"$dir/conf"
	printf 'Requests=%s/hung\nReadersDatabase=%s/hung/readers\nLogs=%s/logs\n' "$dir" "$dir" "$dir" >>"$dir/conf"
	printf '[far]\nFiles=%s/hung/*.log\n' "$dir" >"$dir/logs"
	runs_out doctor spool requests logs
	is "$status" 1 "folders that do not answer: exit status 1"
	has "FAIL spool     $dir/hung/spool: the file system that it is on did not answer within 5 s" "the spool's"
	has "FAIL requests  $dir/hung: the file system" "the requests'"
	has "FAIL logs      $dir/hung: the file system" "the logs'"
	kill "$hungfs"
	wait "$hungfs" 2>/dev/null
	unmount "$dir/hung"
	good
else
	n=$((n + 1))
	echo "ok $n - file systems that do not answer # SKIP needs root, FUSE and Python"
fi

grep -v ^MailFrom "$dir/good.conf" >"$dir/conf"
sees 1 "FAIL mail      no mail has a sender" "no sender"
good

# ---- the mail server is asked, and given nothing
box=$dir/box
mkdir "$box"
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
if /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null; then
	"$(dirname "$0")/../smtp/smtpd.py" "$box" &
	server=$!
	for _ in $(seq 200); do
		[ -e "$box/port" ] && break
		sleep 0.05
	done
	read -r port <"$box/port"
	printf '%s\n' MailTransport=smtp "SmtpUrl=smtp://127.0.0.1:$port" SmtpTls=none >>"$dir/conf"
	sees 0 "ok   mail      smtp://127.0.0.1:$port: takes mail from jobs@example.org to root@example.org" "a server that takes mail"
	echo 'rcpt root@example.org 554 5.7.1 Relay access denied' >"$box/faults"
	sees 1 "FAIL mail      smtp://127.0.0.1:$port: the mail server says to RCPT TO:<root@example.org>: 554 5.7.1 Relay access denied" "a server that does not"
	is "$(cat "$box"/*.eml 2>/dev/null)" "" "no mail was given"
	sed -i 's/^SmtpTls=.*/SmtpTls=required/' "$dir/conf"
	sees 1 "smtp://127.0.0.1:$port offers no TLS, which SmtpTls=required asks for" "a server without TLS"
	good
fi

echo 'echo disabled; exit 1' | fake systemctl
run doctor
has " night     " "without the timer, cron is looked at"
stamp() { # stamp BEGIN STATUS: as nightly leaves it
	put_note night "$(printf '%020d %020d %3d' "$(date -ud "$1" +%s)000000" "$(date -ud "$1" +%s)000000" "$2")"
}
stamp 2026-03-02T05:00 0
sees 0 "ok   night     the last nightly ran at 2026-03-02T05:00:00" "a good night"
stamp 2026-03-02T05:00 1
sees 0 "warn night     the last nightly, at 2026-03-02T05:00:00, ended with status 1" "a bad night"
stamp 2026-03-02T05:00 -1
sees 0 "warn night     the nightly of 2026-03-02T05:00:00 has no end" "a night without an end"
stamp 2026-02-27T05:00 0
sees 1 "FAIL night     the last nightly ran at 2026-02-27T05:00:00, 73 hours ago" "a night long ago"
put_note night x
sees 1 "FAIL night     $(of_engine "$dir/db.night" "$db (lock 4)"): is no report of a night" "no report"
plan
