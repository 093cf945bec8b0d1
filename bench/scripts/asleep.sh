# $1 programs asleep; says when all of them are started.
for ((i = 0; i < $1; i++)); do
    sleep 1000 &
done
echo ready
wait
