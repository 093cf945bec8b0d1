# Captures the output of a builtin $1 times.
i=0
while [ "$i" -lt "$1" ]; do
    x=$(echo hi)
    i=$((i + 1))
done
echo "$i $x"
