echo 'echo edited
echo more' > $1
