/* Plain types, and the two tricks every kernel in C rests on: container_of and error pointers. */
#ifndef GRAIN_TYPES_H
#define GRAIN_TYPES_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned int size_t;
typedef __builtin_va_list va_list;

#define NULL ((void *)0)
#define va_start __builtin_va_start
#define va_arg __builtin_va_arg
#define va_end __builtin_va_end
#define offsetof __builtin_offsetof
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The structure that holds a member at this address. */
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

/* Functions that return a pointer return errors as the topmost 1,000 addresses. */
#define ERR_PTR(error) ((void *)(long)(error))
#define PTR_ERR(ptr) ((long)(ptr))
#define IS_ERR(ptr) ((unsigned long)(ptr) > (unsigned long)-1000)

#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))

#define regparm3 __attribute__((regparm(3)))
#define noreturn __attribute__((noreturn))
#define printf_like(text, first) __attribute__((format(printf, text, first)))

#endif
