# Captures the output of a program $1 times.
i=0
while [ "$i" -lt "$1" ]; do
    x=$(cat /dev/null; basename /a/b)
    i=$((i + 1))
done
echo "$i $x"
