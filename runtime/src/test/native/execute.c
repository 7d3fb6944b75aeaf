/*
 * Runs single instructions of user mode on the host's own processor and says what they did. Built without a library, for a
 * 32-bit process on x86 Linux:
 *
 *   gcc -m32 -O2 -nostdlib -static -fno-stack-protector -fno-pie -no-pie -mgeneral-regs-only -o execute execute.c
 *
 * It reads requests from its input and writes a response to each; both are the structs below, little-endian. Everything happens in
 * the handler of the signal that an instruction, or the breakpoint after it, ends in: the kernel has saved all registers in
 * the signal frame, and loads those of the next request from there when the handler returns.
 *
 * The instruction lies in the middle of a page that is all breakpoints otherwise. Two pages of data lie between pages that are not
 * mapped; of them two windows are filled and reported. DS, ES, FS and GS are flat, or a segment that begins at the data.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

enum { DATA = 0x20000, DATA_BYTES = 0x2000, CODE_PAGE = 0x30000, CODE = 0x30800, STACK_PAGE = 0x38000, STACK_BYTES = 0x8000 };
enum { FIRST_WINDOW = 0x20F00, FIRST_BYTES = 0x200, SECOND_WINDOW = 0x21F00, SECOND_BYTES = 0x100 };

typedef struct {
  u8 code[16];
  u32 segmented;
  u32 eflags;
  u32 registers[8]; /* EAX ECX EDX EBX ESP EBP ESI EDI */
  u32 mxcsr;
  u8 mmx[8][8];
  u8 xmm[8][16];
  u8 memory[FIRST_BYTES + SECOND_BYTES];
} request;

typedef struct {
  u32 vector, error, address, eip;
  u32 eflags;
  u32 registers[8];
  u32 mxcsr;
  u32 x87[7];     /* as FNSTENV stores it */
  u8 st[8][10];   /* from the top */
  u8 xmm[8][16];
  u8 memory[FIRST_BYTES + SECOND_BYTES];
} response;

/* The kernel's signal frame, as in its <asm/sigcontext.h>. */
typedef struct {
  u32 x87[7];
  u8 st[8][10];
  u16 status, magic;
  u32 unused[6];
  u32 mxcsr, mxcsr_mask;
  u8 fxsr_st[8][16];
  u8 xmm[8][16];
  u8 rest[224];
  u32 saved_low, saved_high; /* XSTATE_BV: which parts are not in their initial state */
} float_state;

typedef struct {
  u32 gs, fs, es, ds, edi, esi, ebp, esp, ebx, edx, ecx, eax, vector, error, eip, cs, eflags, esp_at_signal, ss;
  float_state *floats;
  u32 old_mask, address;
} signal_context;

typedef struct {
  u32 flags, link, stack[3];
  signal_context context;
} user_context;

static u32 call(u32 number, u32 a, u32 b, u32 c, u32 d) {
  u32 result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d) : "memory");
  return result;
}

enum { EXIT = 1, READ = 3, WRITE = 4, OLD_MMAP = 90, RT_SIGACTION = 174, SIGALTSTACK = 186, SET_THREAD_AREA = 243 };

static void leave(u32 status) {
  call(EXIT, status, 0, 0, 0);
  for (;;) {
  }
}

/* Reads or writes all of it; ends the program at the end of the input. */
static void transfer(u32 number, void *buffer, u32 bytes) {
  u8 *at = buffer;
  while (bytes > 0) {
    const int done = call(number, number == READ ? 0 : 1, (u32) at, bytes, 0);
    if (done <= 0) {
      leave(done < 0);
    }
    at += done;
    bytes -= done;
  }
}

static void copy(void *to, const void *from, u32 bytes) {
  __asm__ volatile("cld; rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

static void fill(void *to, u8 value, u32 bytes) {
  __asm__ volatile("cld; rep stosb" : "+D"(to), "+c"(bytes) : "a"(value) : "memory");
}

static request next;
static response last;
static u32 started, flat, segment;

static void report(const signal_context *c) {
  const u32 registers[8] = {c->eax, c->ecx, c->edx, c->ebx, c->esp_at_signal, c->ebp, c->esi, c->edi};
  last.vector = c->vector;
  last.error = c->error;
  last.address = c->address;
  last.eip = c->eip;
  last.eflags = c->eflags;
  copy(last.registers, registers, sizeof registers);
  last.mxcsr = c->floats->mxcsr;
  copy(last.x87, c->floats->x87, sizeof last.x87);
  copy(last.st, c->floats->st, sizeof last.st);
  copy(last.xmm, c->floats->xmm, sizeof last.xmm);
  copy(last.memory, (void *) FIRST_WINDOW, FIRST_BYTES);
  copy(last.memory + FIRST_BYTES, (void *) SECOND_WINDOW, SECOND_BYTES);
  transfer(WRITE, &last, sizeof last);
}

static void prepare(signal_context *c) {
  copy((void *) CODE, next.code, 16);
  copy((void *) FIRST_WINDOW, next.memory, FIRST_BYTES);
  copy((void *) SECOND_WINDOW, next.memory + FIRST_BYTES, SECOND_BYTES);
  c->eax = next.registers[0];
  c->ecx = next.registers[1];
  c->edx = next.registers[2];
  c->ebx = next.registers[3];
  c->esp = next.registers[4];
  c->ebp = next.registers[5];
  c->esi = next.registers[6];
  c->edi = next.registers[7];
  c->eip = CODE;
  c->eflags = next.eflags;
  c->ds = c->es = next.segmented ? segment : flat;
  c->fs = c->gs = next.segmented ? segment : flat;
  float_state *f = c->floats;
  f->mxcsr = next.mxcsr;
  f->saved_low |= 3;
  copy(f->xmm, next.xmm, sizeof next.xmm);
  f->x87[0] = 0xFFFF037F;
  f->x87[1] = 0xFFFF0000;
  f->x87[2] = 0xFFFF0000; /* all registers in use */
  for (u32 i = 0; i < 8; i++) {
    copy(f->st[i], next.mmx[i], 8);
    fill(f->st[i] + 8, 0x3F, 2);
  }
}

static void handle(int signal, void *info, user_context *user) {
  (void) signal;
  (void) info;
  if (started) {
    report(&user->context);
  }
  started = 1;
  transfer(READ, &next, sizeof next);
  prepare(&user->context);
}

__attribute__((naked)) static void restorer(void) {
  __asm__ volatile("movl $173, %eax; int $0x80"); /* rt_sigreturn */
}

static void map(u32 address, u32 bytes, u32 protection) {
  /* private, anonymous, at just this address */
  const u32 arguments[6] = {address, bytes, protection, 0x100032, (u32) -1, 0};
  if (call(OLD_MMAP, (u32) arguments, 0, 0, 0) != address) {
    leave(2);
  }
}

void _start(void) {
  map(DATA, DATA_BYTES, 3);
  map(CODE_PAGE, 0x1000, 7);
  map(STACK_PAGE, STACK_BYTES, 3);
  fill((void *) CODE_PAGE, 0xCC, 0x1000);
  const u32 stack[3] = {STACK_PAGE, 0, STACK_BYTES};
  call(SIGALTSTACK, (u32) stack, 0, 0, 0);
  /* SA_SIGINFO, SA_RESTORER, SA_ONSTACK, SA_NODEFER */
  const u32 action[5] = {(u32) handle, 0x4C000004, (u32) restorer, 0, 0};
  static const u8 signals[] = {4, 5, 7, 8, 11}; /* SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV */
  for (u32 i = 0; i < sizeof signals; i++) {
    call(RT_SIGACTION, signals[i], (u32) action, 0, 8);
  }
  /* a 32-bit data segment of 4 GiB */
  u32 descriptor[4] = {(u32) -1, DATA, 0xFFFFF, 0x51};
  if (call(SET_THREAD_AREA, (u32) descriptor, 0, 0, 0) != 0) {
    leave(2);
  }
  segment = descriptor[0] << 3 | 3;
  __asm__ volatile("movl %%ds, %0" : "=r"(flat));
  __asm__ volatile("int3");
  leave(3);
}
