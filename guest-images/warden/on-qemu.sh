#!/bin/sh
# Runs warden.elf on QEMU without an accelerator and prints what failed: ./on-qemu.sh [CPU [WORDS]]
cd "$(dirname "$0")"
qemu-system-i386 -accel tcg -cpu "${1:-max}" -m 64 -nographic -no-reboot \
  -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel warden.elf -append "${2:-}" </dev/null |
  tr -d '\r' | grep -v '^ok '
