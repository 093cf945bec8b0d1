# $1 turns of while with arithmetic.
i=0 sum=0
while [ "$i" -lt "$1" ]; do
    sum=$((sum + i % 7))
    i=$((i + 1))
done
echo "$sum"
