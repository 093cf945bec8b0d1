# Starts $1 background jobs that do nothing, and waits for all of them.
i=0
while [ "$i" -lt "$1" ]; do
    : &
    i=$((i + 1))
done
wait
echo "$i"
