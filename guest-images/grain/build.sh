#!/bin/sh
# Builds grain.elf from the sources beside this script: ./build.sh [OUTPUT]
# The same tools make the same bytes, wherever this lies: no time, no path, no build id gets in.
set -eu
cd "$(dirname "$0")"
out=${1:-grain.elf}
case $out in /*) ;; *) out=$PWD/$out ;; esac
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT

common="-m32 -march=i686 -std=gnu11 -O2 -ffreestanding -fno-pic -fno-pie -fno-stack-protector
  -fomit-frame-pointer -fno-asynchronous-unwind-tables -fno-strict-aliasing -fcf-protection=none
  -fno-ident -fno-common -mpreferred-stack-boundary=2 -Wall -Wextra -Werror -Iinclude"
kernel="$common -mno-sse -mno-mmx -mno-80387"
user="$common -mno-sse -mno-mmx -Iuser/lib -Wno-array-bounds"
linker="-m elf_i386 -nostdlib -static --build-id=none -z noexecstack -z max-page-size=4096"

# compile FLAGS SOURCE OBJECT; __FILE__ is not used, so paths stay out.
compile() {
  gcc $1 -c "$2" -o "$objects/$3"
}

# The programs: each is its own source, the library, and the groups of tests that some name.
library=
for source in user/lib/crt0.S user/lib/*.c lib/*.c; do
  object=user-$(basename "$source").o
  compile "$user" "$source" "$object"
  library="$library $objects/$object"
done
tests=
for source in user/tests/*.c; do
  object=test-$(basename "$source").o
  compile "$user" "$source" "$object"
  tests="$tests $objects/$object"
done
for source in user/*.c; do
  name=$(basename "$source" .c)
  compile "$user" "$source" "main-$name.o"
  case $name in
    selftest) extra=$tests ;;
    forktest) extra="$objects/test-check.c.o $objects/test-fork.c.o" ;;
    clonetest) extra="$objects/test-check.c.o $objects/test-clone.c.o" ;;
    *) extra= ;;
  esac
  ld $linker -T user/lib/program.ld -s -o "$objects/$name" "$objects/main-$name.o" $extra $library
done

# The kernel.
list=
for source in arch/*.S arch/*.c kernel/*.c mm/*.c fs/*.S fs/*.c lib/*.c; do
  object=kernel-$(echo "$source" | tr / -).o
  compile "$kernel -Wa,-I$objects" "$source" "$object"
  list="$list $objects/$object"
done
ld $linker -T grain.ld -o "$objects/grain" $list
strip --strip-debug --discard-locals -o "$out" "$objects/grain"
# Which tools these bytes are from.
{ gcc --version | head -n 1; ld --version | head -n 1; } > "${out%.elf}.tools"
