/* The groups of tests, and how each reports. */
#ifndef GRAIN_CHECK_H
#define GRAIN_CHECK_H

#include "user.h"

/* Prints one line and counts. */
void check(const char *name, int passed);
/* Prints the counts; the exit code for them. */
int check_summary(void);

/* Runs a test in a process of its own: how that ended, as wait4 tells it. */
int status_of(int (*test)(void));

void test_kernel(void);
void test_system_calls(void);
void test_memory(void);
void test_fork(void);
void test_clone(void);
void test_signals(void);
void test_ptrace(void);
void test_scheduler(void);
void test_processor(void);
void test_daemons(void);
void test_programs(void);
void test_balance(void);

#endif
