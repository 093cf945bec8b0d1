#!/usr/bin/env bash
# Starts nine jobs in the background, three of them at a time, collects what they found, and draws
# who waited and who ran when. Nothing here is special to shoal: bash runs it too.

declare -r slots=3 step_ms=25 width=56
declare -a names=() pids=()
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Sets now_ms to the milliseconds since the start.
tell_time() {
    local micros=${EPOCHREALTIME/[.,]/}
    now_ms=$(((micros - start_us) / 1000))
}

# A token pool: a FIFO that holds a byte for each free slot.
open_pool() {
    mkfifo "$work/pool"
    exec 3<>"$work/pool"
    printf '%*s' "$slots" '' >&3
}

# job NAME COMMAND...: runs a command in the background as soon as there is a slot.
job() {
    local name=$1 queued_ms started_ms
    shift
    names+=("$name")
    {
        tell_time && queued_ms=$now_ms
        read -r -N 1 -u 3
        tell_time && started_ms=$now_ms
        "$@" >"$work/$name.out" 2>&1
        status=$?
        printf ' ' >&3
        tell_time
        echo "$queued_ms $started_ms $now_ms" >"$work/$name.times"
        exit "$status"
    } &
    pids+=($!)
}

# The work: some jobs wait for something, some compute, some are pipelines.
fetch() { sleep "$1" && echo "$2 bytes"; }
primes() {
    local n i count=0
    for ((n = 2; n < $1; n++)); do
        for ((i = 2; i * i <= n; i++)); do ((n % i)) || continue 2; done
        count=$((count + 1))
    done
    sleep 0.2
    echo "$count primes below $1"
}
digits() { sleep 0.15 && echo "$(yes 0123456789 | head -n 20000 | tr -d '\n' | wc -c) digits"; }
order() { seq 5000 | sort -r | { sleep 0.25 && head -n 1; }; }
broken() { sleep 0.3 && echo "disk on fire" && return 3; }

# bar CHARACTER COUNT
bar() {
    local text
    printf -v text '%*s' "$2" ''
    printf '%s' "${text// /$1}"
}

# Draws the line of one job.  queued - - - started ======= ended
draw() {
    local name=$1 status=$2 queued_ms started_ms ended_ms mark='ok' result
    read -r queued_ms started_ms ended_ms <"$work/$name.times"
    read -r result <"$work/$name.out"
    local before=$((queued_ms / step_ms)) waited=$(((started_ms - queued_ms) / step_ms))
    local ran=$(((ended_ms - started_ms + step_ms - 1) / step_ms))
    local after=$((width - before - waited - ran))
    ((status == 0)) || mark="exit $status"
    printf '%-8s %s' "$name" "$dim"
    bar ' ' "$before" && bar '·' "$waited"
    printf '%s' "$plain$([[ $mark == ok ]] && echo "$green" || echo "$red")"
    bar '█' "$((ran < 1 ? 1 : ran))"
    bar ' ' "$((after < 0 ? 0 : after))"
    printf '%s%4d ms  %-7s %s\n' "$plain" "$((ended_ms - started_ms))" "$mark" "$result"
    total_ms=$((total_ms + ended_ms - started_ms))
}

draw_scale() {
    local ms
    printf '%-8s ' ms
    for ((ms = 0; ms < width * step_ms; ms += 200)); do
        printf '%-*s' "$((200 / step_ms))" "$ms"
    done
    echo
}

dim='' green='' red='' plain=''
[[ -t 1 ]] && dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[m'
start_us=${EPOCHREALTIME/[.,]/}
total_ms=0
open_pool

job mirror fetch 0.45 1048576
job primes primes 1000
job digits digits
job order order
job index fetch 0.3 65536
job disk broken
job docs fetch 0.5 8192
job sieve primes 400
job check fetch 0.1 512

echo "${#names[@]} jobs in $slots slots"
echo
draw_scale
for i in "${!names[@]}"; do
    wait "${pids[i]}"
    draw "${names[i]}" $?
done
tell_time
echo
echo "$total_ms ms of work in $now_ms ms"
