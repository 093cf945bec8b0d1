#!/usr/bin/env bash
# The sieve of Eratosthenes as a chain of processes.
#
# The first process writes the numbers from 2. Each further one takes the first number that
# reaches it, which is a prime, and lets through only what that prime does not divide. The
# chain grows by a process for each prime, as long as numbers come; all of it runs at the
# same time.
set -u

readonly limit=${1:-200}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Lets through the numbers that $1 does not divide.
filter() {
    local number
    while read -r number; do
        ((number % $1 == 0)) || echo "$number"
    done
}

# The chain from here on: the primes go to descriptor 3, with the depth at which they were
# found.
sieve() {
    local depth=$1 prime
    read -r prime || return 0 # nothing left: the chain ends here
    echo "$depth $prime" >&3
    filter "$prime" | sieve "$((depth + 1))"
}

# The same with one process and an array, to compare.
plain_sieve() {
    local -a composite=()
    local n multiple
    for ((n = 2; n <= limit; n++)); do
        [[ -z ${composite[n]:-} ]] || continue
        echo "$n"
        for ((multiple = n * n; multiple <= limit; multiple += n)); do composite[multiple]=1; done
    done
}

# A chain whose stages are started one by one and linked by FIFOs: the middle of it is a
# loop, not a recursion.
linked_sieve() {
    local prime in out stage=0
    mkfifo "$work/link.0"
    seq 2 "$limit" >"$work/link.0" &
    exec {in}<"$work/link.0"
    while read -r -u "$in" prime; do
        echo "$prime"
        stage=$((stage + 1))
        mkfifo "$work/link.$stage"
        filter "$prime" <&"$in" >"$work/link.$stage" &
        exec {out}<"$work/link.$stage"
        exec {in}<&-
        in=$out
    done
    exec {in}<&-
    wait
}

# columns: reads words, prints them ten a line.
columns() {
    local -a row
    local word
    while read -r word; do
        row+=("$word")
        ((${#row[@]} % 10)) || { printf '%5d' "${row[@]}" && echo && row=(); }
    done
    ((${#row[@]} == 0)) || { printf '%5d' "${row[@]}" && echo; }
}

seq 2 "$limit" | sieve 1 3>"$work/found"
echo "statuses of the pipeline: ${PIPESTATUS[*]}"

depth=0 in_order=yes
while read -r stage prime; do
    depth=$((depth + 1))
    ((stage == depth)) || in_order=no
    echo "$prime"
done <"$work/found" >"$work/primes"
echo "a chain of $depth processes, primes in order: $in_order"
columns <"$work/primes"

plain_sieve >"$work/plain" &
linked_sieve >"$work/linked" &
wait
for other in plain linked; do
    if cmp -s "$work/primes" "$work/$other"; then
        echo "the $other sieve agrees"
    else
        echo "the $other sieve found: $(tr '\n' ' ' <"$work/$other")"
    fi
done
