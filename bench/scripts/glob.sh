# $1 expansions of a pattern over a folder of 100 files.
mkdir -p /tmp/shoal-bench-glob && cd /tmp/shoal-bench-glob || exit
i=0
while [ "$i" -lt 100 ]; do
    : > "file$i.txt"
    i=$((i + 1))
done
i=0 count=0
while [ "$i" -lt "$1" ]; do
    set -- "$1" *[13579].txt
    count=$((count + $#))
    set -- "$1"
    i=$((i + 1))
done
echo "$count"
