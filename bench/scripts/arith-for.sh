# $1 turns of an arithmetic for.
sum=0
for ((i = 0; i < $1; i++)); do
    ((sum += i * i % 13))
done
echo "$sum"
