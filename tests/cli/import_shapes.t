#!/bin/sh
# import: whatever a file is, one line says what is wrong with it, and what would be right.
. "$(dirname "$0")/lib.sh"

# shape OPTION TEXT: standard input is refused with one line that has the text, and nothing is taken.
shape() {
	option=$1 text=$2
	cat >"$dir/f"
	run import "$option=$dir/f"
	is "$status" 1 "$option: $text: is refused"
	is "$(wc -l <"$dir/err")" 1 "with one line"
	grep -qF -e "$text" "$dir/err" || sed 's/^/# /' "$dir/err"
	grep -qF -e "$text" "$dir/err"
	ok $? "which says so"
	run list -P -n -S 2000-01-01
	is "$out" '' 'and nothing was taken'
}
command='take sacct -a -P -o JobIDRaw,JobID,Cluster,User,UID,Account,Partition,QOS,State,ExitCode,Start,ElapsedRaw,Suspended,TimelimitRaw,NNodes,NodeList,AllocCPUS,NTasks,MaxRSS,UserCPU,SystemCPU,JobName'

# ---- for sacct ----
shape --sacct 'it looks like a CSV file, which --csv reads' <<'END'
job,start,wall_s
1,2026-03-01T10:00:00,60
END
shape --sacct "it looks like sacct without -P, whose fields are cut; $command" <<'END'
JobID           JobName  Partition    Account  AllocCPUS      State ExitCode
------------ ---------- ---------- ---------- ---------- ---------- --------
1                  work       main        bio          4  COMPLETED      0:0
END
shape --sacct "it looks like a report of sreport's, which has sums and no jobs; $command" <<'END'
--------------------------------------------------------------------------------
Cluster/Account/User Utilization 2026-03-01T00:00:00 - 2026-03-01T23:59:59
END
shape --sacct "not what sacct prints: no header names JobIDRaw; $command" <<'END'
Feb 28 10:00:01 head slurmctld[77]: sched: Allocate JobId=1 NodeList=n1
END
shape --sacct "not what sacct prints" <<'END'
1|1|c1|ann
END
shape --sacct "no User, Start, ElapsedRaw, needed of sacct; $command" <<'END'
JobIDRaw|State|JobName
1.batch|COMPLETED|batch
END
shape --sacct 'these are jobs without their steps: take sacct without -X;' <<'END'
JobIDRaw|User|State|Start|ElapsedRaw|JobName
1|ann|COMPLETED|2026-03-01T10:00:00|60|work
2|ann|FAILED|2026-03-01T10:00:00|60|work
3|ann|PENDING|Unknown|0|work
END

# ---- for CSV ----
shape --csv 'header: it looks like what sacct prints, which --sacct reads' <<'END'
JobIDRaw|User|State|Start|ElapsedRaw|JobName
1|ann|COMPLETED|2026-03-01T10:00:00|60|work
END
shape --csv 'header: it looks like what sacct prints, which --sacct reads' <<'END'
JobIDRaw|User|State|Start|ElapsedRaw|JobName|
1|ann|COMPLETED|2026-03-01T10:00:00|60|work|
END
shape --csv 'header: it looks like a log in the Standard Workload Format, which --swf reads' <<'END'
; Version: 2.2
; UnixStartTime: 1772355600
1 0 10 60 1 -1 -1 1 60 -1 1 1 1 1 1 1 -1 -1
END
shape --csv "header: no column 'start', which is needed; --map=start=THEIRS says which it is" <<'END'
job,begin,wall_s
1,2026-03-01T10:00:00,60
END
shape --csv 'expected a header line, the file is empty' </dev/null
printf 'job,start,wall_s\n1,1,1\n' | iconv -t UTF-16LE >"$dir/wide"
shape --csv 'line 1 has a NUL byte in it: is it text?' <"$dir/wide"
printf 'job,start,wall_s\n1,1,1\n' | gzip | head -c 30 >"$dir/cut"
shape --csv 'the gzip file is cut short' <"$dir/cut"

plan
