/* Running code and catching what it raises. The way in and out is in traps.S. */
#include "warden.h"

struct frame in, trap;
bool (*hook)(void);
uint32_t task_esp, task_eflags;
uint16_t vm_handler_segments;
const uint8_t *volatile code_start, *volatile code_mark, *volatile code_end;
uint8_t user_stack[4096] __attribute__((aligned(4096)));
uint8_t kernel_stack[4096] __attribute__((aligned(4096))); /* of code run in ring 0 */
uint8_t trap_stack[4096] __attribute__((aligned(4096)));   /* ring 0's, for traps out of outer rings */

_Static_assert(offsetof(struct frame, ss) == FRAME_SS, "frame.h");
_Static_assert(offsetof(struct frame, error) == FRAME_ERROR, "frame.h");

uint32_t kernel_cr3;
static uint32_t normal_cr0, normal_cr4;

static uint32_t task_register(void) {
  uint32_t selector;
  asm volatile("str %0" : "=r"(selector));
  return selector;
}

static uint32_t ldt_register(void) {
  uint32_t selector;
  asm volatile("sldt %0" : "=r"(selector));
  return selector;
}

/* What an interrupted task's TSS says, as if a trap had come out of it. */
void leave_task(void) {
  const struct tss32 *tss = &main_tss;
  trap.by_task = true;
  trap.edi = tss->edi, trap.esi = tss->esi, trap.ebp = tss->ebp, trap.ebx = tss->ebx;
  trap.edx = tss->edx, trap.ecx = tss->ecx, trap.eax = tss->eax;
  trap.eip = tss->eip, trap.cs = tss->cs, trap.eflags = tss->eflags, trap.esp = tss->esp;
  trap.ss = tss->ss, trap.ds = tss->ds, trap.es = tss->es, trap.fs = tss->fs, trap.gs = tss->gs;
}

/* Called on the way out, on the kernel's stack again: whether to go in once more. */
int trapped(void) {
  trap.cr0 = read_cr0();
  trap.cr2 = read_cr2();
  trap.cr3 = read_cr3();
  trap.dr7 = read_dr7();
  write_dr7(0);
  trap.dr6 = read_dr6();
  trap.tr = task_register();
  trap.ldtr = ldt_register();
  trap.main_access = access_byte(MAIN_TSS);
  if (trap.tr != MAIN_TSS) {
    if (trap.tr == DOUBLE_FAULT_TSS)
      set_access_byte(DOUBLE_FAULT_TSS, TSS32);
    set_access_byte(MAIN_TSS, TSS32);
    load_task(MAIN_TSS);
  }
  if (trap.cr3 != kernel_cr3)
    write_cr3(kernel_cr3);
  return hook && hook();
}

void traps_init(void) {
  normal_cr0 = read_cr0();
  kernel_cr3 = read_cr3();
  normal_cr4 = read_cr4();
}

void fresh(void) {
  if (read_cr4() != normal_cr4)
    write_cr4(normal_cr4);
  if (read_cr0() != normal_cr0)
    write_cr0(normal_cr0);
  pages_reset();
  descriptors_reset();
  write_dr7(0);
  write_dr6(0);
  hook = NULL;
  memset(kernel_stack, 0, sizeof kernel_stack);
  memset(user_stack, 0, sizeof user_stack);
  memset(trap_stack, 0, sizeof trap_stack);
  memset(&in, 0, sizeof in);
  kernel_mode();
}

static void flat(uint32_t cs, uint32_t data, uint32_t esp) {
  in.cs = cs;
  in.ss = in.ds = in.es = in.fs = in.gs = data;
  in.esp = esp;
  in.eflags = 2;
}

void kernel_mode(void) { flat(KERNEL_CODE, KERNEL_DATA, KERNEL_STACK_TOP); }

void user_mode(void) { flat(USER_CODE, USER_DATA, USER_STACK_TOP); }

void v86_mode(uint32_t iopl) {
  flat(V86_CODE >> 4, V86_DATA >> 4, 0x1000);
  in.ss = V86_STACK >> 4;
  in.eflags = EFLAGS_VM | EFLAGS_IOPL(iopl) | 2;
}

static void start(void) {
  memset(&trap, 0, sizeof trap);
  if (in.dr7)
    write_dr7(in.dr7);
  enter();
}

void run(void) {
  in.eip = (uint32_t)code_start;
  start();
}

void run_at(uint32_t eip) {
  code_mark = (const uint8_t *)(code_mark - code_start + eip);
  in.eip = eip;
  start();
}

void run_v86(void) {
  memcpy((void *)V86_CODE, (const void *)code_start, code_end - code_start);
  run_at(0);
}

void resume(void) {
  in = trap;
  start();
}

uint32_t landing(void) {
  memset((void *)V86_CODE, 0xcc, 0x2000);
  return V86_CODE;
}
