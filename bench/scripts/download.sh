# one download of $1 bytes from $2
curl -s -o /dev/null -w '%{size_download}\n' "$2/$1"
