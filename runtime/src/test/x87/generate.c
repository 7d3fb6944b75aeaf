/*
 * Records what the host's own x87 unit does: one instruction at a time, on chosen and on random operands, under many control
 * words. X87ReplayTest replays the cases. Build and run on an x86-64 machine with an Intel processor:
 *
 *   gcc -O2 -o generate generate.c && ./generate 1 | gzip -9n > ../resources/hourglass/runtime/interpreter/x87.bin.gz
 *
 * The argument multiplies the number of cases. All numbers are little-endian. The file:
 *
 *   4 bytes  "X87v"
 *   uint16   number of values; then for each: 10 bytes, an 80-bit number
 *   uint16   number of instructions; then for each: uint8 length and the bytes, uint8 size of the memory operand at [esi],
 *            uint8 1 where results may differ by rounding (transcendental functions)
 *   uint32   number of cases; then for each:
 *     uint8 instruction, uint16 control word, uint16 status word, uint8 empty registers (a bit each), uint8 flags (as SAHF),
 *     uint16 values in ST(0), ST(1) and memory; all other registers hold value 0
 *     uint16 control word, status word and tag word afterwards, uint8 flags
 *     uint8 registers changed (a bit each), and 10 bytes for each of them
 *     uint8 1 where memory has changed, and then its bytes
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

typedef struct { uint64_t sig; uint16_t se; } __attribute__((packed)) ext;

typedef struct {
  uint32_t cw, sw, tw, ip, cs, dp, ds;
  ext st[8];
} __attribute__((packed)) image;

static ext values[4000];
static int value_count, edge_count;

static int add_value(uint16_t se, uint64_t sig) {
  values[value_count].sig = sig;
  values[value_count].se = se;
  return value_count++;
}

static uint64_t seed = 88172645463325252ULL;
static uint64_t rnd(void) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return seed;
}

enum { UNARY, BINARY, MEMORY, NONE };
enum { V_EXT, V_F32, V_F64, V_INT, V_BCD };

typedef struct {
  const char *name;
  uint8_t bytes[3];
  uint8_t length, memory, approximate, kind, format, weight;
} op;

#define R2(name, a, b, kind, weight) {name, {a, b}, 2, 0, 0, kind, V_EXT, weight}
#define T2(name, a, b, kind, weight) {name, {a, b}, 2, 0, 1, kind, V_EXT, weight}
#define M2(name, a, n, size, format, weight) {name, {a, n << 3 | 6}, 2, size, 0, MEMORY, format, weight}

static const op ops[] = {
  R2("fadd st0,st1", 0xD8, 0xC1, BINARY, 20), R2("fmul st0,st1", 0xD8, 0xC9, BINARY, 20),
  R2("fsub st0,st1", 0xD8, 0xE1, BINARY, 12), R2("fsubr st0,st1", 0xD8, 0xE9, BINARY, 6),
  R2("fdiv st0,st1", 0xD8, 0xF1, BINARY, 20), R2("fdivr st0,st1", 0xD8, 0xF9, BINARY, 6),
  R2("fadd st1,st0", 0xDC, 0xC1, BINARY, 2), R2("fsub st1,st0", 0xDC, 0xE9, BINARY, 2),
  R2("fsubr st1,st0", 0xDC, 0xE1, BINARY, 2), R2("fdiv st1,st0", 0xDC, 0xF9, BINARY, 2),
  R2("faddp", 0xDE, 0xC1, BINARY, 2), R2("fmulp", 0xDE, 0xC9, BINARY, 2),
  R2("fsubp", 0xDE, 0xE9, BINARY, 2), R2("fsubrp", 0xDE, 0xE1, BINARY, 2),
  R2("fdivp", 0xDE, 0xF9, BINARY, 2), R2("fdivrp", 0xDE, 0xF1, BINARY, 2),
  R2("fcom st1", 0xD8, 0xD1, BINARY, 8), R2("fcomp st1", 0xD8, 0xD9, BINARY, 2), R2("fcompp", 0xDE, 0xD9, BINARY, 2),
  R2("fucom st1", 0xDD, 0xE1, BINARY, 8), R2("fucomp st1", 0xDD, 0xE9, BINARY, 2), R2("fucompp", 0xDA, 0xE9, BINARY, 2),
  R2("fcomi st1", 0xDB, 0xF1, BINARY, 6), R2("fcomip st1", 0xDF, 0xF1, BINARY, 3),
  R2("fucomi st1", 0xDB, 0xE9, BINARY, 6), R2("fucomip st1", 0xDF, 0xE9, BINARY, 3),
  R2("fprem", 0xD9, 0xF8, BINARY, 16), R2("fprem1", 0xD9, 0xF5, BINARY, 16), R2("fscale", 0xD9, 0xFD, BINARY, 16),
  R2("fxch st1", 0xD9, 0xC9, BINARY, 2), R2("fst st1", 0xDD, 0xD1, BINARY, 2), R2("fstp st1", 0xDD, 0xD9, BINARY, 2),
  R2("fld st1", 0xD9, 0xC1, BINARY, 2), R2("ffree st1", 0xDD, 0xC1, BINARY, 1), R2("ffreep st1", 0xDF, 0xC1, BINARY, 1),
  R2("fcmovb", 0xDA, 0xC1, BINARY, 1), R2("fcmove", 0xDA, 0xC9, BINARY, 1), R2("fcmovbe", 0xDA, 0xD1, BINARY, 1),
  R2("fcmovu", 0xDA, 0xD9, BINARY, 1), R2("fcmovnb", 0xDB, 0xC1, BINARY, 1), R2("fcmovne", 0xDB, 0xC9, BINARY, 1),
  R2("fcmovnbe", 0xDB, 0xD1, BINARY, 1), R2("fcmovnu", 0xDB, 0xD9, BINARY, 1),
  R2("fsqrt", 0xD9, 0xFA, UNARY, 12), R2("frndint", 0xD9, 0xFC, UNARY, 10), R2("fxtract", 0xD9, 0xF4, UNARY, 8),
  R2("fchs", 0xD9, 0xE0, UNARY, 2), R2("fabs", 0xD9, 0xE1, UNARY, 2), R2("ftst", 0xD9, 0xE4, UNARY, 4),
  R2("fxam", 0xD9, 0xE5, UNARY, 4), R2("fincstp", 0xD9, 0xF7, UNARY, 1), R2("fdecstp", 0xD9, 0xF6, UNARY, 1),
  R2("fnop", 0xD9, 0xD0, UNARY, 1), R2("fnclex", 0xDB, 0xE2, UNARY, 1), R2("fninit", 0xDB, 0xE3, UNARY, 1),
  R2("fld1", 0xD9, 0xE8, UNARY, 1), R2("fldl2t", 0xD9, 0xE9, UNARY, 1), R2("fldl2e", 0xD9, 0xEA, UNARY, 1),
  R2("fldpi", 0xD9, 0xEB, UNARY, 1), R2("fldlg2", 0xD9, 0xEC, UNARY, 1), R2("fldln2", 0xD9, 0xED, UNARY, 1),
  R2("fldz", 0xD9, 0xEE, UNARY, 1),
  T2("f2xm1", 0xD9, 0xF0, UNARY, 10), T2("fsin", 0xD9, 0xFE, UNARY, 10), T2("fcos", 0xD9, 0xFF, UNARY, 10),
  T2("fsincos", 0xD9, 0xFB, UNARY, 8), T2("fptan", 0xD9, 0xF2, UNARY, 10),
  T2("fyl2x", 0xD9, 0xF1, BINARY, 12), T2("fyl2xp1", 0xD9, 0xF9, BINARY, 10), T2("fpatan", 0xD9, 0xF3, BINARY, 12),
  M2("fld m32", 0xD9, 0, 4, V_F32, 5), M2("fst m32", 0xD9, 2, 4, V_EXT, 10), M2("fstp m32", 0xD9, 3, 4, V_EXT, 3),
  M2("fld m64", 0xDD, 0, 8, V_F64, 5), M2("fst m64", 0xDD, 2, 8, V_EXT, 10), M2("fstp m64", 0xDD, 3, 8, V_EXT, 3),
  M2("fld m80", 0xDB, 5, 10, V_EXT, 4), M2("fstp m80", 0xDB, 7, 10, V_EXT, 4),
  M2("fild m16", 0xDF, 0, 2, V_INT, 2), M2("fild m32", 0xDB, 0, 4, V_INT, 2), M2("fild m64", 0xDF, 5, 8, V_INT, 3),
  M2("fist m16", 0xDF, 2, 2, V_EXT, 4), M2("fistp m16", 0xDF, 3, 2, V_EXT, 3), M2("fist m32", 0xDB, 2, 4, V_EXT, 4),
  M2("fistp m32", 0xDB, 3, 4, V_EXT, 3), M2("fistp m64", 0xDF, 7, 8, V_EXT, 8),
  M2("fbld", 0xDF, 4, 10, V_BCD, 3), M2("fbstp", 0xDF, 6, 10, V_EXT, 5),
  M2("fadd m32", 0xD8, 0, 4, V_F32, 4), M2("fmul m32", 0xD8, 1, 4, V_F32, 3), M2("fcom m32", 0xD8, 2, 4, V_F32, 3),
  M2("fsub m32", 0xD8, 4, 4, V_F32, 2), M2("fdiv m32", 0xD8, 6, 4, V_F32, 3), M2("fdivr m32", 0xD8, 7, 4, V_F32, 3),
  M2("fadd m64", 0xDC, 0, 8, V_F64, 4), M2("fmul m64", 0xDC, 1, 8, V_F64, 4), M2("fcomp m64", 0xDC, 3, 8, V_F64, 3),
  M2("fsubr m64", 0xDC, 5, 8, V_F64, 2), M2("fdiv m64", 0xDC, 6, 8, V_F64, 3), M2("fdivr m64", 0xDC, 7, 8, V_F64, 3),
  M2("fiadd m32", 0xDA, 0, 4, V_INT, 2), M2("fimul m16", 0xDE, 1, 2, V_INT, 2), M2("ficom m32", 0xDA, 2, 4, V_INT, 2),
  M2("fisubr m16", 0xDE, 5, 2, V_INT, 1), M2("fidiv m32", 0xDA, 6, 4, V_INT, 2), M2("fidivr m16", 0xDE, 7, 2, V_INT, 2),
  M2("fldcw", 0xD9, 5, 2, V_INT, 2), M2("fnstcw", 0xD9, 7, 2, V_INT, 1), M2("fnstsw", 0xDD, 7, 2, V_INT, 1),
};
#define OPS ((int) (sizeof ops / sizeof ops[0]))

static int formats[5][200], format_count[5];

static void add_to(int format, int value) { formats[format][format_count[format]++] = value; }

static void make_values(void) {
  static const uint64_t sigs[] = {
    0x8000000000000000, 0x8000000000000001, 0xFFFFFFFFFFFFFFFF, 0xC000000000000000, 0xFFFFFFFFFFFFF800, 0xFFFFFFFFFFFFFC00,
    0xFFFFFFFFFFFFFBFF, 0x8000000000000400, 0x8000000000000C00, 0xFFFFFF0000000000, 0xFFFFFF8000000000, 0xFFFFFF7FFFFFFFFF,
    0x8000008000000000, 0xC90FDAA22168C235, 0xAAAAAAAAAAAAAAAB };
  static const uint16_t exps[] = {
    1, 2, 0x0040, 0x1000, 0x2000, 0x3BCD, 0x3BCC, 0x3C00, 0x3C01, 0x3F69, 0x3F6A, 0x3F80, 0x3F81, 0x3FBE, 0x3FBF, 0x3FFD, 0x3FFE,
    0x3FFF, 0x4000, 0x4001, 0x400D, 0x400E, 0x401D, 0x401E, 0x403C, 0x403D, 0x403E, 0x403F, 0x407E, 0x407F, 0x43FE, 0x43FF,
    0x5FFF, 0x7FFD, 0x7FFE };
  static const uint64_t specials[][2] = {
    {0, 0}, {0x8000, 0}, {0, 1}, {0x8000, 1}, {0, 0x7FFFFFFFFFFFFFFF}, {0x8000, 0x4000000000000000}, {0, 0x0000000000000800},
    {0, 0x8000000000000000}, {0x8000, 0x8000000000000001}, {0, 0xFFFFFFFFFFFFFFFF}, /* pseudo-denormals */
    {0x7FFF, 0x8000000000000000}, {0xFFFF, 0x8000000000000000},
    {0x7FFF, 0xC000000000000000}, {0xFFFF, 0xC000000000000000}, {0x7FFF, 0xC000000000000001}, {0xFFFF, 0xE000000000000001},
    {0x7FFF, 0x8000000000000001}, {0xFFFF, 0x8000000000000001}, {0x7FFF, 0xBFFFFFFFFFFFFFFF}, {0xFFFF, 0xA000000000000800},
    {0x7FFF, 0}, {0x7FFF, 0x4000000000000001}, {0xFFFF, 0x7FFFFFFFFFFFFFFF}, /* pseudo-infinity, pseudo-NaNs */
    {0x3FFF, 0x4000000000000000}, {0x8001, 0x7FFFFFFFFFFFFFFF}, {0x4000, 0}, /* unnormals */
    {0x3FFF, 0x8000000000000000}, {0xBFFF, 0x8000000000000000}, {0x4000, 0x8000000000000000}, {0x3FFE, 0x8000000000000000},
    {0xBFFE, 0x8000000000000000}, {0x4000, 0xC000000000000000}, {0x4000, 0xA000000000000000}, {0x3FFF, 0xC000000000000000},
    {0x403D, 0xFFFFFFFFFFFFFFFE}, {0xC03E, 0x8000000000000000}, {0x403E, 0x8000000000000000}, {0x401D, 0xFFFFFFFE00000000},
    {0x401E, 0x8000000000000000}, {0xC01E, 0x8000000100000000}, {0xC01E, 0x8000000080000000}, {0x400D, 0xFFFF000000000000},
    {0xC00E, 0x8000800000000000}, {0x403A, 0xDE0B6B3A763FFFF0}, {0x403A, 0xDE0B6B3A76400000}, {0x403A, 0xDE0B6B3A763FFFF8},
    {0x4000, 0xC90FDAA22168C235}, {0x3FFF, 0xC90FDAA22168C235}, {0x3FFE, 0xC90FDAA22168C235}, {0x3FFE, 0xC90FDAA22168C234},
    {0x3FFE, 0xB504F333F9DE6484}, {0x3FFF, 0xB504F333F9DE6484}, {0x3FFF, 0xB504F333F9DE6485}, {0x3FFD, 0x95F619980C4336F7},
    {0xBFFD, 0x95F619980C4336F7}, {0x4014, 0x8000000000000000}, {0xC00C, 0xFFFC000000000000}, {0x400D, 0xBFFF000000000000},
    {0x400D, 0xC000000000000000}, {0xC00D, 0xC000000000000000}, {0x400D, 0x8000000000000000}, {0xC00D, 0x8040000000000000} };
  for (unsigned i = 0; i < sizeof specials / sizeof specials[0]; i++) {
    add_value(specials[i][0], specials[i][1]);
  }
  edge_count = value_count;
  for (unsigned i = 0; i < sizeof exps / sizeof exps[0]; i++) {
    for (int j = 0; j < 6; j++) {
      add_value(exps[i] | (rnd() & 1 ? 0x8000 : 0), sigs[rnd() % (sizeof sigs / sizeof sigs[0])]);
    }
  }
  for (int i = 0; i < 400; i++) {
    const int range = i % 4 == 0 ? 16000 : i % 4 == 1 ? 64 : i % 4 == 2 ? 8 : 1;
    const uint64_t mask = i & 16 ? ~0ULL : ~0ULL << (rnd() & 63);
    add_value((rnd() & 1 ? 0x8000 : 0) | (16383 + (int) (rnd() % (2 * range)) - range), (rnd() & mask) | 1ULL << 63);
  }
  for (int i = 0; i < value_count; i++) {
    add_to(V_EXT, i % 200);
    if (format_count[V_EXT] == 200) {
      break;
    }
  }
  static const uint32_t floats[] = {
    0, 0x80000000, 1, 0x807FFFFF, 0x00800000, 0x7F7FFFFF, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC00001, 0x7F800001, 0xFFBFFFFF,
    0x3F800000, 0xBF800000, 0x40000000, 0x3F000000, 0x40490FDB, 0x00400000, 0x34000000, 0x4B000001 };
  for (unsigned i = 0; i < sizeof floats / sizeof floats[0]; i++) {
    add_to(V_F32, add_value(0, floats[i]));
  }
  static const uint64_t doubles[] = {
    0, 0x8000000000000000, 1, 0x800FFFFFFFFFFFFF, 0x0010000000000000, 0x7FEFFFFFFFFFFFFF, 0x7FF0000000000000, 0xFFF0000000000000,
    0x7FF8000000000000, 0xFFF8000000000001, 0x7FF0000000000001, 0xFFF7FFFFFFFFFFFF, 0x3FF0000000000000, 0xBFF0000000000000,
    0x4000000000000000, 0x3FE0000000000000, 0x400921FB54442D18, 0x0008000000000000, 0x3FB999999999999A, 0x4024000000000000 };
  for (unsigned i = 0; i < sizeof doubles / sizeof doubles[0]; i++) {
    add_to(V_F64, add_value(0, doubles[i]));
  }
  for (int i = 0; i < 60; i++) {
    add_to(V_F32, add_value(0, (uint32_t) rnd()));
    add_to(V_F64, add_value(0, (rnd() & ~(0x7FFULL << 52)) | (rnd() % 200 + 923) << 52));
  }
  static const uint64_t integers[] = {
    0, 1, 0xFFFFFFFFFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0x80000000, 0x7FFFFFFF, 0x8000, 0x7FFF, 10, 0x37F, 0xF7F,
    0x340, 0x27E };
  for (unsigned i = 0; i < sizeof integers / sizeof integers[0]; i++) {
    add_to(V_INT, add_value(0, integers[i]));
  }
  for (int i = 0; i < 40; i++) {
    add_to(V_INT, add_value(0, rnd() >> (rnd() & 63)));
    uint64_t digits = 0;
    for (int d = 0; d < 16; d++) {
      digits = digits << 4 | rnd() % 10;
    }
    add_to(V_BCD, add_value((rnd() & 0x8000) | rnd() % 10 << 4 | rnd() % 10, i < 4 ? 0 : digits));
  }
}

static uint8_t *code;

static uint64_t (*compile(const op *o))(const image *, uint8_t *, image *, uint64_t) {
  uint8_t *p = code;
  static const uint8_t before[] = {0x89, 0xC8, 0x49, 0x89, 0xD0, 0xDD, 0x27, 0x9E}; /* mov eax,ecx; mov r8,rdx; frstor [rdi]; sahf */
  static const uint8_t after[] = {0x9C, 0x58, 0x41, 0xDD, 0x30, 0xC3}; /* pushf; pop rax; fnsave [r8]; ret */
  memcpy(p, before, sizeof before), p += sizeof before;
  memcpy(p, o->bytes, o->length), p += o->length;
  memcpy(p, after, sizeof after);
  return (void *) code;
}

static void put(uint64_t v, int bytes) {
  for (int i = 0; i < bytes; i++) {
    putchar(v >> 8 * i & 0xFF);
  }
}

static int pick(void) { return rnd() & 1 ? (int) (rnd() % edge_count) : (int) (edge_count + rnd() % 610); }

static void run_case(int index) {
  const op *o = &ops[index];
  const uint64_t style = rnd() % 16;
  uint16_t cw = 0x37F;
  if (style >= 6) {
    cw = (cw & 0x3FF) | (rnd() & 3) << 10;
  }
  if (style >= 9) {
    static const uint16_t precisions[] = {0, 0x200, 0x300};
    cw = (cw & ~0x300) | precisions[rnd() % 3];
  }
  if (style >= 12) {
    cw = (cw & ~0x3F) | (rnd() & 0x3F);
  }
  const int a = pick(), b = pick();
  const int m = o->memory && o->format != V_EXT ? formats[o->format][rnd() % format_count[o->format]] : pick();
  const int top = rnd() & 7;
  const uint16_t sw = top << 11 | (rnd() & 0x4700) | (rnd() % 8 == 0 ? cw & 0x3F & rnd() : 0);
  int empty = 0xFF & ~(1 << top) & ~(1 << ((top + 1) & 7));
  switch (rnd() % 24) {
    case 0: empty |= 1 << top; break;
    case 1: empty |= 1 << ((top + 1) & 7); break;
    case 2: empty &= ~(1 << ((top + 7) & 7)); break;
    case 3: empty = 0; break;
    case 4: empty = 0xFF; break;
    default: break;
  }
  image in, out;
  memset(&in, 0, sizeof in);
  in.cw = cw | 0xFFFF0000;
  in.sw = sw | 0xFFFF0000;
  in.tw = 0xFFFF0000;
  for (int i = 0; i < 8; i++) {
    in.tw |= (empty >> i & 1 ? 3 : 0) << 2 * i;
    in.st[i] = values[0];
  }
  in.st[0] = values[a];
  in.st[1] = values[b];
  uint8_t memory[16] = {0};
  memcpy(memory, &values[m], 10);
  uint8_t original[16];
  memcpy(original, memory, 16);
  const uint8_t flags = (rnd() & 0xD5) | 2;
  const uint64_t result = compile(o)(&in, memory, &out, (uint64_t) flags << 8);

  put(index, 1), put(cw, 2), put(sw, 2), put(empty, 1), put(flags, 1), put(a, 2), put(b, 2), put(m, 2);
  put(out.cw, 2), put(out.sw, 2), put(out.tw, 2), put(result, 1);
  const int new_top = out.sw >> 11 & 7;
  int changed = 0;
  for (int p = 0; p < 8; p++) {
    if (memcmp(&out.st[(p - new_top) & 7], &in.st[(p - top) & 7], 10)) {
      changed |= 1 << p;
    }
  }
  put(changed, 1);
  for (int p = 0; p < 8; p++) {
    if (changed >> p & 1) {
      fwrite(&out.st[(p - new_top) & 7], 1, 10, stdout);
    }
  }
  const int wrote = memcmp(memory, original, 10) != 0;
  put(wrote, 1);
  if (wrote) {
    fwrite(memory, 1, o->memory, stdout);
  }
}

int main(int argc, char **argv) {
  const int multiplier = argc > 1 ? atoi(argv[1]) : 1;
  code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  make_values();
  fwrite("X87v", 1, 4, stdout);
  put(value_count, 2);
  for (int i = 0; i < value_count; i++) {
    fwrite(&values[i], 1, 10, stdout);
  }
  put(OPS, 2);
  uint32_t cases = 0;
  for (int i = 0; i < OPS; i++) {
    put(ops[i].length, 1);
    fwrite(ops[i].bytes, 1, ops[i].length, stdout);
    put(ops[i].memory, 1);
    put(ops[i].approximate, 1);
    cases += ops[i].weight * 60 * multiplier;
  }
  put(cases, 4);
  for (int i = 0; i < OPS; i++) {
    for (int n = ops[i].weight * 60 * multiplier; n > 0; n--) {
      run_case(i);
    }
  }
  return 0;
}
