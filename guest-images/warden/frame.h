/* Offsets in struct frame, for the assembler. */
#define FRAME_GS 0
#define FRAME_FS 4
#define FRAME_ES 8
#define FRAME_DS 12
#define FRAME_EDI 16
#define FRAME_ESI 20
#define FRAME_EBP 24
#define FRAME_EBX 28
#define FRAME_EDX 32
#define FRAME_ECX 36
#define FRAME_EAX 40
#define FRAME_EIP 44
#define FRAME_CS 48
#define FRAME_EFLAGS 52
#define FRAME_ESP 56
#define FRAME_SS 60
#define FRAME_VECTOR 64
#define FRAME_ERROR 68

#define KERNEL_CODE 0x08
#define KERNEL_DATA 0x10
