# Splits a line into fields $1 times.
line="alpha beta gamma delta epsilon zeta eta theta" i=0 n=0
while [ "$i" -lt "$1" ]; do
    for word in $line; do n=$((n + 1)); done
    i=$((i + 1))
done
echo "$n"
