#!/bin/bash
# dependency-sorter.sh: reads what depends on what, finds cycles, sorts topologically in waves, and
# tells what has to be made anew and how long it takes on a number of workers.

set -uo pipefail

declare -A NEEDS=() COST=() USERS=() WAVE=() MARK=()
declare -a NAMES=() ORDER=() PATH_TAKEN=()

# deps::load < FILE: lines "name(cost): needed needed ...", comments, continued with a backslash
deps::load() {
    local line name needs need
    NEEDS=() COST=() USERS=() NAMES=()
    while read line; do # a backslash at the end goes on in the next line
        line=${line%%#*}
        [[ $line =~ [^[:space:]] ]] || continue
        if [[ ! $line =~ ^([A-Za-z0-9._-]+)(\(([0-9]+)\))?[[:space:]]*:(.*)$ ]]; then
            printf 'not understood: %s\n' "$line"
            continue
        fi
        name=${BASH_REMATCH[1]} needs=${BASH_REMATCH[4]}
        [[ -v NEEDS[$name] ]] || NAMES+=("$name")
        COST[$name]=${BASH_REMATCH[3]:-1}
        NEEDS[$name]+=" $needs"
        for need in $needs; do
            USERS[$need]+=" $name"
        done
    done
    for need in "${!USERS[@]}"; do
        [[ -v NEEDS[$need] ]] || printf '%s\n' "$need"
    done | sort > missing
    mapfile -t missing < missing
    for need in "${missing[@]}"; do
        NAMES+=("$need")
        NEEDS[$need]='' COST[$need]=0
    done
    ((${#missing[@]} == 0)) || echo "given from outside: ${missing[*]}"
}

# Depth first, with marks: 1 on the way, 2 done. Leaves a cycle in PATH_TAKEN.
deps::visit() {
    local name=$1 need i
    case ${MARK[$name]-0} in
        2) return 0 ;;
        1)
            for i in "${!PATH_TAKEN[@]}"; do
                [[ ${PATH_TAKEN[i]} == "$name" ]] && break
            done
            PATH_TAKEN=("${PATH_TAKEN[@]:i}" "$name")
            return 1
            ;;
    esac
    MARK[$name]=1
    PATH_TAKEN+=("$name")
    for need in ${NEEDS[$name]}; do
        deps::visit "$need" || return
    done
    unset 'PATH_TAKEN[-1]'
    MARK[$name]=2
    ORDER+=("$name")
}

deps::sort() {
    local name
    ORDER=() MARK=() PATH_TAKEN=()
    for name in "${NAMES[@]}"; do
        if ! deps::visit "$name"; then
            printf 'a cycle:'
            printf ' %s' "${PATH_TAKEN[0]}"
            printf ' -> %s' "${PATH_TAKEN[@]:1}"
            echo
            return 1
        fi
    done
}

# The wave of a name is one more than the largest of what it needs.
deps::waves() {
    local name need wave
    WAVE=()
    for name in "${ORDER[@]}"; do
        wave=0
        for need in ${NEEDS[$name]}; do
            ((WAVE[$need] >= wave)) && wave=$((WAVE[$need] + 1))
        done
        WAVE[$name]=$wave
    done
    local -a lines=()
    for name in "${ORDER[@]}"; do
        lines[WAVE[$name]]+=" $name"
    done
    for wave in "${!lines[@]}"; do
        printf '  wave %d:%s\n' "$wave" "$(tr ' ' '\n' <<< "${lines[wave]}" | sort | tr '\n' ' ' | sed 's/ *$//; s/^ */ /')"
    done
}

# All that has to be made again when some names have changed.
deps::affected() {
    local -A dirty=()
    local -a queue=("$@")
    local name
    while ((${#queue[@]})); do
        name=${queue[0]}
        queue=("${queue[@]:1}")
        [[ -v dirty[$name] ]] && continue
        dirty[$name]=1
        queue+=(${USERS[$name]-})
    done
    for name in "${ORDER[@]}"; do
        [[ -v dirty[$name] ]] && printf '%s ' "$name"
    done
    echo
}

# The longest way through the graph, by cost.
deps::critical() {
    local -A finish=() via=()
    local name need best last='' path
    for name in "${ORDER[@]}"; do
        best=0
        via[$name]=''
        for need in ${NEEDS[$name]}; do
            if ((finish[$need] > best)); then
                best=${finish[$need]}
                via[$name]=$need
            fi
        done
        finish[$name]=$((best + COST[$name]))
        [[ -z $last ]] || ((finish[$name] > finish[$last])) && last=$name
    done
    path=$last
    for ((need = 0; need < 100; need++)); do
        name=${via[${path%% *}]}
        [[ $name ]] || break
        path="$name $path"
    done
    echo "${finish[$last]}: $path"
}

# deps::schedule WORKERS: list scheduling, ready names in order
deps::schedule() {
    local workers=$1 now=0 name need ready left=${#ORDER[@]}
    local -A done_at=() started=()
    local -a busy=() line=()
    local i
    for ((i = 0; i < workers; i++)); do busy[i]=0 line[i]=; done
    while ((left > 0)); do
        for ((i = 0; i < workers; i++)); do
            ((busy[i] <= now)) || continue
            for name in "${ORDER[@]}"; do
                [[ -v started[$name] ]] && continue
                ready=1
                for need in ${NEEDS[$name]}; do
                    [[ -v done_at[$need] ]] && ((done_at[$need] <= now)) || { ready=0; break; }
                done
                ((ready)) || continue
                started[$name]=$now
                done_at[$name]=$((now + COST[$name]))
                busy[i]=${done_at[$name]}
                line[i]+=" $name@$now"
                ((--left))
                ((COST[$name] > 0)) && break
            done
        done
        ((++now))
        ((now < 200)) || { echo 'no end'; return 1; }
    done
    local end=0
    for i in "${!line[@]}"; do
        ((busy[i] > end)) && end=${busy[i]}
        printf '  worker %d:%s\n' $((i + 1)) "${line[i]}"
    done
    echo "  done at $end"
}

cat > graph << 'END'
# what           needs
shoal(3):        shell.o kernel.o cli.o
shell.o(9):      shell.c sys.h tree.h
kernel.o(7):     kernel.c sys.h
cli.o(2):        cli.c shoal.h
tree.h(1):       tree.def make-tree
make-tree(2):    make-tree.c \
                 lib.a
lib.a(4):        lib.c
tests(5):        shoal cases
docs:            shoal.h
all:             shoal tests docs
this line is wrong
END
deps::load < graph
deps::sort && echo "order: ${ORDER[*]}"
deps::waves
echo "lib.c changed:   $(deps::affected lib.c)"
echo "shoal.h, cases:  $(deps::affected shoal.h cases)"
echo "longest way takes $(deps::critical)"
for workers in 1 2 3; do
    echo "$workers workers"
    deps::schedule "$workers"
done
echo '-- with a cycle'
printf 'a: b\nb: c d\nc: e\nd:\ne: b\n' > graph
deps::load < graph
deps::sort || echo "status $?"
echo '-- empty'
deps::load < /dev/null
deps::sort && echo "${#ORDER[@]} names"
