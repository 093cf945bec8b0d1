# $1 matches of a regular expression, with its groups.
hits=0
for ((i = 0; i < $1; i++)); do
    if [[ "key$i = value $i" =~ ^([a-z]+)([0-9]+)\ =\ (.*)$ ]]; then
        ((hits += BASH_REMATCH[2]))
    fi
done
echo "$hits ${BASH_REMATCH[3]}"
