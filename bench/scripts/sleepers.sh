# $1 jobs asleep at the same time, half a second each.
for ((i = 0; i < $1; i++)); do
    sleep 0.5 &
done
wait
echo "$i"
