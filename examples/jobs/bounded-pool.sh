#!/usr/bin/env bash
# A bounded pool with `wait -n`: never more than so many jobs at a time, and the next one
# starts as soon as any of them ends. `wait -p` tells which one it was, so that its status
# and result can be kept by name.
set -u

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

declare -A name_of=() status_of=()
limit=1 running=0 most=0

# pool_start NAME COMMAND...: runs it in the background, once there is room.
pool_start() {
    local name=$1
    shift
    while ((running >= limit)); do
        pool_reap
    done
    "$@" >"$work/$name.out" &
    name_of[$!]=$name
    running=$((running + 1))
    ((running <= most)) || most=$running
}

# Waits for any one job of the pool and keeps its status; false when there is none.
pool_reap() {
    local pid status
    ((running > 0)) || return 1
    wait -n -p pid "${!name_of[@]}"
    status=$?
    status_of[${name_of[$pid]}]=$status
    unset "name_of[$pid]"
    running=$((running - 1))
}

pool_drain() {
    while pool_reap; do :; done
}

pool_open() { limit=$1 running=0 most=0 name_of=() status_of=(); }

# --- the work

# Collatz: how many steps until 1.
steps_of() {
    local n=$1 steps=0
    while ((n != 1)); do
        n=$((n % 2 ? 3 * n + 1 : n / 2))
        steps=$((steps + 1))
    done
    echo "$steps"
    return $((steps % 5 == 0 ? 5 : 0)) # pretend that some fail
}

# notes_overlap NAME: leaves a mark while it runs, and notes how many marks it saw.
notes_overlap() {
    : >"$work/running.$1"
    set -- "$1" "$work"/running.*
    echo "$(($# - 1))"
    sleep 0.01
    rm "$work/running.$1"
}

echo "== results by name, whatever order they ended in"
pool_open 4
for n in 27 97 1 871 6 703 9 313 7 18; do
    pool_start "$n" steps_of "$n"
done
pool_drain
for n in 1 6 7 9 18 27 97 313 703 871; do
    printf 'collatz %3d: %3d steps, status %d\n' "$n" "$(<"$work/$n.out")" "${status_of[$n]}"
done
echo "jobs: ${#status_of[@]}, at most $most at a time"

echo "== the bound holds inside the jobs as well"
for bound in 1 2 5; do
    pool_open "$bound"
    for i in {1..15}; do
        pool_start "job$i" notes_overlap "job$i"
    done
    pool_drain
    highest=0
    for i in {1..15}; do
        read -r seen <"$work/job$i.out"
        ((seen <= highest)) || highest=$seen
    done
    verdict=kept
    ((highest <= bound && most <= bound)) || verdict="broken: $highest seen, $most started"
    echo "bound of $bound: $verdict, ${#status_of[@]} jobs done"
done

echo "== nothing is left to wait for"
wait -n
echo "status $?"
wait -n 1 2>/dev/null
echo "status $?"
