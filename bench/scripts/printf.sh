# Formats $1 lines with printf.
i=0
while [ "$i" -lt "$1" ]; do
    printf '%5d %-8s|%x\n' "$i" name "$i"
    i=$((i + 1))
done >/dev/null
echo "$i"
