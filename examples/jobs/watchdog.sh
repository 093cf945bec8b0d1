#!/usr/bin/env bash
# A watch-dog: runs commands with a time limit, without the `timeout` command.
#
# A command that is late gets SIGTERM, so that it can clean up, and after a grace time
# SIGKILL, which it cannot ignore. All commands are watched at the same time.
set -u

readonly grace_s=0.3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# watch SECONDS COMMAND...: the status of COMMAND, or 124 if the dog bit and 137 if it bit
# twice.
watch() {
    local limit_s=$1 command dog status
    shift
    "$@" &
    command=$!
    {
        trap 'kill $nap; exit 1' TERM # called off
        sleep "$limit_s" & nap=$!
        wait "$nap"
        kill -TERM "$command"
        sleep "$grace_s" & nap=$!
        wait "$nap"
        kill -KILL "$command"
    } 2>/dev/null &
    dog=$!

    wait "$command"
    status=$?
    if kill -TERM "$dog" 2>/dev/null; then
        wait "$dog"
    fi
    case $status in
        143) return 124 ;; # it died of SIGTERM
        *) return "$status" ;;
    esac
} 2>/dev/null # bash tells of every job that is killed

# --- commands to be watched

quick() { echo "quick: done"; }
fails() { echo "fails: no luck" && return 7; }
slow() { echo "slow: starting" && exec sleep 60; }

careful() {
    trap 'echo "careful: cleaning up"; kill $!; exit 5' TERM
    echo "careful: starting"
    sleep 60 &
    wait $!
}

stubborn() {
    trap 'echo "stubborn: I heard that"' TERM
    echo "stubborn: starting"
    while :; do sleep 0.05; done
}

busy() {
    echo "busy: counting"
    local i=0
    while :; do i=$((i + 1)); done
}

family() {
    # its children must not survive it: the trap passes the signal on
    sleep 60 &
    sleep 60 &
    trap 'kill $(jobs -p); wait; echo "family: children gone"; exit 6' TERM
    wait
}

# --- run them all at once, report in order

commands=(quick fails slow careful stubborn busy family)
declare -A pid=()
start=$SECONDS
for name in "${commands[@]}"; do
    watch 0.4 "$name" >"$work/$name" &
    pid[$name]=$!
done

bad=0
for name in "${commands[@]}"; do
    wait "${pid[$name]}"
    status=$?
    case $status in
        0) verdict='in time' ;;
        124) verdict='ended by the dog' ;;
        137) verdict='killed by the dog' ;;
        *) verdict="failed" ;;
    esac
    printf '%-9s status %3d  %s\n' "$name" "$status" "$verdict"
    while IFS= read -r line; do echo "    $line"; done <"$work/$name"
    ((status == 0)) || bad=$((bad + 1))
done
echo "$bad of ${#commands[@]} did not make it"
((SECONDS - start < 10)) || echo "but that took too long"
