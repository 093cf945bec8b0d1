#!/usr/bin/env bash
# Builds a dependency graph, as many targets at a time as allowed.
#
# A target starts when all it needs is built. When a target fails, what needs it is skipped
# and the rest goes on. The graph is checked for cycles and unknown names first.
set -u

readonly max_jobs=3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

declare -A needs=() state=() target_of=()
targets=()

# target NAME [NEEDED...]
target() {
    targets+=("$1")
    needs[$1]=${*:2}
    state[$1]=waiting
}

die() {
    echo "build: $*" >&2
    exit 2
}

# check_graph: every name is known, and no target needs itself by any way.
check_graph() {
    local name needed left=${#targets[@]} before ok
    local -A placed=()
    for name in "${targets[@]}"; do
        for needed in ${needs[$name]}; do
            [[ -n ${state[$needed]:-} ]] || die "$name needs $needed, which is no target"
        done
    done
    while ((left)); do
        before=$left
        for name in "${targets[@]}"; do
            [[ -z ${placed[$name]:-} ]] || continue
            ok=1
            for needed in ${needs[$name]}; do
                [[ -n ${placed[$needed]:-} ]] || ok=0
            done
            ((ok)) && placed[$name]=1 && left=$((left - 1))
        done
        ((left < before)) || die "the graph has a cycle"
    done
}

# judge NAME: can it start? Sets verdict to ready, blocked or doomed.
judge() {
    local needed
    verdict=ready
    for needed in ${needs[$1]}; do
        case ${state[$needed]} in
            built) ;;
            failed | skipped) verdict=doomed && return ;;
            *) verdict=blocked ;;
        esac
    done
}

# build NAME: the work itself, in a job: makes a file of the files it needs.
build() {
    local needed
    case $1 in parser.o) echo "$1: syntax error"; return 1 ;; esac
    sleep 0.0$((${#1} % 4 + 1))
    {
        echo "[$1"
        for needed in ${needs[$1]}; do cat "$work/$needed" || return 3; done
        echo "]"
    } | tr -d '\n' >"$work/$1"
}

# Starts what can start, while there are free slots; true if anything changed.
start_ready() {
    local name changed=1
    for name in "${targets[@]}"; do
        [[ ${state[$name]} == waiting ]] || continue
        judge "$name"
        if [[ $verdict == doomed ]]; then
            state[$name]=skipped
            changed=0
        elif [[ $verdict == ready ]] && ((running < max_jobs)); then
            build "$name" &
            target_of[$!]=$name
            state[$name]=running
            running=$((running + 1))
            changed=0
        fi
    done
    return "$changed"
}

# Waits for one target to end, whichever is first.
finish_one() {
    local pid status name
    wait -n -p pid
    status=$?
    name=${target_of[$pid]}
    running=$((running - 1))
    if ((status == 0)); then state[$name]=built; else state[$name]=failed; fi
}

target app main.o parser.o libutil
target tests libutil tests.o
target docs manual
target main.o config.h
target parser.o grammar.c
target tests.o config.h
target libutil util.o list.o
target util.o config.h
target list.o
target grammar.c
target config.h
target manual
target package app docs

check_graph
running=0
while :; do
    while start_ready; do :; done
    ((running)) || break
    finish_one
done
for name in "${targets[@]}"; do
    product=
    [[ ! -e $work/$name ]] || product=$(<"$work/$name")
    printf '%-10s %s\n' "$name" "${state[$name]}${product:+: $product}"
done

(target a b && target b a && check_graph)
echo "a cycle: status $?"
(target a nothing && check_graph)
echo "an unknown name: status $?"
