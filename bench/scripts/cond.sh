# $1 rounds of [[ ]] with strings, numbers and patterns.
hits=0
for ((i = 0; i < $1; i++)); do
    if [[ $i -gt 10 && file$i == *5 || -z $hits ]]; then
        ((hits++))
    fi
done
echo "$hits"
