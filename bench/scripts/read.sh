# Reads a file of $1 lines and takes them apart.
dir=$(mktemp -d)
seq -f '%.0f some words' "$1" >"$dir/lines"
sum=0
while IFS=' ' read -r n word rest; do
    sum=$((sum + n))
done <"$dir/lines"
rm -r "$dir"
echo "$sum $word $rest"
