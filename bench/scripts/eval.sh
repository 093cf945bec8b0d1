# $1 texts for eval, no two alike.
i=0
while [ "$i" -lt "$1" ]; do
    eval "v$((i % 10))=$i; w=\$v$((i % 10))"
    i=$((i + 1))
done
echo "$w $v3"
