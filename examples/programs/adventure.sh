#!/bin/bash
# adventure.sh: a text adventure whose world is read from a file: rooms, exits, things, locks, and
# what happens when things are used. The player's words come from standard input or a script.

set -u
shopt -s extglob nocasematch

declare -A ROOM_TEXT=() ROOM_EXITS=() THING_AT=() THING_TEXT=() USE_TEXT=() USE_EFFECT=() LOCKED=()
declare -a THINGS=() HISTORY=()
HERE='' GOAL='' MOVES=0 SCORE=0

# ---- Reading the world

world::load() {
    local line kind name rest current='' current_kind=''
    while IFS= read -r line; do
        case $line in
            '' | '#'*) continue ;;
            ' '*)
                line=${line##+( )}
                if [[ $current_kind == room ]]; then
                    ROOM_TEXT[$current]+=${ROOM_TEXT[$current]:+ }$line
                else
                    THING_TEXT[$current]+=${THING_TEXT[$current]:+ }$line
                fi
                continue
                ;;
        esac
        read -r kind name rest <<< "$line"
        case $kind in
            start) HERE=$name ;;
            goal) GOAL=$name ;;
            room) current=$name current_kind=room ROOM_TEXT[$name]='' ;;
            thing) current=$name current_kind=thing THING_AT[$name]=${rest#in } THING_TEXT[$name]=''; THINGS+=("$name") ;;
            exit)
                ROOM_EXITS[$current/$name]=${rest%% *}
                [[ $rest == *' locked' ]] && LOCKED[$current/$name]=1
                ;;
            use) USE_EFFECT[$name/${rest%%:*}]=${rest#*: } ;;
            *) echo "the world has a fault: $line" ;;
        esac
    done
}

# ---- What the player sees

say() { fold -s -w 64 <<< "$*" | sed 's/ *$//; s/^/  /'; }

with_article() {
    case $1 in
        [aeiou]*) REPLY="an $1" ;;
        *) REPLY="a $1" ;;
    esac
}

list() {
    local out='' i=0 word
    for word; do
        with_article "$word"
        ((++i))
        if ((i == 1)); then out=$REPLY; elif ((i == $#)); then out+=" and $REPLY"; else out+=", $REPLY"; fi
    done
    REPLY=$out
}

things_at() {
    local thing
    FOUND=()
    for thing in "${THINGS[@]}"; do
        [[ ${THING_AT[$thing]} == "$1" ]] && FOUND+=("$thing")
    done
    ((${#FOUND[@]}))
}

look() {
    local key exits=()
    echo "[${HERE//-/ }]"
    say "${ROOM_TEXT[$HERE]}"
    if things_at "$HERE"; then
        list "${FOUND[@]}"
        say "There is $REPLY here."
    fi
    for key in north east south west up down; do
        [[ -v ROOM_EXITS[$HERE/$key] ]] && exits+=("$key")
    done
    say "Ways out: ${exits[*]:-none}."
}

# ---- What the player does

go() {
    local way=$1
    case $way in n) way=north ;; e) way=east ;; s) way=south ;; w) way=west ;; u) way=up ;; d) way=down ;; esac
    if [[ ! -v ROOM_EXITS[$HERE/$way] ]]; then
        say "There is no way $way."
    elif [[ -v LOCKED[$HERE/$way] ]]; then
        say "The door $way is locked."
    else
        HERE=${ROOM_EXITS[$HERE/$way]}
        look
    fi
}

is_near() { [[ -v THING_AT[$1] && (${THING_AT[$1]} == "$HERE" || ${THING_AT[$1]} == me) ]]; }

take() {
    local thing taken=0
    if [[ $1 == all ]]; then
        things_at "$HERE" || { say 'There is nothing to take.'; return; }
        for thing in "${FOUND[@]}"; do take "$thing"; done
        return
    fi
    if [[ ${THING_AT[$1]-} == me ]]; then
        say "You have the $1 already."
    elif [[ ${THING_AT[$1]-} == "$HERE" ]]; then
        THING_AT[$1]=me
        ((SCORE += 5))
        say "Taken: $1."
    else
        say "There is no $1 here."
    fi
}

drop() {
    if [[ ${THING_AT[$1]-} == me ]]; then
        THING_AT[$1]=$HERE
        say "Dropped: $1."
    else
        say "You have no $1."
    fi
}

examine() {
    if is_near "$1"; then say "${THING_TEXT[$1]}"; else say "You see no $1."; fi
}

# use THING [on] WHAT: effects are unlock WAY, move THING ROOM, say TEXT, score N, end
use() {
    local thing=$1 what=${2-} effect
    [[ $what == on ]] && what=${3-}
    is_near "$thing" || { say "You have no $thing."; return; }
    if [[ ! -v USE_EFFECT[$thing/$what] ]]; then
        say "Nothing happens."
        return
    fi
    local IFS=';'
    local -a effects=(${USE_EFFECT[$thing/$what]})
    local IFS=' '
    for effect in "${effects[@]}"; do
        effect=${effect##+( )}
        case $effect in
            'at '*) [[ $HERE == "${effect#at }" ]] || { say 'Not here.'; return; } ;;
            'unlock '*) unset "LOCKED[$HERE/${effect#unlock }]" ;;
            'move '*) set -- ${effect#move }; THING_AT[$1]=$2 ;;
            'say '*) say "${effect#say }" ;;
            'score '*) ((SCORE += ${effect#score })) ;;
        esac
    done
}

inventory() {
    if things_at me; then list "${FOUND[@]}"; say "You carry $REPLY."; else say 'You carry nothing.'; fi
}

command_line() {
    local -a words=()
    local word
    for word in ${1//[.,!?]/}; do
        [[ $word == @(the|a|an|at|to|with|please) ]] || words+=("${word,,}")
    done
    ((${#words[@]})) || return 0
    HISTORY+=("${words[*]}")
    ((++MOVES))
    set -- "${words[@]}"
    case $1 in
        l | look) if (($# > 1)); then examine "$2"; else look; fi ;;
        x | examine | read) examine "${2-nothing}" ;;
        go | walk) go "${2-nowhere}" ;;
        n | e | s | w | u | d | north | east | south | west | up | down) go "$1" ;;
        take | get) take "${2-nothing}" ;;
        pick) take "${3-nothing}" ;;
        drop) drop "${2-nothing}" ;;
        use | open) use "${@:2}" ;;
        i | inventory) inventory ;;
        score) say "$SCORE points in $MOVES moves." ;;
        again | g)
            unset 'HISTORY[-1]'
            if ((${#HISTORY[@]})); then command_line "${HISTORY[-1]}"; fi
            ;;
        quit) return 1 ;;
        *) say "I do not know how to $1." ;;
    esac
}

play() {
    local line
    look
    while IFS= read -r line; do
        printf '> %s\n' "$line"
        command_line "$line" || { say 'You give up.'; break; }
        if [[ $HERE == "$GOAL" ]]; then
            ((SCORE += 50))
            say "You made it, with $SCORE points in $MOVES moves!"
            return 0
        fi
    done
    return 1
}

cat > world << 'END'
# A small house by the sea.
start hall
goal boat
room hall
    A cold hall. Dust lies on everything, and the wind can be heard
    behind the shutters.
exit north kitchen
exit east library locked
exit up attic
room kitchen
    The kitchen has not been used for years.
exit south hall
room attic
    Under the roof it is dark; something glitters between the beams.
exit down hall
room library
    Books from floor to ceiling, and a window to the sea.
exit west hall
exit down cellar locked
room cellar
    Salt water laps at the lowest step.
exit up library
exit east boat
room boat
    A small boat, its rope already untied.
thing key in attic
    A rusty key with the letter L.
thing apple in kitchen
    Wrinkled, but it smells of summer.
thing lamp in kitchen
    An oil lamp. It still has oil.
thing book in library
    "The tide waits for those who bring light."
use key door: at hall; unlock east; say The key turns with a shriek.; score 10
use lamp book: at library; say The lamp shows a trap door behind the book.; unlock down; score 10
use apple : say You eat the apple.; move apple nowhere; score 1
END
world::load < world
play << 'END'
east
go north
take the lamp
take apple
take apple
x apple
open apple
use apple
i
south
use key on door
up
get all
get all
x key
dance!
d
Please use the KEY with the door.
east
read book
down
use lamp on book
score
drop key
look
down
take anchor
again
east
never reached
END
echo "status $?, ${#HISTORY[@]} commands"
declare -A ROOM_TEXT=() ROOM_EXITS=() THING_AT=() LOCKED=()
THINGS=() SCORE=0 MOVES=0
printf 'start a\nroom a\n   Nothing.\noops\n' > world
world::load < world
printf 'north\n\nquit\n' | play
echo "status $?"
