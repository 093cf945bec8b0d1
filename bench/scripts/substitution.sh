# $1 rounds of replacing and cutting in strings.
line="the quick brown fox jumps over the lazy dog"
for ((i = 0; i < $1; i++)); do
    x=${line//o/0}
    y=${x:4:11}
    z=${y^^}
done
echo "$x|$y|$z"
