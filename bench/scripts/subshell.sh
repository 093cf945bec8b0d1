# Runs $1 subshells that do nothing.
i=0
while [ "$i" -lt "$1" ]; do
    ( : )
    i=$((i + 1))
done
echo "$i"
