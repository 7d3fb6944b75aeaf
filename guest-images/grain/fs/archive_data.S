/* The archive itself: a name, where it starts, where it ends. The build puts the programs here. */
.macro FILE path, file
    .section .rodata.archive, "a"
71: .asciz "\path"
    .balign 16
72: .incbin "\file"
73: .section .rodata.archive_table, "a"
    .long 71b, 72b, 73b
.endm

    .section .rodata.archive_table, "a"
    .balign 4
    .globl archive
archive:
    FILE /init, init
    FILE /bin/sh, sh
    FILE /bin/ps, ps
    FILE /bin/cat, cat
    FILE /bin/echo, echo
    FILE /bin/true, true
    FILE /bin/ls, ls
    FILE /bin/forktest, forktest
    FILE /bin/clonetest, clonetest
    FILE /bin/bench, bench
    FILE /bin/mandel, mandel
    FILE /bin/sort, sort
    FILE /bin/sieve, sieve
    FILE /bin/selftest, selftest
    FILE /bin/poweroff, poweroff
    .section .rodata.archive_table, "a"
    .long 0, 0, 0

    .section .note.GNU-stack, "", @progbits
