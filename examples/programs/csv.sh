#!/bin/bash
# csv.sh: reads CSV with quotes, line breaks and doubled quotes in fields into arrays; selects,
# groups, joins, sorts, and prints tables, CSV and JSON.

set -uo pipefail
shopt -s extglob

# csv_read_record: one record from standard input into the array FIELDS. 1: no more.
csv_read_record() {
    local line rest field quoted more
    FIELDS=()
    IFS= read -r line || [[ $line ]] || return 1
    line=${line%$'\r'}
    rest=$line
    while :; do
        if [[ $rest == \"* ]]; then
            rest=${rest:1} field=
            while :; do
                if [[ $rest != *\"* ]]; then
                    IFS= read -r more || { echo "csv: a quote is open at the end" >&2; return 2; }
                    rest+=$'\n'$more
                    continue
                fi
                field+=${rest%%\"*}
                rest=${rest#*\"}
                [[ $rest == \"* ]] || break
                field+=\" rest=${rest:1}
            done
            FIELDS+=("$field")
            [[ $rest == ,* ]] || break
            rest=${rest:1}
        elif [[ $rest == *,* ]]; then
            FIELDS+=("${rest%%,*}")
            rest=${rest#*,}
        else
            FIELDS+=("$rest")
            break
        fi
    done
}

# csv_load PREFIX < FILE: PREFIX_header, PREFIX_rows, and PREFIX_cells[row,column]
csv_load() {
    local -n header=$1_header rows=$1_rows cells=$1_cells
    local i row=0
    csv_read_record || return
    header=("${FIELDS[@]}")
    while csv_read_record; do
        if ((${#FIELDS[@]} != ${#header[@]})); then
            printf 'csv: record %d has %d fields, not %d\n' $((row + 1)) ${#FIELDS[@]} ${#header[@]}
            continue
        fi
        for i in "${!header[@]}"; do
            cells[$row,${header[i]}]=${FIELDS[i]}
        done
        ((++row))
    done
    rows=$row
}

csv_field() {
    if [[ $1 == *[\",$'\n']* || $1 == *[[:space:]] || $1 == [[:space:]]* ]]; then
        printf '"%s"' "${1//\"/\"\"}"
    else
        printf '%s' "$1"
    fi
}

csv_print() {
    local -n header=$1_header rows=$1_rows cells=$1_cells
    local i column
    (IFS=,; echo "${header[*]}")
    for ((i = 0; i < rows; i++)); do
        for column in "${header[@]}"; do
            [[ $column == "${header[0]}" ]] || printf ,
            csv_field "${cells[$i,$column]}"
        done
        echo
    done
}

# A table with columns as wide as they need to be; numbers to the right.
csv_table() {
    local -n header=$1_header rows=$1_rows cells=$1_cells
    local -A width=() numeric=()
    local i column text line=
    for column in "${header[@]}"; do
        width[$column]=${#column} numeric[$column]=1
        for ((i = 0; i < rows; i++)); do
            text=${cells[$i,$column]//$'\n'/ }
            ((${#text} > width[$column])) && width[$column]=${#text}
            [[ $text == ?(-)+([0-9])?(.+([0-9])) ]] || numeric[$column]=0
        done
    done
    for column in "${header[@]}"; do
        printf "%-${width[$column]}s  " "${column^}"
        printf -v text '%*s' "${width[$column]}" ''
        line+=${text// /-}'  '
    done | sed 's/ *$//'
    echo
    for ((i = 0; i < rows; i++)); do
        line=
        for column in "${header[@]}"; do
            text=${cells[$i,$column]//$'\n'/ }
            if ((numeric[$column])); then
                printf -v text '%*s  ' "${width[$column]}" "$text"
            else
                printf -v text '%-*s  ' "${width[$column]}" "$text"
            fi
            line+=$text
        done
        echo "${line%%*( )}"
    done
}

# csv_where FROM TO COLUMN OPERATOR VALUE
csv_where() {
    local -n from=$1_cells from_header=$1_header count=$1_rows to=$2_cells to_header=$2_header to_rows=$2_rows
    local i column value taken=0
    to_header=("${from_header[@]}")
    for ((i = 0; i < count; i++)); do
        value=${from[$i,$3]}
        case $4 in
            =) [[ $value == "$5" ]] ;;
            like) [[ $value == $5 ]] ;;
            '~') [[ $value =~ $5 ]] ;;
            '<') ((value < $5)) ;;
            '>') ((value > $5)) ;;
        esac || continue
        for column in "${from_header[@]}"; do
            to[$taken,$column]=${from[$i,$column]}
        done
        ((++taken))
    done
    to_rows=$taken
}

# csv_sum PREFIX GROUP COLUMN: sums of a column by the values of another, largest first
csv_sum() {
    local -n rows=$1_rows cells=$1_cells
    local -A sum=() count=()
    local i key
    for ((i = 0; i < rows; i++)); do
        key=${cells[$i,$2]}
        ((sum[\$key] += cells[\$i,\$3], ++count[\$key]))
    done
    for key in "${!sum[@]}"; do
        printf '%s\t%d\t%d\n' "$key" "${sum[$key]}" "${count[$key]}"
    done | sort -t $'\t' -k2,2nr -k1,1 | while IFS=$'\t' read -r key i n; do
        printf '%-10s %5d  in %d\n' "$key" "$i" "$n"
    done
}

csv_json() {
    local -n header=$1_header rows=$1_rows cells=$1_cells
    local i column text separator
    echo '['
    for ((i = 0; i < rows; i++)); do
        separator='  {'
        for column in "${header[@]}"; do
            text=${cells[$i,$column]}
            text=${text//\\/\\\\} text=${text//\"/\\\"} text=${text//$'\n'/\\n}
            [[ $text =~ ^-?[0-9]+$ ]] || text=\"$text\"
            printf '%s"%s": %s' "$separator" "$column" "$text"
            separator=', '
        done
        ((i < rows - 1)) && echo '},' || echo '}'
    done
    echo ']'
}

declare -a all_header=() some_header=() named_header=()
declare -A all_cells=() some_cells=() named_cells=()

csv_load all << 'END'
id,name,city,amount,note
1,Anna,Graz,120,
2,"Berger, Bob",Wien,80,"said ""no"""
3,Cleo,Graz,-15,"two
lines"
4,Dora,Linz,300, spaced 
5,short,row
6,Emil,Wien,45,"a,b,c"
7,Änne,Linz,7,"back\slash"
END
echo "$all_rows rows of ${#all_header[@]} columns"
csv_table all
echo '-- amount > 50'
csv_where all some amount '>' 50
csv_print some
echo '-- names'
csv_where all named name '~' '^[A-C]'
csv_json named
echo '-- sums'
csv_sum all city amount
echo '-- and back'
csv_print all > copy.csv
declare -a again_header=()
declare -A again_cells=()
csv_load again < copy.csv
csv_print again | cmp - copy.csv && echo same
[[ ${again_cells[2,note]} == "${all_cells[2,note]}" ]] && echo "${again_cells[1,note]}"
printf 'a,b\n1,"open\n' | { csv_load x; echo "status $?"; }
