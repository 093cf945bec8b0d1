# Counts $1 words in an associative array.
declare -A count=()
for ((i = 0; i < $1; i++)); do
    word=word$((i % 997))
    count[$word]=$((${count[$word]:-0} + 1))
done
echo "${#count[@]} ${count[word5]}"
