# $1 programs asleep; says when all of them are started.
sleep 1000 &
for ((i = 0; i < $1; i++)); do
    sleep 1000 &
done
echo ready
wait
