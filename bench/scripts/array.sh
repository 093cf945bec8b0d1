# Fills an array of $1 elements and adds them up.
a=()
for ((i = 0; i < $1; i++)); do
    a[i]=$((i * 3))
done
sum=0
for x in "${a[@]}"; do
    ((sum += x))
done
echo "${#a[@]} $sum"
