package hourglass.translator.isa;

/**
 * What some processors have and others have not, with its place among the answers of CPUID (Intel
 * SDM volume 2, tables 3-10, 3-11 and 3-17).
 */
public enum Feature {
  /** What every processor from the 486 on has: no bit. */
  BASE(Word.NONE, 0),
  /** The floating-point unit. */
  FPU(Word.EDX, 0),
  /** Virtual-8086 mode extensions. */
  VME(Word.EDX, 1),
  /** Debugging extensions: I/O breakpoints. */
  DE(Word.EDX, 2),
  /** Pages of 4 MiB. */
  PSE(Word.EDX, 3),
  /** RDTSC. */
  TSC(Word.EDX, 4),
  /** RDMSR and WRMSR. */
  MSR(Word.EDX, 5),
  /** Page tables with entries of 64 bits. */
  PAE(Word.EDX, 6),
  /** CMPXCHG8B. */
  CX8(Word.EDX, 8),
  /** SYSENTER and SYSEXIT. */
  SEP(Word.EDX, 11),
  /** Global pages. */
  PGE(Word.EDX, 13),
  /** CMOVcc, FCMOVcc and FCOMI; the long NOP and RDPMC, which came with them. */
  CMOV(Word.EDX, 15),
  /** CLFLUSH. */
  CLFLUSH(Word.EDX, 19),
  MMX(Word.EDX, 23),
  /** FXSAVE and FXRSTOR. */
  FXSR(Word.EDX, 24),
  SSE(Word.EDX, 25),
  SSE2(Word.EDX, 26),
  SSE3(Word.ECX, 0),
  SSSE3(Word.ECX, 9),
  SSE4_1(Word.ECX, 19),
  SSE4_2(Word.ECX, 20),
  POPCNT(Word.ECX, 23),
  /** Pages that hold no code. */
  NX(Word.EXTENDED_EDX, 20);

  /** The register that CPUID reports a feature in. */
  public enum Word {
    /** None: it is not reported. */
    NONE,
    /** EDX of leaf 1. */
    EDX,
    /** ECX of leaf 1. */
    ECX,
    /** EDX of leaf 80000001h. */
    EXTENDED_EDX
  }

  private final Word word;
  private final int bit;

  Feature(Word word, int bit) {
    this.word = word;
    this.bit = bit;
  }

  /** The feature's bit in one of CPUID's registers; 0 where it is reported in another one. */
  public int maskIn(Word register) {
    return word == register && register != Word.NONE ? 1 << bit : 0;
  }
}
