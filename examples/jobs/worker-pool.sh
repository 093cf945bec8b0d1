#!/usr/bin/env bash
# A worker pool over a queue.
#
# The queue is a FIFO that everyone keeps open. Workers take one line at a time from it,
# under a lock, since a line is read in more than one piece. A job may put further jobs into
# the queue. The pool ends when all jobs, those too, are done: the foreman counts them, and
# then sends each worker home.
set -u

readonly workers=4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkfifo "$work/queue" "$work/reports"
exec 5<>"$work/queue" 6<>"$work/reports"

# --- the jobs. A job says what it found, and may submit more.

# submit JOB ARGS...: one write, so that lines of several writers do not mix.
submit() { echo "$*" >&5; }

# The sum of the proper divisors.
job_divisors() {
    local n=$1 i sum=0
    for ((i = 1; i <= n / 2; i++)); do
        ((n % i)) || sum=$((sum + i))
    done
    ((sum != n)) || echo "$n is perfect"
}

# Cuts a range in halves until it is small, then looks at each number.
job_range() {
    local from=$1 to=$2 middle i
    if ((to - from < 32)); then
        for ((i = from; i <= to; i++)); do job_divisors "$i"; done
        return
    fi
    middle=$(((from + to) / 2))
    submit range "$from" "$middle"
    submit range "$((middle + 1))" "$to"
    echo "+2" # tells the foreman of them
}

job_length() { printf '%s has %d letters\n' "$1" "${#1}"; }

job_broken() { return 9; }

# --- a worker

# Takes a line from the queue into the array job.
take() {
    flock 7
    read -r -u 5 -a job
    flock -u 7
}

# Runs jobs until there is a `stop`. Reports for each: its output, then `done STATUS`.
worker() {
    local -a job
    local output status handled=0
    exec 7>"$work/lock" # a lock belongs to the open file: each needs one of its own
    while take && [[ ${job[0]} != stop ]]; do
        output=$("job_${job[0]}" "${job[@]:1}")
        status=$?
        handled=$((handled + 1))
        printf '%s\n' ${output:+"$output"} "done $status ${job[*]}" >&6
    done
    echo "$handled" >"$work/handled.$1"
}

# --- the foreman

# Reads reports until no job is open.
oversee() {
    local open=$1 word rest
    while ((open > 0)) && read -r -u 6 word rest; do
        case $word in
            +*) open=$((open + word)) ;;
            done)
                open=$((open - 1)) jobs_done=$((jobs_done + 1))
                [[ $rest == 0* ]] || failures+=("$rest") ;;
            *) echo "$word $rest" >>"$work/results" ;;
        esac
    done
}

pids=() failures=() jobs_done=0
for ((i = 0; i < workers; i++)); do
    worker "$i" &
    pids+=($!)
done

submit range 1 500
submit length concurrency
submit broken
submit length queue
oversee 4

for ((i = 0; i < workers; i++)); do submit stop; done
wait "${pids[@]}"
echo "the last worker left with status $?"

sort "$work/results"
handled=0
for file in "$work"/handled.*; do handled=$((handled + $(<"$file"))); done
echo "$jobs_done jobs done, $handled of them by the $workers workers"
for failure in "${failures[@]}"; do echo "failed: $failure"; done
