# Eight CPU-bound loops of uneven length: $1 = jobs: at the same time; else one after
# another. $2: size.
work() {
    local i=0 x=0
    while ((i < $1)); do
        x=$(((x * 31 + i) % 65521))
        i=$((i + 1))
    done
    echo "$x"
}
for size in 5 1 8 2 7 3 6 4; do
    if [ "$1" = jobs ]; then
        work $((size * $2)) &
    else
        work $((size * $2))
    fi
done | sort
wait
