#!/usr/bin/env bash
# A log aggregator over a FIFO.
#
# Services log to one FIFO while they run, each line in one write, so that lines never mix.
# The aggregator reads until the last writer has closed its end, keeps counts and the worst
# lines, and prints a report.
set -u

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pipe=$work/log
mkfifo "$pipe"

# --- the services; descriptor 4 is the log

# log LEVEL MESSAGE
log() { echo "$service $1 $2" >&4; }

web() {
    local i
    for ((i = 1; i <= 60; i++)); do
        case $((i % 20)) in
            0) log error "500 on /cart, request $i" ;;
            7) log warn "slow answer, request $i" ;;
            *) log info "200 on /, request $i" ;;
        esac
    done
}

database() {
    local table
    for table in users orders items stock; do
        log info "vacuum of $table"
        [[ $table != stock ]] || log fatal "table $table is corrupt"
    done
    return 1
}

mailer() {
    local to
    while read -r to; do
        if [[ $to == *@* ]]; then
            log info "sent to $to"
        else
            log error "no address: $to"
        fi
    done <<EOF
ann@example.org
bob
cy@example.org
EOF
}

sensor() {
    # a pipeline that logs at its end
    seq 1 100 | while read -r value; do
        ((value % 25)) || log info "reading $value"
    done
    log debug "asleep" && sleep 0.05 && log debug "awake"
}

# start SERVICE: runs it as a job, whose status is the service's.
start() {
    local service=$1 status
    {
        log info start
        "$service"
        status=$?
        log info "stop with status $status"
        exit "$status"
    } &
    pids+=($!)
}

# Opens both ends before the first service starts: else the log would seem to end as soon as
# one service is done and the next has not opened it yet. Opening for reading and writing is
# what never waits.
open_log() {
    exec 3<>"$pipe"
    exec 4>"$pipe" 5<"$pipe"
    exec 3>&-
}

# --- the aggregator

declare -A by_level=() by_service=()

# Reads the log to its end.
aggregate() {
    local service level message
    while read -r service level message; do
        by_level[$level]=$((${by_level[$level]:-0} + 1))
        by_service[$service]=$((${by_service[$service]:-0} + 1))
        case $level in
            error | fatal) echo "$level $service: $message" >>"$work/worst" ;;
        esac
        [[ -n $message ]] || echo "a torn line: $service $level" >>"$work/torn"
    done
}

# print_counts TITLE NAME=COUNT...: a small bar chart.
print_counts() {
    local pair bar
    echo "$1"
    shift
    for pair in "$@"; do
        printf -v bar '%*s' "$((${pair#*=} / 2 + 1))" ''
        printf '  %-9s %3d %s\n' "${pair%%=*}" "${pair#*=}" "${bar// /#}"
    done
}

open_log
pids=()
for name in web database mailer sensor; do
    start "$name"
done
exec 4>&- # now the services alone can write, and the log ends with the last of them
aggregate <&5
failed=0
for pid in "${pids[@]}"; do
    wait "$pid" || failed=$((failed + 1))
done

levels=()
for level in fatal error warn info debug; do
    levels+=("$level=${by_level[$level]:-0}")
done
print_counts "lines by level:" "${levels[@]}"
services=()
while read -r name; do
    services+=("$name=${by_service[$name]}")
done < <(printf '%s\n' "${!by_service[@]}" | sort)
print_counts "lines by service:" "${services[@]}"
echo "the worst:"
sort "$work/worst" | nl
[[ ! -e $work/torn ]] || cat "$work/torn"
echo "$failed services failed"
