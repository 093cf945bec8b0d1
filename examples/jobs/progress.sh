#!/usr/bin/env bash
# A progress reporter that runs beside the work and is stopped by kill.
#
# The work appends a line to a file for each step. The reporter looks at the file every few
# milliseconds and draws a bar; SIGUSR1 makes it tell where it is, SIGTERM makes it draw a
# last bar and leave. An EXIT trap of the main script sees to it that it never stays behind.
set -u

readonly steps=40 width=20 tick_s=0.01
work=$(mktemp -d)
reporter=
trap clean_up EXIT

clean_up() {
    local status=$?
    stop_reporter
    rm -rf "$work"
    echo "cleaned up after status $status"
}

# --- the reporter

# bar DONE: sets text to a bar such as [#####.....] 20/40
bar() {
    local filled=$(($1 * width / steps)) full rest
    printf -v full '%*s' "$filled" ''
    printf -v rest '%*s' "$((width - filled))" ''
    printf -v text '[%s%s] %d/%d' "${full// /#}" "${rest// /.}" "$1" "$steps"
}

# steps_done: sets count to the number of lines of the steps file.
steps_done() {
    mapfile -t lines <"$work/steps"
    count=${#lines[@]}
}

# Runs in the background; draws to the file `screen`, a line for each change.
report() {
    local count=0 last=-1 text lines
    trap 'steps_done && bar "$count" && echo "asked: $text" >>"$work/screen"' USR1
    trap 'steps_done && bar "$count" && echo "final: $text" >>"$work/screen" && exit 0' TERM
    echo ready >"$work/ready"
    while :; do
        steps_done
        if ((count != last)); then
            bar "$count" && echo "$text" >>"$work/screen"
            last=$count
        fi
        sleep "$tick_s"
    done
}

start_reporter() {
    mkfifo "$work/ready"
    report &
    reporter=$!
    read -r _ <"$work/ready" # its traps are set
}

# Ends the reporter, if it runs, and waits for its last words.
stop_reporter() {
    [[ -n $reporter ]] || return 0
    kill -TERM "$reporter" 2>/dev/null && wait "$reporter"
    echo "the reporter left with status $?"
    reporter=
}

# --- the work

# await_line PATTERN: waits until the screen shows it; fails after two seconds.
await_line() {
    local try
    for ((try = 0; try < 200; try++)); do
        [[ ! -e $work/screen || $(<"$work/screen") != *"$1"* ]] || return 0
        sleep 0.01
    done
    return 1
}

do_steps() {
    local i
    for ((i = $1; i <= $2; i++)); do
        echo "step $i" >>"$work/steps"
        ((i % 10)) || sleep 0.03
    done
}

: >"$work/steps"
start_reporter
do_steps 1 20
kill -USR1 "$reporter"
await_line 'asked: ' && echo "it answered when asked"
do_steps 21 "$steps"
stop_reporter

# What must hold of the screen, whatever the timing.
falling=0 drawn=0 previous=0
while read -r word rest; do
    case $word in
        asked: | final:) echo "$word $rest" ;;
        *)
            drawn=$((drawn + 1)) now=${rest%/*}
            ((now >= previous)) || falling=$((falling + 1))
            previous=$now ;;
    esac
done < <(tr -s '\n' <"$work/screen")
((drawn >= 2)) && echo "it drew while the work went on"
echo "times it went backwards: $falling"
kill -0 "${reporter:-999999}" 2>/dev/null || echo "no reporter is left"
exit 3
