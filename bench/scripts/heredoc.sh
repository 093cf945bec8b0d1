# $1 here-documents with expansions, read by a builtin.
i=0 sum=0
while [ "$i" -lt "$1" ]; do
    read -r a b <<END
$i is $((i * 2))
second line
END
    sum=$((sum + a + ${#b}))
    i=$((i + 1))
done
echo "$sum"
