# $1 rounds of case modification.
text='Hello World, this is Some Text' sum=0
for ((i = 0; i < $1; i++)); do
    a=${text^^} b=${text,,} c=${b^} d=${text~~}
    ((sum += ${#a} + ${#d}))
done
echo "$sum $a $b $c $d"
