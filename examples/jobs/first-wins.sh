#!/usr/bin/env bash
# The first result wins.
#
# The same question goes to several mirrors at once. The first good answer is taken, bad
# answers are passed over, and those still at work are told to stop; each has the chance to
# clean up. When all fail, or none answers in time, that is an error of its own.
set -u

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# --- the mirrors: mirror NAME SECONDS STATUS

mirror() {
    local name=$1 delay_s=$2 status=$3 nap=
    trap 'on_stop "$name" "$nap"' TERM
    sleep "$delay_s" &
    nap=$!
    wait "$nap"
    if ((status == 0)); then
        echo "answer of $name" >"$work/answer.$name"
    fi
    exit "$status"
}

# The clean-up of a mirror that is no longer needed.
on_stop() {
    [[ -z $2 ]] || kill "$2"
    echo "stopped" >"$work/stopped.$1"
    exit 143
}

# --- the race

declare -A runner=() # by pid
ended=''

# start NAME SECONDS STATUS
start() {
    mirror "$@" &
    runner[$!]=$1
}

# Waits for the first runner that succeeds; sets winner. False if none did, or if the time
# was over.
first_success() {
    local limit_s=$1 pid status timer
    winner=''
    sleep "$limit_s" &
    timer=$!
    while ((${#runner[@]})); do
        wait -n -p pid "$timer" "${!runner[@]}"
        status=$?
        if [[ $pid == "$timer" ]]; then
            ended+=' (time is over)'
            return 1
        fi
        ended+=" ${runner[$pid]}=$status"
        [[ $status != 0 ]] || winner=${runner[$pid]}
        unset "runner[$pid]"
        if [[ $winner ]]; then break; fi
    done
    kill "$timer"
    wait "$timer" 2>/dev/null
    [[ $winner ]]
}

# Stops those that still run, and waits until they are gone.
stop_rest() {
    local pid
    stopped=0
    for pid in "${!runner[@]}"; do
        kill -TERM "$pid"
        wait "$pid"
        (($? == 143)) && stopped=$((stopped + 1))
        unset "runner[$pid]"
    done
}

# race TITLE LIMIT_S MIRROR...: each MIRROR is name:seconds:status
race() {
    local title=$1 limit_s=$2 spec name delay_s status
    shift 2
    ended='' runner=()
    rm -f "$work"/answer.* "$work"/stopped.*
    for spec in "$@"; do
        IFS=: read -r name delay_s status <<<"$spec"
        start "$name" "$delay_s" "$status"
    done
    echo "== $title"
    if first_success "$limit_s"; then
        echo "won: $(<"$work/answer.$winner")"
    else
        echo "won: nobody"
    fi
    stop_rest
    echo "ended:$ended"
    echo "stopped: $stopped, cleaned up: $(cat "$work"/stopped.* 2>/dev/null | wc -l)"
}

race "the fastest wins" 5 oslo:0.4:0 rome:0.05:0 lima:0.6:0
race "failures are passed over" 5 oslo:0.05:1 rome:0.15:7 lima:0.3:0 cairo:0.9:0
race "all fail" 5 oslo:0.05:2 rome:0.15:3 lima:0.25:4
race "none in time" 0.1 oslo:5:0 rome:6:0
echo "children left: $(jobs -p | wc -l)"
