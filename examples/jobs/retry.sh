#!/usr/bin/env bash
# Retry with exponential back-off.
#
# Flaky services are called in parallel. A call that fails is tried again after a pause
# which doubles up to a ceiling; an error that no retry can mend ends it at once. Each
# caller writes a log of its own; the logs are shown in order when all are done.
set -u

readonly max_tries=5 first_pause_ms=10 max_pause_ms=60
readonly E_TEMPORARY=75 E_PERMANENT=65 # as in sysexits.h
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# --- the services: each keeps the number of its calls in a file

# count_call NAME: sets calls to the number of this call.
count_call() {
    calls=0
    [[ ! -e $work/$1.calls ]] || read -r calls <"$work/$1.calls"
    calls=$((calls + 1))
    echo "$calls" >"$work/$1.calls"
}

steady() { echo "payload of steady"; }

shaky() {
    count_call shaky
    ((calls >= 3)) || { echo "connection reset" >&2; return "$E_TEMPORARY"; }
    echo "payload of shaky"
}

last_chance() {
    count_call last_chance
    if ((calls < max_tries)); then
        echo "busy, $((max_tries - calls)) to go" >&2
        return "$E_TEMPORARY"
    fi
    echo "payload of last_chance"
}

dead() { echo "no route to host" >&2; return "$E_TEMPORARY"; }

forbidden() { echo "access denied" >&2; return "$E_PERMANENT"; }

crashing() {
    count_call crashing
    ((calls > 1)) && echo "payload of crashing" && return
    kill -KILL "$BASHPID"
}

# --- the caller

# ms_to_s MILLISECONDS: as a number that sleep takes.
ms_to_s() { printf '%d.%03d' "$(($1 / 1000))" "$(($1 % 1000))"; }

is_temporary() { (($1 == E_TEMPORARY || $1 > 128)); }

# retry COMMAND...: runs it until it succeeds; its output goes out only then.
retry() {
    local try status pause_ms=$first_pause_ms error
    for ((try = 1; try <= max_tries; try++)); do
        ("$@") >"$work/$1.payload" 2>"$work/$1.error"
        status=$?
        if ((status == 0)); then
            log "try $try: ok"
            cat "$work/$1.payload"
            return 0
        fi
        error=$(<"$work/$1.error")
        log "try $try: status $status${error:+ ($error)}"
        is_temporary "$status" || { log "giving up: not worth another try" && return "$status"; }
        ((try < max_tries)) || break
        log "pause of $pause_ms ms"
        sleep "$(ms_to_s "$pause_ms")"
        pause_ms=$((pause_ms * 2 > max_pause_ms ? max_pause_ms : pause_ms * 2))
    done
    log "giving up after $max_tries tries"
    return "$status"
} 2>/dev/null # bash tells of every command that is killed

log() { echo "    $*" >>"$work/$name.log"; }

# call NAME: a job; the status of the last try.
call() {
    local name=$1
    retry "$name" >"$work/$name.out"
}

services=(steady shaky last_chance dead forbidden crashing)
pids=()
for name in "${services[@]}"; do
    call "$name" &
    pids+=($!)
done

succeeded=0
for i in "${!services[@]}"; do
    name=${services[i]}
    wait "${pids[i]}"
    status=$?
    ((status)) || succeeded=$((succeeded + 1))
    echo "$name: status $status, got '$(<"$work/$name.out")'"
    cat "$work/$name.log"
done
echo "$succeeded of ${#services[@]} services answered"
