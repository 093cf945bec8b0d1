#!/bin/bash
# json-printer.sh: reads JSON into arrays with a parser of its own, and prints it: indented, packed
# together, as paths, or what a path leads to.

set -uo pipefail

# A node is a number: KIND, VALUE, and for objects and arrays the numbers (and keys) in it.
declare -a KIND=() VALUE=() CHILDREN=() KEY=()
TEXT='' AT=0

json::fail() {
    local before=${TEXT:0:AT} line
    line=${before//[!$'\n']/}
    before=${before##*$'\n'}
    echo "line $((${#line} + 1)), column $((${#before} + 1)): $1"
    return 1
}

json::space() {
    while [[ ${TEXT:AT:1} == [$' \t\n\r'] ]]; do ((++AT)); done
}

json::node() {
    KIND+=("$1") VALUE+=("$2") CHILDREN+=('') KEY+=('')
    NODE=$((${#KIND[@]} - 1))
}

# A string at AT, in REPLY, escapes undone.
json::string() {
    local out='' c code low
    ((++AT))
    while :; do
        c=${TEXT:AT:1}
        case $c in
            '') json::fail 'a string is not closed'; return ;;
            '"') ((++AT)); break ;;
            \\)
                c=${TEXT:AT+1:1}
                ((AT += 2))
                case $c in
                    n) out+=$'\n' ;;
                    t) out+=$'\t' ;;
                    r) out+=$'\r' ;;
                    b) out+=$'\b' ;;
                    f) out+=$'\f' ;;
                    '"' | \\ | /) out+=$c ;;
                    u)
                        [[ ${TEXT:AT:4} =~ ^[0-9a-fA-F]{4}$ ]] || { json::fail 'bad \u'; return; }
                        code=$((16#${TEXT:AT:4}))
                        ((AT += 4))
                        if ((code >= 0xD800 && code < 0xDC00)) && [[ ${TEXT:AT:6} =~ ^\\u([dD][c-fC-F][0-9a-fA-F]{2})$ ]]; then
                            low=$((16#${BASH_REMATCH[1]}))
                            code=$((0x10000 + ((code - 0xD800) << 10) + low - 0xDC00))
                            ((AT += 6))
                        fi
                        printf -v code '%08x' "$code"
                        printf -v c "\\U$code"
                        out+=$c
                        ;;
                    *) json::fail "bad escape \\$c"; return ;;
                esac
                ;;
            [[:cntrl:]]) json::fail 'a control character in a string'; return ;;
            *) out+=$c; ((++AT)) ;;
        esac
    done
    REPLY=$out
}

json::value() {
    local rest c self key
    json::space
    c=${TEXT:AT:1}
    rest=${TEXT:AT:40}
    case $c in
        '{' | '[')
            json::node "$c" ''
            self=$NODE
            json::members "$self" "$c" || return
            NODE=$self
            ;;
        '"')
            json::string || return
            json::node string "$REPLY"
            ;;
        [-0-9])
            [[ $rest =~ ^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)? ]] || { json::fail 'bad number'; return; }
            json::node number "${BASH_REMATCH[0]}"
            ((AT += ${#BASH_REMATCH[0]}))
            ;;
        *)
            [[ $rest =~ ^(true|false|null) ]] || { json::fail "unexpected ${c:-end}"; return; }
            json::node word "${BASH_REMATCH[0]}"
            ((AT += ${#BASH_REMATCH[0]}))
            ;;
    esac
}

# The inside of { } or [ ].
json::members() {
    local self=$1 open=$2 close=']' key
    [[ $open == '{' ]] && close='}'
    ((++AT))
    json::space
    if [[ ${TEXT:AT:1} == "$close" ]]; then
        ((++AT))
        return
    fi
    while :; do
        key=
        if [[ $open == '{' ]]; then
            json::space
            [[ ${TEXT:AT:1} == '"' ]] || { json::fail 'a key was expected'; return; }
            json::string || return
            key=$REPLY
            json::space
            [[ ${TEXT:AT:1} == : ]] || { json::fail 'a colon was expected'; return; }
            ((++AT))
        fi
        json::value || return
        KEY[NODE]=$key
        CHILDREN[self]+=" $NODE"
        json::space
        case ${TEXT:AT:1} in
            ,) ((++AT)) ;;
            "$close") ((++AT)); return ;;
            *) json::fail "a comma or $close was expected"; return ;;
        esac
    done
}

json::parse() {
    TEXT=$1 AT=0 KIND=() VALUE=() CHILDREN=() KEY=()
    json::value || return
    ROOT=$NODE
    json::space
    ((AT == ${#TEXT})) || json::fail 'something follows'
}

json::quote() {
    local text=$1 out='' i c
    for ((i = 0; i < ${#text}; i++)); do
        c=${text:i:1}
        case $c in
            [\"\\]) out+=\\$c ;;
            $'\n') out+=\\n ;;
            $'\t') out+=\\t ;;
            [[:cntrl:]]) printf -v c '\\u%04x' "'$c"; out+=$c ;;
            *) out+=$c ;;
        esac
    done
    REPLY=\"$out\"
}

# json::print NODE INDENT STEP: STEP of -1 is packed
json::print() {
    local node=$1 depth=$2 step=$3 child first=1 pad='' colon=':' open=${KIND[$1]} close=']'
    case $open in
        string) json::quote "${VALUE[node]}"; printf %s "$REPLY"; return ;;
        number | word) printf %s "${VALUE[node]}"; return ;;
        '{') close='}' ;;
    esac
    if [[ -z ${CHILDREN[node]} ]]; then
        printf %s "$open$close"
        return
    fi
    ((step >= 0)) && printf -v pad '\n%*s' $((depth + step)) '' && colon=': '
    printf %s "$open"
    for child in ${CHILDREN[node]}; do
        ((first)) || printf ,
        first=0
        printf %s "$pad"
        if [[ $open == '{' ]]; then
            json::quote "${KEY[child]}"
            printf %s "$REPLY$colon"
        fi
        json::print "$child" $((depth + step)) "$step"
    done
    ((step >= 0)) && printf '\n%*s' "$depth" ''
    printf %s "$close"
}

json::paths() {
    local node=$1 path=$2 child n=0
    case ${KIND[node]} in
        '{' | '[')
            for child in ${CHILDREN[node]}; do
                if [[ ${KIND[node]} == '{' ]]; then
                    json::paths "$child" "$path.${KEY[child]}"
                else
                    json::paths "$child" "$path[$((n++))]"
                fi
            done
            [[ ${CHILDREN[node]} ]] || echo "$path = empty"
            ;;
        *) printf '%s = %s\n' "$path" "${VALUE[node]@Q}" ;;
    esac
}

# json::get NODE PATH: .key[2].other; the node in NODE
json::get() {
    local node=$1 path=$2 child found n
    while [[ $path ]]; do
        found=
        if [[ $path =~ ^\.([^.\[]+)(.*)$ && ${KIND[node]} == '{' ]]; then
            for child in ${CHILDREN[node]}; do
                [[ ${KEY[child]} == "${BASH_REMATCH[1]}" ]] && found=$child
            done
        elif [[ $path =~ ^\[(-?[0-9]+)\](.*)$ && ${KIND[node]} == '[' ]]; then
            local -a list=(${CHILDREN[node]})
            n=${BASH_REMATCH[1]}
            ((n < 0)) && n=$((n + ${#list[@]}))
            found=${list[n]-}
        else
            return 2
        fi
        [[ $found ]] || return 1
        node=$found path=${BASH_REMATCH[2]}
    done
    NODE=$node
}

IFS= read -rd '' document << 'END'
{
  "name": "shoal", "version": 0.1, "tags": ["bash", "sandbox", "ünïcode ✓"],
  "nested": {"empty": {}, "list": [], "deep": [[1, [2, [-3.5e+10]]], {"k": null}]},
  "escapes": "tab\there \"quoted\" \\ \/ \u0041\u00e9\ud83d\ude00 \u0001", "yes": true,
  "a key with blanks": false, "n": "line\nbreak"
}
END
json::parse "$document" && echo "${#KIND[@]} nodes"
json::print "$ROOT" 0 2
echo
echo '-- packed'
json::print "$ROOT" 0 -1
echo
echo '-- paths'
json::paths "$ROOT" ''
echo '-- get'
for path in .name '.tags[-1]' '.nested.deep[0][1][1][0]' .nested.deep '.tags[7]' .name.x '.yes'; do
    if json::get "$ROOT" "$path"; then
        printf '%s: ' "$path"
        json::print "$NODE" 0 -1
        echo
    else
        echo "$path: nothing ($?)"
    fi
done
echo '-- again'
once=$(json::print "$ROOT" 0 2)
json::parse "$once"
[[ $(json::print "$ROOT" 0 2) == "$once" ]] && echo 'prints the same'
echo '-- errors'
for text in '' '{' '[1,]' '{"a" 1}' '"open' '[01]' '{"a":1} x' $'[1,\n 2,\n  tru]' '"\q"' '["\u12"]' '[1 2]' '{a:1}'; do
    printf '%-14q ' "$text"
    json::parse "$text" || true
done
