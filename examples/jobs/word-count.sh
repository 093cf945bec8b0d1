#!/usr/bin/env bash
# Parallel map-reduce word count.
#
# The text is cut into chunks. A mapper for each chunk counts its words and deals them out
# to the reducers by the word's first letter, so that a word always meets the same reducer.
# The reducers add up what they were dealt; the last step merges their sorted lists.
set -euo pipefail

readonly mappers=4 reducers=3 top=12
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Writes the text to be counted: rounds of a few sentences, the same each time.
make_text() {
    local round
    for ((round = 1; round <= 25; round++)); do
        echo "The quick brown fox jumps over the lazy dog, and the dog sleeps on."
        echo "A fox is quick; a dog is not -- unless the fox takes the dog's bone!"
        ((round % 5)) || echo "Every fifth round ends with a word of praise: well done, fox."
        ((round % 12)) || echo "Round $round: the moon rises, the dog wakes, the fox is gone."
    done
}

# Reads text; writes its words, one a line, in lower case, without punctuation.
split_words() {
    tr 'A-Z' 'a-z' | tr -cs 'a-z' '\n'
}

# The number of the reducer that a word belongs to.
reducer_of() {
    local code
    printf -v code '%d' "'$1"
    reducer=$((code % reducers))
}

# map CHUNK NUMBER: counts the words of a chunk, into a file for each reducer.
map() {
    local -A count=()
    local word reducer
    while read -r word; do
        [[ -z $word ]] || count[$word]=$((${count[$word]:-0} + 1))
    done < <(split_words <"$1")
    for word in "${!count[@]}"; do
        reducer_of "$word"
        echo "$word ${count[$word]}" >>"$work/dealt.$2.$reducer"
    done
}

# reduce NUMBER: adds up what the mappers dealt to it; most frequent first, then by name.
reduce() {
    local -A total=()
    local word n file
    for file in "$work"/dealt.*."$1"; do
        [[ -e $file ]] || continue
        while read -r word n; do
            total[$word]=$((${total[$word]:-0} + n))
        done <"$file"
    done
    for word in "${!total[@]}"; do
        echo "${total[$word]} $word"
    done | sort -k 1,1nr -k 2,2
}

# await PID...: waits for jobs; fails when one of them failed.
await() {
    local pid failed=0
    for pid in "$@"; do
        wait "$pid" || failed=$((failed + 1))
    done
    ((failed == 0)) || { echo "$failed jobs failed" >&2; return 1; }
}

make_text >"$work/text"
lines=$(wc -l <"$work/text")
split -l $(((lines + mappers - 1) / mappers)) "$work/text" "$work/chunk."

jobs=() number=0
for chunk in "$work"/chunk.*; do
    map "$chunk" "$((number++))" &
    jobs+=($!)
done
echo "mapping $lines lines in ${#jobs[@]} jobs"
await "${jobs[@]}"

jobs=()
for ((number = 0; number < reducers; number++)); do
    reduce "$number" >"$work/reduced.$number" &
    jobs+=($!)
done
echo "reducing in ${#jobs[@]} jobs"
await "${jobs[@]}"

sort -m -k 1,1nr -k 2,2 "$work"/reduced.* >"$work/merged"
echo "the $top most frequent of $(wc -l <"$work/merged") words:"
head -n "$top" "$work/merged" | while read -r n word; do
    printf '%6d %s\n' "$n" "$word"
done

# The same, the slow way, must agree.
check=$(split_words <"$work/text" | tr -d -c '\n' | wc -c)
sum=0
while read -r n _; do sum=$((sum + n)); done <"$work/merged"
echo "words counted: $sum, words in the text: $check"
