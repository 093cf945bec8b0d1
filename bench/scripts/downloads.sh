# $1 small downloads from $2, in batches of 50 at once
for ((i = 1; i <= $1; i++)); do
    curl -s -o /dev/null -w '%{size_download}\n' "$2/1000" &
    ((i % 50)) || wait
done | sort | uniq -c
