#!/bin/bash
# logging.sh: a logging library: levels, several sinks with thresholds and formats of their own,
# context that nests, rotation by size, and a stack trace where something failed.

set -euo pipefail

declare -rA LOG_LEVELS=([trace]=0 [debug]=10 [info]=20 [warn]=30 [error]=40 [fatal]=50)
declare -A LOG_SINK_LEVEL=() LOG_SINK_FORMAT=() LOG_COUNTS=()
declare -a LOG_SINKS=() LOG_CONTEXT=()
LOG_CLOCK=0 # a clock that can be repeated: a second for each message

# log::sink NAME LEVEL FORMAT: NAME is - for standard output, or a file. In FORMAT %t is the time,
# %l the level, %L the same in capitals, %f the function, %n the line, %c the context, %m the text
log::sink() {
    local name=$1 level=${2,,}
    [[ -v LOG_LEVELS[$level] ]] || { echo "log: no level '$2'" >&2; return 2; }
    [[ " ${LOG_SINKS[*]-} " == *" $name "* ]] || LOG_SINKS+=("$name")
    LOG_SINK_LEVEL[$name]=$level
    LOG_SINK_FORMAT[$name]=$3
}

log::push() { LOG_CONTEXT+=("$1"); }
log::pop() { unset 'LOG_CONTEXT[-1]'; }

log::time() {
    printf -v "$1" '%02d:%02d:%02d' $((LOG_CLOCK / 3600)) $((LOG_CLOCK / 60 % 60)) $((LOG_CLOCK % 60))
}

# log::format VAR FORMAT LEVEL FUNCTION LINE MESSAGE
log::format() {
    local -n log_out=$1
    local rest=$2 level=$3 function=$4 line=$5 message=$6 now context
    local IFS=/
    context=${LOG_CONTEXT[*]-}
    log::time now
    log_out=
    while [[ $rest == *%* ]]; do
        log_out+=${rest%%\%*}
        rest=${rest#*%}
        case ${rest:0:1} in
            t) log_out+=$now ;;
            l) log_out+=$level ;;
            L) log_out+=${level^^} ;;
            f) log_out+=$function ;;
            n) log_out+=$line ;;
            c) log_out+=${context:--} ;;
            m) log_out+=$message ;;
            %) log_out+=% ;;
            *) log_out+=%${rest:0:1} ;;
        esac
        rest=${rest:1}
    done
    log_out+=$rest
}

log::rotate() {
    local file=$1 most=${LOG_MAX_BYTES:-400} i size
    [[ -f $file ]] || return 0
    size=$(wc -c < "$file")
    ((size > most)) || return 0
    for ((i = 2; i >= 1; i--)); do
        [[ -f $file.$i ]] && mv -- "$file.$i" "$file.$((i + 1))"
    done
    mv -- "$file" "$file.1"
}

log::emit() {
    local level=$1 function=$2 line=$3 sink text
    shift 3
    ((++LOG_CLOCK, LOG_COUNTS[$level] = ${LOG_COUNTS[$level]:-0} + 1))
    for sink in "${LOG_SINKS[@]}"; do
        ((LOG_LEVELS[$level] >= LOG_LEVELS[${LOG_SINK_LEVEL[$sink]}])) || continue
        log::format text "${LOG_SINK_FORMAT[$sink]}" "$level" "$function" "$line" "$*"
        if [[ $sink == - ]]; then
            printf '%s\n' "$text"
        else
            log::rotate "$sink"
            printf '%s\n' "$text" >> "$sink"
        fi
    done
}

# One function for each level: log.info TEXT...
for level in "${!LOG_LEVELS[@]}"; do
    eval "log.$level() { log::emit $level \"\${FUNCNAME[1]}\" \"\${BASH_LINENO[0]}\" \"\$@\"; }"
done
unset level

# Lines from standard input, each a message.
log::stream() {
    local line level=$1
    while IFS= read -r line || [[ $line ]]; do
        "log.$level" "${2-}$line"
    done
}

log::stack() {
    local i
    for ((i = 1; i < ${#FUNCNAME[@]} - 1; i++)); do
        printf '    at %s (called in line %d)\n' "${FUNCNAME[i]}" "${BASH_LINENO[i]}"
    done
}

log::summary() {
    local level
    for level in trace debug info warn error fatal; do
        [[ -v LOG_COUNTS[$level] ]] && printf '%6s %d\n' "$level" "${LOG_COUNTS[$level]}"
    done
    return 0
}

# A program that uses it.

fetch() {
    log::push "fetch"
    log.debug "asking for $1"
    case $1 in
        *.bad) log.error "no such thing: $1"; log::pop; return 4 ;;
        *slow*) log.warn "$1 takes" "its time" ;;
    esac
    log.info "got $1 (${#1} letters)"
    log::pop
}

deploy() {
    log::push "deploy"
    local item failed=0
    for item in "$@"; do
        fetch "$item" || failed=$((failed + 1))
    done
    ((failed == 0)) || log.error "$failed of $# failed"
    log::pop
    return "$((failed > 0))"
}

inner() { log::stack; }
outer() { inner; }

log::sink - info '[%t] %L %c: %m'
log::sink all.log trace '%t|%l|%f|%n|%c|%m'
log::sink errors.log error '%% %m (100%%, %x)'
log::sink - nonsense '%m' || echo "status $?"

log.info 'starting, 50% of it'
deploy index.html slow.css missing.bad || log.fatal "deploy ended with $?"
printf 'one\n  two\nlast without newline' | log::stream warn '> '
log.trace 'only in the file'
outer
log::sink - warn '%l: %m'
log.info 'not shown any more'
log.warn "quotes ' \" and \$dollars, back\\slashes"
for i in {1..6}; do
    log.debug "filling the file, round $i of 6"
done
log::summary
echo '-- files'
wc -l ./*.log* | sed 's/^ *//'
echo '-- errors.log'
cat errors.log
echo '-- the end of all.log'
tail -n 3 all.log
