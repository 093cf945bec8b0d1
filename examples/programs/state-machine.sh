#!/bin/bash
# state-machine.sh: a table of transitions read from a description, checked, and run: first a lock
# with a coin slot, then a tokenizer for a small language of arithmetic.
#
#   state EVENT [guard] -> target / action, action

set -u
shopt -s extglob

declare -A FSM_TARGET=() FSM_GUARD=() FSM_ACTION=() FSM_ENTER=() FSM_STATES=()
declare FSM_STATE='' FSM_START=''
declare -a FSM_TRACE=()

# fsm::load < DESCRIPTION
fsm::load() {
    local line number=0 errors=0 from event guard target actions key n
    FSM_TARGET=() FSM_GUARD=() FSM_ACTION=() FSM_ENTER=() FSM_STATES=()
    FSM_START=''
    local pattern='^([a-z-]+) +([^ ]+)( +\[([^]]+)\])? +-> +([a-z-]+)( +/ +(.*))?$'
    while IFS= read -r line; do
        ((++number))
        line=${line%%#*}
        line=${line%%+([[:space:]])}
        [[ $line ]] || continue
        if [[ $line =~ ^start\ +([a-z-]+)$ ]]; then
            FSM_START=${BASH_REMATCH[1]}
        elif [[ $line =~ ^enter\ +([a-z-]+)\ +/\ +(.*)$ ]]; then
            FSM_ENTER[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
        elif [[ $line =~ $pattern ]]; then
            from=${BASH_REMATCH[1]} event=${BASH_REMATCH[2]} guard=${BASH_REMATCH[4]}
            target=${BASH_REMATCH[5]} actions=${BASH_REMATCH[7]}
            n=0
            while [[ -v FSM_TARGET["$from $event $n"] ]]; do ((++n)); done
            key="$from $event $n"
            FSM_TARGET[$key]=$target FSM_GUARD[$key]=$guard FSM_ACTION[$key]=$actions
            FSM_STATES[$from]+=" $event"
            : "${FSM_STATES[$target]:=}"
        else
            echo "line $number: cannot read: $line"
            ((++errors))
        fi
    done
    fsm::check && ((errors == 0))
}

# Every state can be reached; every action and guard is a function.
fsm::check() {
    local -A seen=()
    local -a queue=("$FSM_START")
    local state key word bad=0
    while ((${#queue[@]})); do
        state=${queue[0]}
        queue=("${queue[@]:1}")
        [[ -v seen[$state] ]] && continue
        seen[$state]=1
        for key in "${!FSM_TARGET[@]}"; do
            [[ $key == "$state "* ]] && queue+=("${FSM_TARGET[$key]}")
        done
    done
    while read -r state; do
        [[ -v seen[$state] ]] || { echo "state $state cannot be reached"; bad=1; }
    done < <(printf '%s\n' "${!FSM_STATES[@]}" | sort)
    while read -r word; do
        declare -F "do_$word" > /dev/null || { echo "no action $word"; bad=1; }
    done < <(printf '%s\n' "${FSM_ACTION[@]}" "${FSM_ENTER[@]}" | tr ', ' '\n\n' | sed '/^$/d' | sort -u)
    return "$bad"
}

fsm::actions() {
    local action
    local IFS=', '
    for action in $1; do
        "do_$action" "$2"
    done
}

fsm::begin() {
    FSM_STATE=$FSM_START
    FSM_TRACE=("$FSM_STATE")
}

# fsm::send EVENT [DATA]: takes the first transition whose guard holds; * stands for any event
fsm::send() {
    local event=$1 data=${2-} n try key
    for try in "$event" '*'; do
        for ((n = 0; ; n++)); do
            key="$FSM_STATE $try $n"
            [[ -v FSM_TARGET[$key] ]] || break
            [[ -z ${FSM_GUARD[$key]} ]] || ((${FSM_GUARD[$key]})) || continue
            fsm::actions "${FSM_ACTION[$key]}" "$data"
            if [[ ${FSM_TARGET[$key]} != "$FSM_STATE" ]]; then
                FSM_STATE=${FSM_TARGET[$key]}
                FSM_TRACE+=("$FSM_STATE")
                fsm::actions "${FSM_ENTER[$FSM_STATE]-}" "$data"
            fi
            return 0
        done
    done
    return 1
}

# ---- A turnstile that wants two coins and locks itself up after three tries

do_count() { ((++coins)); }
do_reset() { coins=0; }
do_complain() { ((++tries)); echo "    buzz ($tries)"; }
do_thank() { echo "    thank you, $((++visitors)) so far"; }
do_alarm() { echo '    ALARM'; }
do_refund() { echo "    gives back $coins"; coins=0; }

turnstile() {
    local coins=0 tries=0 visitors=0 event
    fsm::begin
    for event; do
        if fsm::send "$event"; then
            printf '  %-6s -> %s\n' "$event" "$FSM_STATE"
        else
            printf '  %-6s ignored in %s\n' "$event" "$FSM_STATE"
        fi
    done
    (IFS='>'; echo "  ${FSM_TRACE[*]}")
}

echo 'turnstile'
fsm::load << 'END'
start locked
locked  coin  [coins < 1]   -> locked  / count
locked  coin                -> open    / count
locked  push  [tries >= 2]  -> blocked / complain
locked  push                -> locked  / complain
locked  refund              -> locked  / refund
open    push                -> locked  / thank, reset
open    coin                -> open    / refund   # it is open already
blocked key                 -> locked  / reset
enter blocked / alarm
END
echo "  loaded: $?, ${#FSM_TARGET[@]} transitions"
turnstile coin push coin push coin refund push push coin key coin coin coin push kick

echo 'a faulty one'
fsm::load << 'END'
start a
a go -> b / fly
c go -> a
nonsense
END
echo "  status $?"

# ---- A tokenizer: characters are the events

declare -a TOKENS=()
do_add() { token+=$1; }
do_number() { TOKENS+=("number:$token"); token=; }
do_name() { TOKENS+=("name:$token"); token=; }
do_text() { TOKENS+=("text:$token"); token=; }
do_operator() { TOKENS+=("op:$1"); }
do_fail() { TOKENS+=("error:$1"); }

class_of() {
    case $1 in
        [0-9]) REPLY=digit ;;
        [a-zA-Z_]) REPLY=letter ;;
        [[:space:]]) REPLY=space ;;
        [-+*/=\(\)]) REPLY=operator ;;
        \") REPLY=quote ;;
        .) REPLY=dot ;;
        *) REPLY=other ;;
    esac
}

tokenize() {
    local text="$1 " token='' i
    TOKENS=()
    fsm::begin
    for ((i = 0; i < ${#text}; i++)); do
        class_of "${text:i:1}"
        fsm::send "$REPLY" "${text:i:1}" || { echo "  stuck in $FSM_STATE at $i"; return; }
    done
    [[ $FSM_STATE == between ]] || TOKENS+=("unfinished:$FSM_STATE")
    printf '  %s\n' "$1"
    printf '     '
    printf ' %s' "${TOKENS[@]}"
    echo
}

echo 'tokenizer'
fsm::load << 'END'
start between
between   digit    -> integer  / add
between   letter   -> word     / add
between   quote    -> string
between   operator -> between  / operator
between   space    -> between
between   *        -> between  / fail
integer   digit    -> integer  / add
integer   dot      -> decimal  / add
integer   operator -> between  / number, operator
integer   space    -> between  / number
integer   *        -> between  / number, fail
decimal   digit    -> decimal  / add
decimal   operator -> between  / number, operator
decimal   *        -> between  / number
word      letter   -> word     / add
word      digit    -> word     / add
word      operator -> between  / name, operator
word      *        -> between  / name
string    quote    -> between  / text
string    *        -> string   / add
END
tokenize 'x1 = (3.14 + rate)*2'
tokenize 'say="hello, world"/7'
tokenize '12ab $ 5.'
tokenize '"never closed'
tokenize ''
