#!/usr/bin/env bash
# Downloads a list of files, a few at once, checks their sizes, and tells how it went.
#
#     shoal --allow-net https://files.example.com/ --env URL=https://files.example.com \
#           examples/net/parallel-downloads.sh
#
# Each download is a job of its own. A slot of the pool is a token in a FIFO: a job gives it
# back when it ends, whatever became of it, so that never more than `slots` run.
set -u

readonly base=${URL:?the address of the server} slots=4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# name, path, bytes (- if nobody knows)
list() {
    cat <<'LIST'
small     /bytes/1000    1000
large     /bytes/3000000 3000000
greeting  /hello         13
moved     /redirect/3    13
packed    /gzip          100
slow      /delay/0.2     12
missing   /status/404    -
cut-short /short/500     1000
LIST
}

mkfifo "$work/pool"
exec 3<>"$work/pool"
for ((i = 0; i < slots; i++)); do echo >&3; done

# download NAME PATH BYTES: leaves a line in NAME.log and gives back the token.
download() {
    local got status
    got=$(curl -sS -f -L --compressed --retry 1 -m 20 -o "$work/$1" -w '%{http_code}' "$base$2" 2>"$work/$1.err")
    status=$?
    if ((status)); then
        echo "failed: $(<"$work/$1.err")"
    elif [[ $3 != - && $(wc -c <"$work/$1") != "$3" ]]; then
        echo "wrong size"
        status=1
    else
        echo "$got, $(wc -c <"$work/$1") bytes, md5 $(md5sum <"$work/$1" | cut -c1-8)"
    fi >"$work/$1.log"
    echo >&3
    return "$status"
}

declare -A jobs
failed=0
while read -r name path bytes; do
    read -r -u 3 # waits for a free slot
    download "$name" "$path" "$bytes" &
    jobs[$name]=$!
done < <(list)

while read -r name _; do
    wait "${jobs[$name]}" || ((failed++))
    printf '%-10s %s\n' "$name" "$(<"$work/$name.log")"
done < <(list)
echo "${#jobs[@]} downloads, $failed failed"
