# Starts $1 jobs and takes them one by one as they end.
for ((i = 0; i < $1; i++)); do
    (exit $((i % 5))) &
done
n=0 sum=0
while wait -n; status=$?; ((status != 127)); do
    ((n++, sum += status))
done
echo "$n $sum"
