# $1 rounds of the POSIX parameter expansions on a path.
path=/usr/share/doc/package/changelog.Debian.gz i=0
while [ "$i" -lt "$1" ]; do
    base=${path##*/}
    dir=${path%/*}
    ext=${base##*.}
    stem=${base%%.*}
    unset none
    text="$dir:$stem:$ext:${none:-default}:${#base}"
    i=$((i + 1))
done
echo "$text"
