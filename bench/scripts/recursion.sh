# The recursive Fibonacci numbers, $1 times the 15th: 1,973 calls each.
fib() {
    if [ "$1" -lt 2 ]; then
        result=$1
        return
    fi
    local n=$1 first
    fib $((n - 1))
    first=$result
    fib $((n - 2))
    result=$((first + result))
}
i=0
while [ "$i" -lt "$1" ]; do
    fib 15
    i=$((i + 1))
done
echo "$result"
