# A chain of $1 processes linked by FIFOs; a line goes through it.
dir=$(mktemp -d)
cd "$dir" || exit 1
for ((i = 0; i <= $1; i++)); do
    names[i]=fifo$i
done
mkfifo "${names[@]}"
for ((i = 0; i < $1; i++)); do
    cat <"fifo$i" >"fifo$((i + 1))" &
done
echo through >fifo0 &
cat "fifo$1"
wait
cd / && rm -r "$dir"
