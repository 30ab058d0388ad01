# shellcheck shell=sh
# A receiver for tests: source it behind the lib.sh of tests/cli, as root, in a folder $dir.

# Root may not be one, so it is daemon's, and so is the folder for its spans.
receiver_folder()
{
	chmod 711 "$dir"
	cp "$sjob" "$dir/sjob"
	mkdir -m 750 "$dir/otlp"
	chown daemon "$dir/otlp"
	chmod 644 "$dir/conf"
	echo "OtlpSpool=$dir/otlp" >>"$dir/conf"
}

# receiver_start [OPTION...]: on a port that is free, in $port; its process in $receiver
receiver_start()
{
	while port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000)); do
		: >"$dir/receiver.log"
		setpriv --reuid=daemon --clear-groups "$dir/sjob" -c "$dir/conf" receive --listen "127.0.0.1:$port" "$@" 2>"$dir/receiver.log" &
		receiver=$!
		receiver_wait && return
		grep -q 'Address already in use' "$dir/receiver.log" || return 1
	done
}

# Until somebody answers there, or the receiver has ended.
receiver_wait()
{
	while kill -0 "$receiver" 2>/dev/null; do
		"$send" one "$port" - /dev/null 'Method: GET' >/dev/null 2>&1 && return
	done
	return 1
}

receiver_stop()
{
	kill "${1--TERM}" "$receiver"
	wait "$receiver"
}
