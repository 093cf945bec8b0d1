# A pipeline of 100 stages, $1 times.
line='echo hello'
for ((i = 1; i < 100; i++)); do
    line+=' | cat'
done
for ((i = 0; i < $1; i++)); do
    eval "$line"
done >/dev/null
eval "$line"
