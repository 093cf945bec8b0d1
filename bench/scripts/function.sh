# $1 calls of a function with a local variable and an argument.
add() {
    local n=$1
    total=$((total + n))
}
i=0 total=0
while [ "$i" -lt "$1" ]; do
    add 3
    i=$((i + 1))
done
echo "$total"
