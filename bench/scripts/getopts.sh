# $1 command lines read with getopts.
i=0 sum=0
parse() {
    OPTIND=1
    while getopts ab:vo: option; do
        case $option in
            a | v) sum=$((sum + 1)) ;;
            b) sum=$((sum + OPTARG)) ;;
            o) name=$OPTARG ;;
        esac
    done
    shift $((OPTIND - 1))
    sum=$((sum + $#))
}
while [ "$i" -lt "$1" ]; do
    parse -a -b 3 -vv -o out one two
    i=$((i + 1))
done
echo "$sum $name"
