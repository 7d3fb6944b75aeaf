# What a userspace asks of its kernel and processor: forks, pipes, signals, traps, sleeping, jobs in the background, and
# programs whose output is a digest of all they computed. What it prints must be the same on every busybox of Debian's
# (the file beside it holds it), so it shows no process numbers and no times.
exec 2>&1
busybox=$(readlink -f /proc/$$/exe)
mkdir -p /tmp
cd "$(mktemp -d)" || exit 1
umask 022
export LC_ALL=C TZ=UTC0

echo '== a thousand forks, every fifth with an exec'
i=0 sum=0
while [ $i -lt 1000 ]; do
  if [ $((i % 5)) = 0 ]; then
    "$busybox" sh -c "exit $((i % 251))"
  else
    (exit $((i % 251)))
  fi
  sum=$((sum * 31 % 1000003 + $?))
  i=$((i + 1))
done
echo "$i $sum"

echo '== substitutions in substitutions'
depth() { if [ "$1" = 0 ]; then echo 0; else echo $(($(depth $(($1 - 1))) + 1)); fi; }
depth 25
echo "$(echo "$(echo "$(echo inner)" middle)" outer)"

echo '== pipes'
seq 1 3000 | grep 7 | sort -rn | tr '\n' ' ' | fold -w 1000 | md5sum
yes 'a pipe that fills up' | head -c 400000 | sha1sum
seq 1 20 | while read -r a; do echo "$((a * a))"; done | paste -s -d+ - | bc
echo one | cat | cat | cat | cat | cat | cat | cat | cat | cat | cat | rev
false | true; echo "status of a pipe: $?"
true | (exit 9); echo "status of a pipe: $?"
mkfifo request answer
(while read -r a b; do echo $((a * b)); done <request >answer) &
exec 3>request 4<answer
for n in 3 14 159 2653; do
  echo "$n $((n + 1))" >&3
  read -r product <&4
  echo "$n: $product"
done
exec 3>&- 4<&-
wait $!; echo "the other end has left: $?"

echo '== signals'
sleep 1000 & victim=$!
kill -0 $victim; echo "there: $?"
kill $victim; wait $victim 2>/dev/null; echo "terminated: $?"
sleep 1000 & victim=$!
kill -9 $victim; wait $victim 2>/dev/null; echo "killed: $?"
kill -0 $victim 2>/dev/null; echo "gone: $?"
sleep 1000 & victim=$!
kill -STOP $victim
# Of two signals that wait, TERM would come before STOP.
until grep -q '^State:.T' /proc/$victim/status; do sleep 0.05; done
kill -TERM $victim
kill -0 $victim; echo "stopped: $?"
kill -CONT $victim; wait $victim 2>/dev/null; echo "continued, then terminated: $?"
sh -c 'trap "" TERM; kill -TERM $$; echo ignored'
"$busybox" sh -c 'kill -SEGV $$' 2>/dev/null; echo "segmentation fault: $?"
(yes; echo "yes ended with $?" >status) 2>/dev/null | head -n 2
cat status
timeout 1 sleep 1000; echo "timeout: $?"

echo '== traps'
trap 'echo "USR1 in the shell"' USR1
kill -USR1 $$
trap - USR1
(trap 'echo "on the way out"; exit 5' EXIT; exit 4); echo "status $?"
mkfifo ready
exec 3<>ready # open at both ends, so that neither side has to wait for the other to open it
(
  count=0
  trap 'count=$((count + 1)); echo "caught $count" >&3' USR2
  trap 'echo "told to end after $count" >&3; exit 33' TERM
  echo up >&3
  while :; do sleep 0.05; done
) & child=$!
read -r line <&3; echo "$line"
for signal in USR2 USR2 USR2 TERM; do
  kill -$signal $child
  read -r line <&3; echo "$line"
done
exec 3<&-
wait $child; echo "status $?"
trap 'echo "a child has ended"' CHLD
sleep 0.1 & wait $!
trap - CHLD

echo '== sleep and jobs in the background'
(sleep 2; echo third) & (sleep 1; echo second) & (echo first) & wait
n=0
while [ $n -lt 24 ]; do
  (seq 1 $((n * 40)) | md5sum | cut -c1-8 >job.$n) &
  n=$((n + 1))
done
wait
cat job.? job.?? | tr '\n' ' '; echo
(sleep 0.3; exit 12) & one=$!
(exit 13) & two=$!
wait $one; echo "$?"
wait $two; echo "$?"

echo '== dd, gzip, sha256sum'
dd if=/dev/zero bs=64k count=32 2>/dev/null | gzip | sha256sum
seq 1 20000 >numbers
dd if=numbers bs=1000 2>/dev/null | gzip -9 | sha256sum
gzip -c numbers | gunzip | sha256sum
dd if=numbers bs=7 skip=1000 count=1000 2>/dev/null | sha256sum
bzip2 -c numbers | sha256sum
bzip2 -c numbers | bunzip2 | sha512sum
dd if=numbers of=copy bs=4k conv=sync 2>/dev/null; crc32 copy

echo '== files'
mkdir -p tree/a/b tree/c
for f in tree/one tree/a/two tree/a/b/three tree/c/four; do echo "in $f" >$f; done
ln -s ../one tree/a/link; ln tree/one tree/c/hard
chmod 750 tree/a
find tree | sort
tar cf - tree | tar tf - | sort | md5sum
tar czf tree.tgz tree && mkdir out && tar xzf tree.tgz -C out && diff -r tree out/tree && echo same
cat out/tree/a/link; stat -c '%a %h %F' tree/a tree/c/hard
find tree -type f | sort | xargs cat | sha256sum
find tree | cpio -o -H newc 2>/dev/null | cpio -t 2>/dev/null | wc -l
rm -r tree out; ls | sort | tr '\n' ' '; echo

echo '== text and numbers'
sort -n -k 1.3 numbers | head -n 10000 | md5sum
sed -n 's/\(.\)\(.\)$/\2\1/p' numbers | awk '{ s += $1 * NR % 977 } END { print s }'
awk 'BEGIN { for (i = 1; i <= 5000; i++) { s += 1 / (i * i); p = p * 3 % 65537 + i } printf "%.9f %d\n", s, p }'
awk 'BEGIN { print int(-7 / 2), 2 * 1048576 * 1048576, 1e300 * 10, 1e3 / 3; printf "%x %c %5.1f%%\n", 48879, 65, 99.95 }'
echo $((0x7fffffffffffffff)) $((-1 << 63)) $((123456789012345 * 6789 / 1234 % 99991)) $((-17 / 5)) $((-17 % 5))
echo '2^200; 355/113; scale=30; 4*a(1)' | bc -l
factor 1234567890123 600851475143
printf '%08x %o %e %s\n' 3735928559 511 12345.678 'printf'
printf 'The quick brown fox' | od -An -tx1
expr 'abcdef' : 'ab\(.*\)f'; expr 17 '*' 23
echo 'Zażółć' | hexdump -C | head -n 1
seq 1 10 | shuf | sort -n | tr -d '\n'; echo
cat <<END | tr a-z A-Z
here: $((6 * 7)) $(echo nested)
END
echo '== end'
exit 42
