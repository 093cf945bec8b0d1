#!/usr/bin/env bash
# Producers and a consumer with back-pressure.
#
# A producer needs a credit for each item it makes, and the consumer hands a credit back
# when it is done with one: so no more than a fixed number of items is ever under way,
# however fast the producers are. Credits are bytes in a FIFO; items are lines in another. A
# pipe would buffer thousands of lines instead.
set -u

readonly credits=5 per_producer=30 producers=3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkfifo "$work/credits" "$work/items"
exec 8<>"$work/credits"

# --- producers

# produce NUMBER: makes items, waits for a credit before each.
produce() {
    local i
    for ((i = 1; i <= per_producer; i++)); do
        read -r -N 1 -u 8
        printf 'made\n' >>"$work/made"
        echo "producer-$1 $i $((i * i % 17))"
    done
}

# All producers share one open end of the FIFO; when the last is done, the consumer sees the
# end.
start_producers() {
    local number
    pids=()
    exec 9>"$work/items"
    for ((number = 1; number <= producers; number++)); do
        produce "$number" >&9 &
        pids+=($!)
    done
    exec 9>&-
}

# --- the consumer

# count_made: sets made to the number of items made so far.
count_made() {
    local -a lines
    mapfile -t lines <"$work/made"
    made=${#lines[@]}
}

# Reads all items; checks their order, adds up, keeps the greatest number of items under
# way.
consume() {
    local producer number value made done=0 ahead most=0 sum=0
    local -A last=()
    while read -r producer number value; do
        ((number == ${last[$producer]:-0} + 1)) || echo "out of order: $producer $number"
        last[$producer]=$number
        count_made
        ahead=$((made - done))
        ((ahead <= most)) || most=$ahead
        ((done % 10)) || sleep 0.02 # slow now and then: the producers run into the bound
        sum=$((sum + value)) done=$((done + 1))
        printf '.' >&8
    done
    echo "$done $sum $most" >"$work/summary"
    for producer in "${!last[@]}"; do
        echo "$producer: ${last[$producer]} items"
    done | sort
}

: >"$work/made"
consume <"$work/items" &
consumer=$!
printf '%*s' "$credits" '' >&8
start_producers

failed=0
for pid in "${pids[@]}"; do
    wait "$pid" || failed=$((failed + 1))
done
wait "$consumer"
echo "producers that failed: $failed, status of the consumer: $?"

read -r consumed sum most <"$work/summary"
echo "$consumed items, sum of values $sum"
if ((most <= credits)); then
    echo "never more than $credits under way"
else
    echo "too many under way: $most"
fi
((most > 1)) && echo "they did overlap"

# Every credit is back: exactly so many bytes can be read without waiting.
returned=0
while read -r -N 1 -t 0.1 -u 8; do returned=$((returned + 1)); done
echo "credits returned: $returned"
