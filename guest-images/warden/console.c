/* The first serial port, and the items: each says `ok` or what it found instead. */
#include <stdarg.h>

#include "warden.h"

#define COM1 0x3f8

static const char *current; /* the item being checked */
static bool failing;
static unsigned passed, failed, skips, subject_passed, subject_failed, subject_skips;
static const char *current_subject;
extern bool tracing;

static void put(char c) {
  if (c == '\n')
    put('\r');
  while (!(in8(COM1 + 5) & 0x20)) {
  }
  out8(COM1, c);
}

static void put_hex(uint32_t value, int least) {
  for (int digit = 7; digit >= 0; digit--) {
    if (digit < least || value >> 4 * digit)
      put("0123456789abcdef"[value >> 4 * digit & 15]);
  }
}

static void put_number(uint32_t value) {
  if (value >= 10)
    put_number(value / 10);
  put('0' + value % 10);
}

static void print_list(const char *format, va_list list) {
  for (; *format; format++) {
    if (*format != '%') {
      put(*format);
      continue;
    }
    switch (*++format) {
      case 's':
        for (const char *text = va_arg(list, const char *); *text; text++)
          put(*text);
        break;
      case 'x': put_hex(va_arg(list, uint32_t), 8); break;
      case 'h': put_hex(va_arg(list, uint32_t), 1); break;
      case 'u': put_number(va_arg(list, uint32_t)); break;
    }
  }
}

void print(const char *format, ...) {
  va_list list;
  va_start(list, format);
  print_list(format, list);
  va_end(list);
}

static void end_item(void) {
  if (!current)
    return;
  if (failing) {
    failed++;
    subject_failed++;
  } else {
    passed++;
    subject_passed++;
    print("ok  %s\n", current);
  }
  current = NULL;
}

static void end_subject(void) {
  end_item();
  if (current_subject) {
    print("    %s: %u passed, %u failed", current_subject, subject_passed, subject_failed);
    if (subject_skips)
      print(", %u skipped", subject_skips);
    print("\n");
  }
  subject_passed = subject_failed = subject_skips = 0;
}

void subject(const char *name) {
  end_subject();
  current_subject = name;
}

void item(const char *name) {
  end_item();
  current = name;
  failing = false;
  if (tracing)
    print("    %s ...\n", name);
  fresh();
}

void skipped(const char *name) {
  end_item();
  skips++;
  subject_skips++;
  print("skipped  %s\n", name);
}

int conclude(void) {
  end_subject();
  if (skips)
    print("%u skipped\n", skips);
  print("%u passed, %u failed\n", passed, failed);
  return failed;
}

/* Only the first thing wrong with an item is said. */
static bool fails(void) {
  if (failing)
    return false;
  failing = true;
  print("FAILED %s: ", current);
  return true;
}

static void print_event(uint32_t vector, uint32_t error, uint32_t eip) {
  static const char *const names[] = {"DE", "DB", "NMI", "BP", "OF", "BR", "UD", "NM", "DF",
                                      "09", "TS", "NP", "SS", "GP", "PF", "15", "MF", "AC"};
  if (vector == DONE)
    print("the end of the code");
  else if (vector < sizeof names / sizeof names[0])
    print("#%s(%h)", names[vector], error);
  else
    print("interrupt %h", vector);
  print(" at %x", eip);
}

void fault_at(uint32_t vector, uint32_t error, uint32_t eip) {
  if (trap.vector == vector && trap.error == error && trap.eip == eip)
    return;
  if (fails()) {
    print("expected ");
    print_event(vector, error, eip);
    print(", was ");
    print_event(trap.vector, trap.error, trap.eip);
    if (trap.vector == PF)
      print(", CR2 %x", trap.cr2);
    print("\n");
  }
}

void fault(uint32_t vector, uint32_t error) { fault_at(vector, error, MARK); }

void done(void) {
  if (trap.vector == DONE)
    return;
  if (fails()) {
    print("expected the end of the code, was ");
    print_event(trap.vector, trap.error, trap.eip);
    if (trap.vector == PF)
      print(", CR2 %x", trap.cr2);
    print("\n");
  }
}

void equal(const char *what, uint32_t expected, uint32_t was) {
  if (expected != was && fails())
    print("expected %s %h, was %h\n", what, expected, was);
}
