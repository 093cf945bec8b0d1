# $1 decisions of a case with patterns.
i=0 hits=0
while [ "$i" -lt "$1" ]; do
    case file$i.txt in
        *.c | *.h) hits=$((hits + 100)) ;;
        file[0-9]5.txt) hits=$((hits + 2)) ;;
        *7?.txt) hits=$((hits + 1)) ;;
        *) : ;;
    esac
    i=$((i + 1))
done
echo "$hits"
