#!/bin/sh
# Builds warden.elf from the sources beside this script: ./build.sh [OUTPUT]
# The same tools make the same bytes, wherever this lies: no time, no path, no build id gets in.
set -eu
cd "$(dirname "$0")"
out=${1:-warden.elf}
case $out in /*) ;; *) out=$PWD/$out ;; esac
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT

flags="-m32 -march=i586 -std=gnu11 -O2 -ffreestanding -fno-pic -fno-pie -fno-stack-protector
  -fomit-frame-pointer -fno-asynchronous-unwind-tables -fno-strict-aliasing -fcf-protection=none
  -fno-ident -fno-common -mpreferred-stack-boundary=2 -mno-sse -mno-mmx -mno-80387
  -Wall -Wextra -Werror"
list=
for source in *.S *.c; do
  gcc $flags -c "$source" -o "$objects/$source.o"
  list="$list $objects/$source.o"
done
ld -m elf_i386 -nostdlib -static --build-id=none -z noexecstack -z max-page-size=4096 \
  -T warden.ld -o "$objects/warden" $list
strip --strip-debug --discard-locals -o "$out" "$objects/warden"
# Which tools these bytes are from.
{ gcc --version | head -n 1; ld --version | head -n 1; } > "${out%.elf}.tools"
