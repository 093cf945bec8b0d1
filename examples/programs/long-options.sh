#!/bin/bash
# long-options.sh: a parser of long and short options that is told what there is in a table.
#
# An option is declared with its letter, its name, what it takes, and a line of help; the usage
# text is made from the same table. It knows --name=value, --name value, -n value, -nvalue, -abc,
# --no-name, names cut short, options that may be repeated, and --.

set -u
shopt -s extglob

declare -a OPT_ORDER=()
declare -A OPT_LETTER=() OPT_KIND=() OPT_HELP=() OPT_DEFAULT=() OPT_VALUE=() OPT_COUNT=()
declare -a OPERANDS=() INCLUDES=()
program=build

# option KIND LETTER NAME DEFAULT HELP: KIND is flag, value, list or number
option() {
    local kind=$1 letter=$2 name=$3
    OPT_ORDER+=("$name")
    OPT_KIND[$name]=$kind
    OPT_DEFAULT[$name]=$4
    OPT_VALUE[$name]=$4
    OPT_COUNT[$name]=0
    OPT_HELP[$name]=$5
    [[ $letter == - ]] || OPT_LETTER[$letter]=$name
}

letter_of() {
    local letter
    for letter in "${!OPT_LETTER[@]}"; do
        if [[ ${OPT_LETTER[$letter]} == "$1" ]]; then
            printf '%s' "$letter"
            return
        fi
    done
    return 1
}

usage() {
    local name left letter
    printf 'Usage: %s [OPTION]... TARGET...\n' "$program"
    for name in "${OPT_ORDER[@]}"; do
        letter=$(letter_of "$name") && left="-$letter, --$name" || left="    --$name"
        case ${OPT_KIND[$name]} in
            value) left+="=TEXT" ;;
            number) left+="=N" ;;
            list) left+="=TEXT..." ;;
        esac
        printf '  %-26s %s' "$left" "${OPT_HELP[$name]}"
        [[ -n ${OPT_DEFAULT[$name]} && ${OPT_KIND[$name]} != flag ]] &&
            printf ' (default: %s)' "${OPT_DEFAULT[$name]}"
        echo
    done
}

fail() {
    printf '%s: %s\n' "$program" "$*"
    return 2
}

# The option that a name, perhaps cut short, stands for; in REPLY.
resolve() {
    local name found=()
    if [[ -v OPT_KIND[$1] ]]; then
        REPLY=$1
        return
    fi
    for name in "${OPT_ORDER[@]}"; do
        [[ $name == "$1"* ]] && found+=("$name")
    done
    case ${#found[@]} in
        0) fail "no option --$1" ;;
        1) REPLY=${found[0]} ;;
        *) local IFS='|'; fail "--$1 may be ${found[*]/#/--}" ;;
    esac
}

# store NAME VALUE
store() {
    case ${OPT_KIND[$1]} in
        number)
            [[ $2 == ?(-)+([0-9]) ]] || { fail "--$1: '$2' is no number"; return; }
            OPT_VALUE[$1]=$((10#${2#-} * (${2:0:1}1 < 0 ? -1 : 1))) 2> /dev/null || OPT_VALUE[$1]=$2
            ;;
        list) OPT_VALUE[$1]+=${OPT_VALUE[$1]:+,}$2; INCLUDES+=("$2") ;;
        *) OPT_VALUE[$1]=$2 ;;
    esac
    ((++OPT_COUNT[$1]))
}

# long ARG NEXT...: one long option; REPLY becomes how many arguments it took
long() {
    local text=${1#--} name value taken=1
    name=${text%%=*}
    if [[ $name == no-* && ! -v OPT_KIND[$name] ]]; then
        resolve "${name#no-}" || return
        store "$REPLY" off || return
        REPLY=1
        return
    fi
    resolve "$name" || return
    name=$REPLY
    if [[ ${OPT_KIND[$name]} == flag ]]; then
        [[ $text != *=* ]] || { fail "--$name takes no value"; return; }
        value=on
    elif [[ $text == *=* ]]; then
        value=${text#*=}
    elif (($# > 1)); then
        value=$2 taken=2
    else
        fail "--$name needs a value"
        return
    fi
    store "$name" "$value" || return
    REPLY=$taken
}

# short ARG NEXT...: letters behind one another
short() {
    local letters=${1#-} letter name
    while [[ $letters ]]; do
        letter=${letters:0:1} letters=${letters:1}
        [[ -v OPT_LETTER[$letter] ]] || { fail "no option -$letter"; return; }
        name=${OPT_LETTER[$letter]}
        if [[ ${OPT_KIND[$name]} == flag ]]; then
            store "$name" on
        elif [[ $letters ]]; then
            store "$name" "${letters#=}" || return
            break
        elif (($# > 1)); then
            store "$name" "$2" || return
            REPLY=2
            return
        else
            fail "-$letter needs a value"
            return
        fi
    done
    REPLY=1
}

parse() {
    OPERANDS=() INCLUDES=()
    local name
    for name in "${OPT_ORDER[@]}"; do
        OPT_VALUE[$name]=${OPT_DEFAULT[$name]} OPT_COUNT[$name]=0
    done
    while (($#)); do
        case $1 in
            --) shift; OPERANDS+=("$@"); break ;;
            --?*) long "$@" || return; shift "$REPLY" ;;
            -?*) short "$@" || return; shift "$REPLY" ;;
            *) OPERANDS+=("$1"); shift ;;
        esac
    done
    ((${#OPERANDS[@]})) || fail 'no target given'
}

report() {
    local name
    printf '$ %s' "$program"
    (($#)) && printf ' %q' "$@"
    echo
    if ! parse "$@"; then
        echo "  status $?"
        return
    fi
    for name in "${OPT_ORDER[@]}"; do
        ((OPT_COUNT[$name])) && printf '  %s=%s (%d)\n' "$name" "${OPT_VALUE[$name]}" "${OPT_COUNT[$name]}"
    done
    printf '  target: <%s>\n' "${OPERANDS[@]}"
    ((${#INCLUDES[@]} > 1)) && printf '  include %s\n' "${INCLUDES[@]@Q}"
    return 0
}

option flag v verbose '' 'say what is done'
option flag - color on 'colours in messages; --no-color turns them off'
option number j jobs 1 'how many at once'
option value o output a.out 'where the result goes'
option list I include '' 'a folder to look in; may be repeated'
option value - only-changed '' 'a time'

usage
report all
report -v -j4 --output=x.o all
report -vvj 8 -Isrc -I 'my files' --include=/usr/include lib test
report --verb --no-color --out 'a b' -- -not-an-option --neither
report --jobs=-12 x
report --jobs many x
report --o x
report --output
report --verbose=yes x
report -vz x
report --only 'last week' 'two words' "it's"
report --nothing x
report
