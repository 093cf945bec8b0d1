# $1 subshells, each waiting for a line; says when all of them are started.
dir=$(mktemp -d)
mkfifo "$dir/never"
exec 3<>"$dir/never"
sleep 1000 & # or this would be a deadlock
for ((i = 0; i < $1; i++)); do
    read -r -u 3 line &
done
echo ready
wait
