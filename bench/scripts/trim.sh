# $1 rounds of cutting off blanks, as POSIX shells do it.
i=0 text='   some text to trim   ' len=0
while [ "$i" -lt "$1" ]; do
    x=${text#"${text%%[! ]*}"}
    x=${x%"${x##*[! ]}"}
    len=$((len + ${#x}))
    i=$((i + 1))
done
echo "$len"
