# $1 rounds of substrings, also with negative bounds.
text='the quick brown fox jumps over the lazy dog' sum=0
for ((i = 0; i < $1; i++)); do
    a=${text:i % 40:5} b=${text: -8:3} c=${text:4}
    ((sum += ${#a} + ${#b} + ${#c}))
done
echo "$sum"
