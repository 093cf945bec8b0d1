# text.sh DATA COMMAND...: each command over a copy of DATA in a file system of one's own; prints the
# seconds of each, how many bytes it gave, and a sum of them.
data=$1
shift
work=$(mktemp -d)
cp -r "$data/." "$work"
cd "$work" || exit 1
for command; do
    start=$EPOCHREALTIME
    bytes=$(eval "$command" | wc -c)
    end=$EPOCHREALTIME
    sum=none order=cat
    [[ $command == 'grep -r'* ]] && order=sort # folders have no order
    [[ $SUMS ]] && sum=$(eval "$command" | $order | md5sum)
    us=$((10#${end/./} - 10#${start/./}))
    echo "$us $bytes ${sum%% *}"
done
cd /
rm -r "$work"
