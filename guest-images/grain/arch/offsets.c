/* Holds asm.h against the structures it describes. Compiles to nothing. */
#include "sched.h"

#define OFFSET(constant, type, member)                                                             \
    _Static_assert((constant) == offsetof(type, member), #constant)

OFFSET(TI_TASK, struct thread_info, task);
OFFSET(TI_FLAGS, struct thread_info, flags);
OFFSET(TI_PRE_COUNT, struct thread_info, preempt_count);
OFFSET(TASK_THREAD_ESP, struct task_struct, thread.esp);
OFFSET(TASK_THREAD_EIP, struct task_struct, thread.eip);
OFFSET(EBX, struct pt_regs, ebx);
OFFSET(ECX, struct pt_regs, ecx);
OFFSET(EDX, struct pt_regs, edx);
OFFSET(ESI, struct pt_regs, esi);
OFFSET(EDI, struct pt_regs, edi);
OFFSET(EBP, struct pt_regs, ebp);
OFFSET(EAX, struct pt_regs, eax);
OFFSET(DS, struct pt_regs, xds);
OFFSET(ES, struct pt_regs, xes);
OFFSET(ORIG_EAX, struct pt_regs, orig_eax);
OFFSET(EIP, struct pt_regs, eip);
OFFSET(CS, struct pt_regs, xcs);
OFFSET(EFLAGS, struct pt_regs, eflags);
OFFSET(OLDESP, struct pt_regs, esp);
OFFSET(OLDSS, struct pt_regs, xss);
_Static_assert(offsetof(struct tss_struct, esp0) == 4, "sysenter_entry reads esp0 there");
_Static_assert(sizeof(struct user_desc) == 16, "as programs know it");
