#!/bin/bash
# ledger.sh: a report over a ledger in plain text: double entries, accounts in a tree, amounts in
# cents, balances, a register, totals by month, and a check of what does not add up.

set -uo pipefail
shopt -s extglob

declare -a ENTRY_DATE=() ENTRY_TEXT=() POST_ENTRY=() POST_ACCOUNT=() POST_CENTS=()
declare -A BALANCE=() CHILD=() BUDGET=()
ERRORS=0

# cents TEXT: "1,234.5" to 123450 in REPLY
cents() {
    local text=${1//,/} sign=1 whole part
    [[ $text == -* ]] && sign=-1 text=${text#-}
    [[ $text =~ ^([0-9]+)(\.([0-9]{1,2}))?$ ]] || return 1
    whole=${BASH_REMATCH[1]} part=${BASH_REMATCH[3]}
    ((${#part} == 1)) && part+=0
    REPLY=$((sign * (10#$whole * 100 + 10#${part:-0})))
}

# money CENTS [WIDTH]: with thousands separated, in REPLY
money() {
    local n=$1 sign='' whole out=''
    ((n < 0)) && sign=- n=$((-n))
    whole=$((n / 100))
    while ((${#whole} > 3)); do
        out=",${whole: -3}$out"
        whole=${whole%???}
    done
    printf -v out '%s%s%s.%02d' "$sign" "$whole" "$out" $((n % 100))
    printf -v REPLY '%*s' "${2:-0}" "$out"
}

complain() {
    printf 'line %d: %s\n' "$number" "$1"
    ((++ERRORS))
}

is_date() {
    [[ $1 =~ ^([0-9]{4})-([0-9]{2})-([0-9]{2})$ ]] || return 1
    local y=$((10#${BASH_REMATCH[1]})) m=$((10#${BASH_REMATCH[2]})) d=$((10#${BASH_REMATCH[3]}))
    local -a days=(0 31 28 31 30 31 30 31 31 30 31 30 31)
    ((y % 4 == 0 && (y % 100 != 0 || y % 400 == 0))) && days[2]=29
    ((m >= 1 && m <= 12 && d >= 1 && d <= days[m]))
}

# Ends the entry at hand: one amount may be left out, and is what is missing.
finish_entry() {
    local i sum=0 open=-1
    ((entry >= 0)) || return 0
    for ((i = first; i < ${#POST_ENTRY[@]}; i++)); do
        if [[ ${POST_CENTS[i]} ]]; then
            ((sum += POST_CENTS[i]))
        elif ((open < 0)); then
            open=$i
        else
            complain "two amounts are missing in '${ENTRY_TEXT[entry]}'"
            POST_CENTS[i]=0
        fi
    done
    if ((open >= 0)); then
        POST_CENTS[open]=$((-sum))
    elif ((sum != 0)); then
        money "$sum"
        complain "'${ENTRY_TEXT[entry]}' is out by $REPLY"
    fi
    entry=-1
}

ledger::load() {
    local line number=0 entry=-1 first=0 account amount date
    while IFS= read -r line; do
        ((++number))
        line=${line%%;*}
        line=${line%%+([[:space:]])}
        case $line in
            '') finish_entry ;;
            [0-9]*)
                finish_entry
                read -r date line <<< "$line"
                is_date "$date" || { complain "no such day: $date"; continue; }
                ENTRY_DATE+=("$date") ENTRY_TEXT+=("$line")
                entry=$((${#ENTRY_DATE[@]} - 1)) first=${#POST_ENTRY[@]}
                ;;
            budget\ *)
                read -r _ account amount <<< "$line"
                cents "$amount" && BUDGET[$account]=$REPLY
                ;;
            [[:space:]]*)
                ((entry >= 0)) || { complain 'an amount without an entry'; continue; }
                line=${line##+([[:space:]])}
                account=${line%%+([[:space:]])?(-)[0-9]*} amount=${line#"$account"}
                amount=${amount##+([[:space:]])} REPLY=
                [[ -z $amount ]] || cents "$amount" || complain "no amount: $amount"
                POST_ENTRY+=("$entry") POST_ACCOUNT+=("$account") POST_CENTS+=("$REPLY")
                ;;
            *) complain "not understood: $line" ;;
        esac
    done
    finish_entry
}

# Adds each amount to its account and to those above it.
ledger::add_up() {
    local i account
    BALANCE=() CHILD=()
    for i in "${!POST_ENTRY[@]}"; do
        account=${POST_ACCOUNT[i]}
        while :; do
            ((BALANCE[$account] += POST_CENTS[i]))
            [[ $account == *:* ]] || break
            CHILD[${account%:*}]=1
            account=${account%:*}
        done
    done
}

ledger::balance() {
    local account depth name
    while IFS= read -r account; do
        depth=${account//[!:]/}
        name=${account##*:}
        money "${BALANCE[$account]}" 12
        printf '%s  %*s%s%s\n' "$REPLY" $((2 * ${#depth})) '' "$name" "${CHILD[$account]+:}"
    done < <(printf '%s\n' "${!BALANCE[@]}" | LC_ALL=C sort)
    local total=0
    for account in "${!BALANCE[@]}"; do
        [[ $account == *:* ]] || ((total += BALANCE[$account]))
    done
    money "$total" 12
    printf '%s\n%s\n' '------------' "$REPLY"
}

# ledger::register PATTERN: all movements of accounts, with a running sum
ledger::register() {
    local i sum=0 amount
    for i in "${!POST_ENTRY[@]}"; do
        [[ ${POST_ACCOUNT[i]} == $1 ]] || continue
        ((sum += POST_CENTS[i]))
        money "${POST_CENTS[i]}" 10
        amount=$REPLY
        money "$sum" 11
        printf '%s %-18.18s %-20s %s %s\n' "${ENTRY_DATE[POST_ENTRY[i]]}" "${ENTRY_TEXT[POST_ENTRY[i]]}" \
            "${POST_ACCOUNT[i]}" "$amount" "$REPLY"
    done
}

ledger::months() {
    local i month key
    local -A sum=() months=()
    for i in "${!POST_ENTRY[@]}"; do
        month=${ENTRY_DATE[POST_ENTRY[i]]%-*}
        key=${POST_ACCOUNT[i]%%:*}
        [[ $key == @(income|expenses) ]] || continue
        months[$month]=1
        ((sum[$month/$key] += POST_CENTS[i]))
    done
    printf '%-8s %12s %12s %12s\n' month income expenses saved
    for month in $(printf '%s\n' "${!months[@]}" | sort); do
        local income=$((-${sum[$month/income]:-0})) expenses=${sum[$month/expenses]:-0}
        money "$income" 12; printf '%-8s %s' "$month" "$REPLY"
        money "$expenses" 12; printf ' %s' "$REPLY"
        money $((income - expenses)) 12; printf ' %s\n' "$REPLY"
    done
}

ledger::budget() {
    local account used bar percent
    for account in $(printf '%s\n' "${!BUDGET[@]}" | sort); do
        used=${BALANCE[$account]:-0}
        percent=$((used * 100 / BUDGET[$account]))
        printf -v bar '%*s' $((percent > 120 ? 24 : percent / 5)) ''
        printf '%-18s %3d%% %-20s%s\n' "$account" "$percent" "${bar// /#}" "$( ((percent > 100)) && echo '  too much')"
    done
}

ledger::load << 'END'
; a household
budget expenses:food 400
budget expenses:home 1,200.50
budget expenses:fun 50

2024-01-01 opening
    assets:bank:current        2,500.00
    assets:cash                   80
    equity

2024-01-03 rent
    expenses:home:rent           900.00
    assets:bank:current

2024-01-05 groceries and a book
    expenses:food                 61.35
    expenses:fun:books            18.9
    assets:cash                  -80.25

2024-01-31 salary
    assets:bank:current        3,210.07
    income:salary

2024-02-03 rent
    expenses:home:rent           900
    assets:bank:current
2024-02-10 savings
    assets:bank:savings        1,000,000.00
    assets:bank:current
2024-02-12 feast
    expenses:food                312.65   ; many guests
    expenses:fun                  40.00
    assets:bank:current         -350.00
2024-02-30 no such day
    assets:cash  1
2024-02-29 leap day
    expenses:food                 12.00
    assets:cash
    assets:bank:current
2024-03-01 back
    assets:cash                   -5.00
    income:gifts                  five
    equity
some nonsense
END
echo "${#ENTRY_DATE[@]} entries, ${#POST_ENTRY[@]} amounts, $ERRORS errors"
ledger::add_up
echo '-- balance'
ledger::balance
echo '-- register of cash'
ledger::register 'assets:cash'
echo '-- register of food and fun'
ledger::register 'expenses:@(food|fun)*'
echo '-- months'
ledger::months
echo '-- budget'
ledger::budget
exit $((ERRORS > 0))
