/* One subject after the other; the run ends through the debug-exit port, 0 if all items passed. */
#include "warden.h"

#define DEBUG_EXIT 0xf4
#define EFLAGS_ID 0x200000

uint32_t features;
bool has_nx, tracing;

static const struct {
  const char *name;
  void (*run)(void);
} subjects[] = {
    {"tasks", tasks},   {"bad_tasks", bad_tasks}, {"segments", segments},
    {"gates", gates},   {"returns", returns},     {"v86", v86},
    {"vme", vme},       {"debug", debug},         {"nested", nested},
    {"paging", paging}, {"pae", pae},             {"page_faults", page_faults},
    {"code", code},     {"page_faults_system", page_faults_system},
};

void *memset(void *to, int value, size_t length) {
  void *start = to;
  asm volatile("rep stosb" : "+D"(to), "+c"(length) : "a"(value) : "memory");
  return start;
}

void *memcpy(void *to, const void *from, size_t length) {
  void *start = to;
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length) : : "memory");
  return start;
}

int memcmp(const void *one, const void *other, size_t length) {
  const uint8_t *a = one, *b = other;
  for (; length; length--, a++, b++) {
    if (*a != *b)
      return *a - *b;
  }
  return 0;
}

static void cpuid(uint32_t leaf, uint32_t *eax, uint32_t *edx) {
  uint32_t ebx, ecx = 0;
  *eax = leaf;
  asm volatile("cpuid" : "+a"(*eax), "=b"(ebx), "+c"(ecx), "=d"(*edx));
}

static void identify(void) {
  uint32_t eax, edx, before, after;
  asm volatile("pushfl; popl %0; movl %0, %1; xorl %2, %1; pushl %1; popfl; pushfl; popl %1"
               : "=&r"(before), "=&r"(after)
               : "i"(EFLAGS_ID));
  if (before == after)
    return;
  cpuid(1, &eax, &features);
  cpuid(0x80000000, &eax, &edx);
  if (eax >= 0x80000001 && eax >> 16 == 0x8000) {
    cpuid(0x80000001, &eax, &edx);
    has_nx = edx >> 20 & 1;
  }
}

/* Whether a word of the command line is `name=value`, or no word begins with `name=`. */
static bool chosen(const char *line, const char *name, const char *value) {
  bool named = false;
  while (*line) {
    const char *n = name, *v = value;
    for (; *n && *line == *n; n++, line++) {
    }
    if (!*n && *line == '=') {
      named = true;
      for (line++; *v && *line == *v; v++, line++) {
      }
      if (!*v && (!*line || *line == ' '))
        return true;
    }
    while (*line && *line != ' ')
      line++;
    while (*line == ' ')
      line++;
  }
  return !named;
}

void warden(const uint32_t *multiboot) {
  const char *line = multiboot[0] & 4 ? (const char *)multiboot[4] : "";
  tracing = !chosen(line, "trace", "0"); /* trace=1: names each item before it runs */
  identify();
  out8(0x21, 0xff); /* no interrupts from devices */
  out8(0xa1, 0xff);
  asm volatile("fninit");
  write_cr0((read_cr0() & ~(uint32_t)(CR0_EM | CR0_TS)) | CR0_NE);
  const uint32_t wanted = (features & CPUID_FXSR ? CR4_OSFXSR : 0);
  if (features)
    write_cr4(read_cr4() | wanted);
  char words[256]; /* the loader's memory may be what items write to */
  unsigned length = 0;
  for (; line[length] && length < sizeof words - 1; length++)
    words[length] = line[length];
  words[length] = 0;
  descriptors_reset();
  asm volatile("ljmp %0, $1f\n1: movl %1, %%eax; movl %%eax, %%ds; movl %%eax, %%es; movl %%eax, %%fs;"
               "movl %%eax, %%gs; movl %%eax, %%ss"
               : : "i"(KERNEL_CODE), "i"(KERNEL_DATA) : "eax", "memory");
  pages_init();
  traps_init();
  for (unsigned i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
    if (chosen(words, "only", subjects[i].name)) {
      subject(subjects[i].name);
      subjects[i].run();
    }
  }
  out8(DEBUG_EXIT, conclude() != 0);
}
