# Appends $1 pieces to one string with +=.
x=
for ((i = 0; i < $1; i++)); do
    x+=piece
done
echo "${#x}"
