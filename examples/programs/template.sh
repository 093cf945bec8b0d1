#!/bin/bash
# template.sh: a template engine. A template is translated once into shell code, which is then run
# for each set of values.
#
#   {{ name }}  {{ name | filter | filter:argument }}      a value, with filters
#   {% if name %} {% elif a == b %} {% else %} {% end %}   conditions
#   {% for x in list %} ... {% end %}                      an array; loop.index, loop.last
#   {% include name %}  {% set x = text %}  {# a comment #}

set -uo pipefail
shopt -s extglob

declare -A TEMPLATES=() CODE=()
declare -a OPEN=()

tpl::fail() {
    printf 'template: %s\n' "$*" >&2
    return 1
}

tpl::trim() {
    REPLY=${1##+([[:space:]])}
    REPLY=${REPLY%%+([[:space:]])}
}

# ---- Filters: each gets a value, and perhaps an argument, and leaves the result in REPLY.

filter_upper() { REPLY=${1^^}; }
filter_lower() { REPLY=${1,,}; }
filter_title() {
    local word out=
    for word in $1; do out+="${out:+ }${word^}"; done
    REPLY=$out
}
filter_default() { REPLY=${1:-$2}; }
filter_cut() { ((${#1} > $2)) && REPLY=${1:0:$2}... || REPLY=$1; }
filter_pad() { printf -v REPLY "%-$2s" "$1"; }
filter_right() { printf -v REPLY "%$2s" "$1"; }
filter_html() {
    REPLY=${1//&/\&amp;}
    REPLY=${REPLY//</\&lt;}
    REPLY=${REPLY//>/\&gt;}
    REPLY=${REPLY//\"/\&quot;}
}
filter_replace() { REPLY=${1//"${2%%,*}"/"${2#*,}"}; }
filter_length() { REPLY=${#1}; }
filter_money() {
    local n=$1 out= sign=
    [[ $n == -* ]] && sign=- n=${n#-}
    local cents=$((n % 100)) whole=$((n / 100))
    while ((${#whole} > 3)); do
        out=,${whole: -3}$out
        whole=${whole:0:-3}
    done
    printf -v REPLY '%s%s%s.%02d' "$sign" "$whole" "$out" "$cents"
}
filter_repeat() {
    printf -v REPLY '%*s' "$2" ''
    REPLY=${REPLY// /"$1"}
}

# ---- Translation

# The code that leaves the value of "name | filter:x" in REPLY.
tpl::expression() {
    local rest=$1 filter code
    tpl::trim "${rest%%|*}"
    case $REPLY in
        \"*\" | \'*\') printf -v code 'REPLY=%q' "${REPLY:1:-1}" ;;
        loop.index) code='REPLY=$loop_index' ;;
        loop.last) code='REPLY=$((loop_index == loop_count))' ;;
        +([0-9])) code=REPLY=$REPLY ;;
        [a-zA-Z_]*([a-zA-Z0-9_])?(.+([a-zA-Z0-9_])))
            if [[ $REPLY == *.* ]]; then
                code="tpl::field ${REPLY%%.*} ${REPLY#*.}"
            else
                code="REPLY=\${$REPLY-}"
            fi
            ;;
        *) tpl::fail "bad expression '$REPLY'"; return ;;
    esac
    while [[ $rest == *\|* ]]; do
        rest=${rest#*|}
        tpl::trim "${rest%%|*}"
        filter=${REPLY%%:*}
        declare -F "filter_$filter" > /dev/null || { tpl::fail "no filter '$filter'"; return; }
        if [[ $REPLY == *:* ]]; then
            printf -v code '%s; filter_%s "$REPLY" %q' "$code" "$filter" "${REPLY#*:}"
        else
            code+="; filter_$filter \"\$REPLY\""
        fi
    done
    REPLY=$code
}

# x.key: in an associative array x, or in the array that x names.
tpl::field() {
    if [[ $(declare -p "$1" 2> /dev/null) == 'declare -A'* ]]; then
        local -n tpl_map=$1
    elif [[ -n ${!1-} ]]; then
        local -n tpl_map=${!1}
    else
        REPLY=
        return
    fi
    REPLY=${tpl_map[$2]-}
}

tpl::condition() {
    local text=$1 not= left operator right
    [[ $text == 'not '* ]] && not='! ' text=${text#not }
    if [[ $text =~ ^(.*[^[:space:]])[[:space:]]*(==|!=|<|>)[[:space:]]*(.*)$ ]]; then
        left=${BASH_REMATCH[1]} operator=${BASH_REMATCH[2]} right=${BASH_REMATCH[3]}
        tpl::expression "$left" || return
        left=$REPLY
        tpl::expression "$right" || return
        case $operator in
            '<' | '>') operator=${operator/</-lt} operator=${operator/>/-gt} ;;
        esac
        REPLY="$not{ $left; left=\$REPLY; $REPLY; [[ \$left $operator \$REPLY ]]; }"
    else
        tpl::expression "$text" || return
        REPLY="$not{ $REPLY; [[ \$REPLY && \$REPLY != 0 ]]; }"
    fi
}

tpl::tag() {
    local tag=$1 word=${1%%[[:space:]]*} rest=${1#*[[:space:]]}
    case $word in
        if) tpl::condition "$rest" || return; code+="if $REPLY; then :"$'\n'; OPEN+=(if) ;;
        elif) tpl::condition "$rest" || return; code+="elif $REPLY; then :"$'\n' ;;
        else) code+=$'else :\n' ;;
        for)
            [[ $rest =~ ^([a-zA-Z_]+)' in '([a-zA-Z_]+)$ ]] || { tpl::fail "bad loop '$rest'"; return; }
            code+="local loop_index=0 loop_count=\${#${BASH_REMATCH[2]}[@]}"$'\n'
            code+="for ${BASH_REMATCH[1]} in \"\${${BASH_REMATCH[2]}[@]}\"; do ((++loop_index))"$'\n'
            OPEN+=(for)
            ;;
        end)
            ((${#OPEN[@]})) || { tpl::fail 'an end too many'; return; }
            [[ ${OPEN[-1]} == if ]] && code+=$'fi\n' || code+=$'done\n'
            unset 'OPEN[-1]'
            ;;
        include) code+="tpl::render ${rest@Q}"$'\n' ;;
        set) tpl::trim "${rest#*=}"; code+="local ${rest%%[= ]*}=${REPLY@Q}"$'\n' ;;
        *) tpl::fail "no tag '$tag'"; return ;;
    esac
}

# tpl::compile NAME: TEMPLATES[NAME] to a function in CODE[NAME]
tpl::compile() {
    local rest=${TEMPLATES[$1]} code= text tag
    OPEN=()
    while [[ $rest == *\{[\{%#]* ]]; do
        text=${rest%%\{[\{%#]*}
        [[ $text ]] && printf -v code '%sprintf %%s %q\n' "$code" "$text"
        rest=${rest#"$text"}
        case $rest in
            '{{'*'}}'*)
                tag=${rest#'{{'} rest=${rest#*'}}'}
                tpl::expression "${tag%%'}}'*}" || return
                code+="$REPLY; printf %s \"\$REPLY\""$'\n'
                ;;
            '{%'*'%}'*)
                tag=${rest#'{%'} rest=${rest#*'%}'}
                tpl::trim "${tag%%'%}'*}"
                tpl::tag "$REPLY" || return
                rest=${rest#$'\n'}
                ;;
            '{#'*'#}'*) rest=${rest#*'#}'} rest=${rest#$'\n'} ;;
            *) tpl::fail "not closed: ${rest:0:12}"; return ;;
        esac
    done
    [[ $rest ]] && printf -v code '%sprintf %%s %q\n' "$code" "$rest"
    ((${#OPEN[@]} == 0)) || { tpl::fail "${OPEN[-1]} without end"; return; }
    CODE[$1]=$code
}

tpl::render() {
    [[ -v TEMPLATES[$1] ]] || { tpl::fail "no template '$1'"; return; }
    [[ -v CODE[$1] ]] || tpl::compile "$1" || return
    local REPLY left
    eval "${CODE[$1]}"
}

# ---- Templates

IFS= read -rd '' 'TEMPLATES[letter]' << 'END'
{# what the reader does not see #}
Dear {{ person.name | title }},
{% if person.debt > 0 %}
you owe us {{ person.debt | money | right:12 }} euros{% if person.debt > 100000 %} (a lot!){% end %}.
{% elif person.debt == 0 %}
we are even.
{% else %}
we owe you {{ person.debt | replace:-, | money }}.
{% end %}
{% include footer %}
END
IFS= read -rd '' 'TEMPLATES[footer]' << 'END'
{% set rule = -= %}
{{ rule | repeat:8 }}
{{ company | default:nobody in particular | upper }} {{ "x & y" | html }}
END
IFS= read -rd '' 'TEMPLATES[table]' << 'END'
<table title="{{ title | html }}">
{% for row in rows %}
  <tr><td>{{ loop.index | right:2 }}<td>{{ row.name | cut:8 | pad:12 }}<td>{{ row.note | html }}{% if loop.last %} <b>last</b>{% end %}

{% end %}
</table>{% if not rows_hidden %} {{ title | length }} letters{% end %}

END
TEMPLATES[bad]='a {{ x | nofilter }}'
TEMPLATES[open]='{% if x %} never closed'
TEMPLATES[tag]='{% frobnicate %}'
TEMPLATES[unclosed]='text {{ x'
TEMPLATES[missing]='{% include nowhere %}'

declare -A person=([name]='anna maria BERG' [debt]=1234567)
company='Goods & Sons'
tpl::render letter
person=([name]=bob [debt]=0)
tpl::render letter
unset company
person=([name]='' [debt]=-50)
tpl::render letter

declare -A first=([name]=Screwdriver [note]='for "flat" screws') second=([name]=Nut [note]='3 < 5 && a > b') third=()
rows=(first second third)
title='Tools <all>'
tpl::render table
for name in bad open tag unclosed missing nowhere; do
    tpl::render "$name" 2>&1 || echo "$name: status $?"
done
echo "code of the footer:"
printf '%s' "${CODE[footer]}"
