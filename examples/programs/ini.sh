#!/bin/bash
# ini.sh: reads, changes and writes INI files. Sections and keys keep their order, comments stay
# where they are, values may be quoted and go on in the next line.

set -uo pipefail
shopt -s extglob

# A document is a list of lines, each with a kind; values are found through an index.
declare -a INI_KIND=() INI_TEXT=() INI_SECTION=() INI_KEY=()
declare -A INI_AT=() INI_LAST=()

trim() {
    local text=$1
    text=${text##+([[:space:]])}
    REPLY=${text%%+([[:space:]])}
}

ini::add() {
    INI_KIND+=("$1") INI_TEXT+=("$2") INI_SECTION+=("$3") INI_KEY+=("${4-}")
}

ini::unquote() {
    local value=$1
    case $value in
        \"*\") value=${value:1:-1} value=${value//\\\"/\"} value=${value//\\n/$'\n'} ;;
        \'*\') value=${value:1:-1} ;;
        *) value=${value%%+([[:space:]])[#;]*}; trim "$value"; value=$REPLY ;;
    esac
    REPLY=$value
}

ini::quote() {
    local value=$1
    if [[ $value == *[[:space:]\"\;#]* || -z $value ]]; then
        value=${value//\"/\\\"}
        value=\"${value//$'\n'/\\n}\"
    fi
    REPLY=$value
}

# ini::load < FILE; says what is wrong, with line numbers
ini::load() {
    local line section= number=0 key value errors=0
    INI_KIND=() INI_TEXT=() INI_SECTION=() INI_KEY=() INI_AT=() INI_LAST=()
    while IFS= read -r line || [[ $line ]]; do
        ((++number))
        while [[ $line == *\\ ]] && IFS= read -r value; do
            ((++number))
            trim "$value"
            line=${line%\\}$REPLY
        done
        trim "$line"
        case $REPLY in
            '' | [#\;]*) ini::add comment "$line" "$section" ;;
            \[*\])
                trim "${REPLY:1:-1}"
                section=$REPLY
                ini::add section "$section" "$section"
                ;;
            *=*)
                trim "${REPLY%%=*}"; key=$REPLY
                trim "${line#*=}"; ini::unquote "$REPLY"; value=$REPLY
                if [[ ! $key =~ ^[A-Za-z_][A-Za-z0-9_.-]*$ ]]; then
                    echo "line $number: bad key '$key'"
                    ((++errors))
                    continue
                fi
                [[ -v INI_AT[$section/$key] ]] && echo "line $number: $section/$key again"
                ini::add pair "$value" "$section" "$key"
                INI_AT[$section/$key]=$((${#INI_KIND[@]} - 1))
                ;;
            *) echo "line $number: neither section nor key: ${REPLY@Q}"; ((++errors)) ;;
        esac
        INI_LAST[${section:-.}]=$((${#INI_KIND[@]} - 1))
    done
    return $((errors > 0))
}

# ini::get SECTION KEY [DEFAULT]; values may hold ${SECTION/KEY} or ${KEY} of others
ini::get() {
    local path=$1/$2 text out='' name depth=${INI_DEPTH:-0}
    if [[ ! -v INI_AT[$path] ]]; then
        [[ -v 3 ]] || return 1
        printf '%s\n' "$3"
        return
    fi
    ((depth < 8)) || { echo "(too deep)"; return 1; }
    text=${INI_TEXT[INI_AT[$path]]}
    while [[ $text =~ ^([^$]*)\$\{([^}]*)\}(.*)$ ]]; do
        out+=${BASH_REMATCH[1]} name=${BASH_REMATCH[2]} text=${BASH_REMATCH[3]}
        [[ $name == */* ]] || name=$1/$name
        out+=$(INI_DEPTH=$((depth + 1)) ini::get "${name%/*}" "${name##*/}" "(no $name)")
    done
    printf '%s\n' "$out$text"
}

# ini::set SECTION KEY VALUE: changes, or adds at the end of the section
ini::set() {
    local path=$1/$2 at
    if [[ -v INI_AT[$path] ]]; then
        INI_TEXT[INI_AT[$path]]=$3
        return
    fi
    if [[ ! -v INI_LAST[${1:-.}] ]]; then
        ini::add comment '' ''
        ini::add section "$1" "$1"
        INI_LAST[${1:-.}]=$((${#INI_KIND[@]} - 1))
    fi
    at=$((INI_LAST[${1:-.}] + 1))
    INI_KIND=("${INI_KIND[@]:0:at}" pair "${INI_KIND[@]:at}")
    INI_TEXT=("${INI_TEXT[@]:0:at}" "$3" "${INI_TEXT[@]:at}")
    INI_SECTION=("${INI_SECTION[@]:0:at}" "$1" "${INI_SECTION[@]:at}")
    INI_KEY=("${INI_KEY[@]:0:at}" "$2" "${INI_KEY[@]:at}")
    ini::index
}

ini::index() {
    local i
    INI_AT=() INI_LAST=()
    for i in "${!INI_KIND[@]}"; do
        [[ ${INI_KIND[i]} == pair ]] && INI_AT[${INI_SECTION[i]}/${INI_KEY[i]}]=$i
        INI_LAST[${INI_SECTION[i]:-.}]=$i
    done
}

ini::unset() {
    local at=${INI_AT[$1/$2]-}
    [[ $at ]] || return 1
    unset "INI_KIND[$at]" "INI_TEXT[$at]" "INI_SECTION[$at]" "INI_KEY[$at]"
    INI_KIND=("${INI_KIND[@]}") INI_TEXT=("${INI_TEXT[@]}")
    INI_SECTION=("${INI_SECTION[@]}") INI_KEY=("${INI_KEY[@]}")
    ini::index
}

ini::write() {
    local i
    for i in "${!INI_KIND[@]}"; do
        case ${INI_KIND[i]} in
            comment) printf '%s\n' "${INI_TEXT[i]}" ;;
            section) printf '[%s]\n' "${INI_TEXT[i]}" ;;
            pair) ini::quote "${INI_TEXT[i]}"; printf '%s = %s\n' "${INI_KEY[i]}" "$REPLY" ;;
        esac
    done
}

ini::sections() {
    local i
    for i in "${!INI_KIND[@]}"; do
        [[ ${INI_KIND[i]} == section ]] && printf '%s\n' "${INI_TEXT[i]}"
    done
    return 0
}

cat > app.ini << 'END'
; the settings of an application
name = Demo
root=/srv/${name}

[server]
host = example.org   ; where it listens
port=8080
url = "http://${host}:${port}/${/name}"
motd = "say \"hello\"; # not a comment\nsecond line"

[paths]
# several lines
data = ${/root}/data:\
       ${/root}/more
loop = ${loop}
empty =
missing = <${nowhere}>

[server extras]
port = 1
port = 2
END

ini::load < app.ini && echo "read ${#INI_KIND[@]} lines, ${#INI_AT[@]} values"
for path in /name /root server/host server/port server/url server/motd paths/data paths/loop paths/empty \
    paths/missing 'server extras/port'; do
    printf '%-20s %s\n' "$path" "$(ini::get "${path%/*}" "${path##*/}")"
done
ini::get server nothing || echo "nothing: status $?"
ini::get server nothing 'a default'
ini::set server port 9090
ini::set server tls 'yes; always'
ini::set cache size 64
ini::set '' version 2
ini::unset paths loop
ini::unset paths loop || echo 'gone already'
echo '--'
ini::write | tee new.ini
echo '--'
cp new.ini again.ini
ini::load < again.ini && ini::write | cmp - new.ini && echo 'reads back what it wrote'
mapfile -t sections < <(ini::sections)
printf 'sections:'
printf ' [%s]' "${sections[@]}"
echo
printf 'x = 1\n[open\n9y=2\nplain\n' | { ini::load; echo "status $?"; }
