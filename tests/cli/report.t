#!/bin/sh
# report: the page of a night as a file; tests/browser has it open in a browser.
. "$(dirname "$0")/lib.sh"

refuses 2 "where to? Name the page with --html=FILE" report
refuses 2 "'soon' is not a time" report -S soon --html "$dir/page.html"
refuses 2 "the start is not before the end" report -S now -E now-1day --html "$dir/page.html"
refuses 1 "no database yet" report --html "$dir/page.html"

# Two nights of steps; in the second one of them takes four times as long.
awk 'BEGIN {
	print "job,start,wall_s,partition,user,class,node,ncpus,input_bytes,attr.words"
	for (i = 0; i < 280; i++) {
		gib = 1 + i % 7
		printf "%d,%d,%.1f,main,ann,align,n%d,4,%.0f,%d\n", 100 + i, 1772150400 + i * 600,
			(100 + 50 * gib) * (1 + 0.02 * (i % 3)) * (i == 275 ? 4 : 1), i % 3, gib * 1073741824,
			i == 275 ? 174 : 30
	}
}' >"$dir/jobs.csv"
run import --csv "$dir/jobs.csv"
run check
is "$status" 0 "two nights are judged"

run report -S 2026-02-28 -E 2026-03-03 --title 'cluster <1>' --html "$dir/page.html"
is "$status" 0 "the page is written"
has "page.html: 1 finding in 1 group, 0 moved levels, 1 group pictured, 0 slow nodes" "and what is on it is told"
(cd "$dir" && "$sjob" -c "$dir/conf" report -S 2026-02-28 -E 2026-03-03 --title 'cluster <1>' --html=- >"$dir/printed.html" && [ ! -e ./- ])
cmp -s "$dir/page.html" "$dir/printed.html"
ok $? "- is standard output, which has the page and nothing else"
is "$(stat -c %a "$dir/page.html")" 640 "others cannot read it"
grep -q '"findings":\[\[0,[0-9]*,"375",375,.*,\[true,true,null,4\.[0-9]*,' "$dir/page.html"
ok $? "the finding is on it"
grep -q 'words was 174; in the 200 normal jobs it was 30' "$dir/page.html"
ok $? "with what differs"
grep -q 'cluster \\u003c1>' "$dir/page.html" && grep -q '<h1 id="title">cluster &lt;1&gt;</h1>' "$dir/page.html"
ok $? "and the title, as text"
grep -q '^<tr><td>align<td>375<td>ann<td>wall time<td>took longer<td>4\.[0-9]×<td>' "$dir/page.html"
ok $? "and as a table for who runs no scripts"
run report -S 2026-02-28 -E 2026-03-03 --html "$dir/page.html"
is "$(sed -n '/"earlier":/s/.*"earlier":\(\[[^]]*\]\).*/\1/p' "$dir/page.html")" '[]' "nothing like it was found before"
if is_file; then
unpacked_verdicts "UPDATE verdict SET verdict = 1 WHERE metric = 0 AND
	step IN (SELECT id FROM step WHERE job_id IN (120, 121));"
run ingest
run report -S 2026-02-28 -E 2026-03-03 --html "$dir/page.html"
grep -qF '"earlier":[{"class":"align","why":"took longer","step_count":2,"first_unix_s":1772' "$dir/page.html"
ok $? "what was found in the week before is counted, by class and cause"
fi

run report -S 2026-02-01 -E 2026-02-02 --html "$dir/quiet.html"
is "$status" 0 "a night without a step has a page"
has "quiet.html: 0 findings" "with nothing found"

grep -q 'no sizes are declared' "$dir/page.html"
is $? 1 "sizes are declared there"
cat >"$dir/nosize.csv" <<-END
	job,start,wall_s,partition,user,class
	900,2026-01-10T00:00:00,60,main,bob,sort
END
run import --csv "$dir/nosize.csv"
run check --all
run report -S 2026-01-10 -E 2026-01-11 --html "$dir/nosize.html"
grep -q '"advice":"no sizes are declared: this is judged by time alone; declare them so: srun --input-size=40G' "$dir/nosize.html"
is $? 0 "where none is, the page says how it is done"

cp "$dir/conf" "$dir/keep"
echo 'LinkJob=Grafana=https://grafana.example.org/d/job?var-jobid={jobid}' >>"$dir/conf"
run report -S 2026-03-02 -E 2026-03-03 --html "$dir/later.html"
grep -qF '"links":[["Grafana","https://grafana.example.org/d/job?var-jobid={jobid}"]]' "$dir/later.html"
ok $? "links to other programs are the configuration's"
echo 'LinkJob=x=javascript:alert(1)' | cat "$dir/keep" - >"$dir/conf"
refuses 2 "LinkJob=x=javascript:alert(1): expected NAME=https" report --html "$dir/later.html"
mv "$dir/keep" "$dir/conf"

cp "$dir/page.html" "$dir/before.html"
(
	ulimit -f 72 # more than the database needs, less than the page
	trap '' XFSZ
	"$sjob" -c "$dir/conf" report -S 2026-02-28 --html "$dir/page.html" 2>"$dir/err"
	echo $? >"$dir/status"
)
is "$(cat "$dir/status")" 1 "a disk that fills up while it is written is an error"
grep -qF "write $dir/page.html" "$dir/err"
ok $? "that names the page"
cmp -s "$dir/page.html" "$dir/before.html"
ok $? "and the older page stays"
refuses 1 "$dir/none/page.html" report --html "$dir/none/page.html"
plan
