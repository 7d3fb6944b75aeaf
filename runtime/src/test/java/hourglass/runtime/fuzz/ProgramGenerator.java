package hourglass.runtime.fuzz;

import hourglass.runtime.testing.GuestMachine;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Form;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.InstructionTable;
import hourglass.translator.isa.Mnemonic;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Makes random programs: a body of random instructions that is run several times, with branches
 * forward, loops, calls, stores into its own code, and subroutines behind it. One in eight is
 * nothing but random bytes.
 */
final class ProgramGenerator {
  /** What the translator has code of its own for, or what shares flags with it. */
  private static final Set<Mnemonic> COMMON =
      EnumSet.of(
          Mnemonic.MOV,
          Mnemonic.MOVZX,
          Mnemonic.MOVSX,
          Mnemonic.LEA,
          Mnemonic.ADD,
          Mnemonic.ADC,
          Mnemonic.SUB,
          Mnemonic.SBB,
          Mnemonic.CMP,
          Mnemonic.AND,
          Mnemonic.OR,
          Mnemonic.XOR,
          Mnemonic.TEST,
          Mnemonic.INC,
          Mnemonic.DEC,
          Mnemonic.NEG,
          Mnemonic.NOT,
          Mnemonic.SHL,
          Mnemonic.SHR,
          Mnemonic.SAR,
          Mnemonic.ROL,
          Mnemonic.ROR,
          Mnemonic.RCL,
          Mnemonic.RCR,
          Mnemonic.SHLD,
          Mnemonic.SHRD,
          Mnemonic.IMUL,
          Mnemonic.MUL,
          Mnemonic.CBW,
          Mnemonic.CWD,
          Mnemonic.PUSH,
          Mnemonic.POP,
          Mnemonic.LEAVE,
          Mnemonic.XCHG,
          Mnemonic.XADD,
          Mnemonic.CMPXCHG,
          Mnemonic.SETCC,
          Mnemonic.CMOVCC,
          Mnemonic.BSWAP,
          Mnemonic.BT,
          Mnemonic.BTS,
          Mnemonic.BTR,
          Mnemonic.BTC,
          Mnemonic.CLC,
          Mnemonic.STC,
          Mnemonic.CMC,
          Mnemonic.CLD,
          Mnemonic.STD,
          Mnemonic.SAHF,
          Mnemonic.LAHF,
          Mnemonic.PUSHF,
          Mnemonic.POPF);

  /** What soon ends a program or leads it astray. */
  private static final Set<Mnemonic> RARE =
      EnumSet.of(
          Mnemonic.HLT,
          Mnemonic.RSM,
          Mnemonic.INVD,
          Mnemonic.WBINVD,
          Mnemonic.STI,
          Mnemonic.CLI,
          Mnemonic.IN,
          Mnemonic.OUT,
          Mnemonic.INS,
          Mnemonic.OUTS,
          Mnemonic.LDS,
          Mnemonic.LES,
          Mnemonic.LSS,
          Mnemonic.LFS,
          Mnemonic.LGS,
          Mnemonic.SIDT,
          Mnemonic.SGDT,
          Mnemonic.ENTER);

  private static final int[] POINTERS = {CpuState.EBX, CpuState.ESI, CpuState.EDI, CpuState.EBP};

  /** Offset from the start of the data of the bytes that count loops. */
  private static final int COUNTERS = 0x2F00;

  private static final int LARGEST_BODY = 40;
  private static final int LARGEST_TAME_BODY = 100;

  private final RandomGenerator random;
  private final List<Form> common = new ArrayList<>();
  private final List<Form> floating = new ArrayList<>();
  private final List<Form> simd = new ArrayList<>();
  private final List<Form> others = new ArrayList<>();
  private final List<Form> rare = new ArrayList<>();
  private final List<Form> strings = new ArrayList<>();

  private Setup setup;
  private FormEncoder encoder;
  private List<Piece> pieces;
  private int counters;

  /**
   * Whether the program keeps to what the translator has code for, and to data that do not fault.
   */
  private boolean tame;

  /** How a piece of code refers to another piece. */
  private enum Reference {
    NONE,
    /** Its last byte is a displacement. */
    RELATIVE_8,
    /** Its last bytes, of the operand size, are a displacement. */
    RELATIVE,
    /** Its last bytes, of the operand size, are an offset in the code segment. */
    OFFSET,
    /** Its last bytes but one, of the address size, are the address of a byte to be written. */
    STORE,
    /** Its last bytes, of the operand size, are an address to be written to. */
    ADDRESS,
    /** Its last bytes are a 32-bit offset in the code segment and a selector. */
    FAR
  }

  /**
   * A piece of code.
   *
   * @param target index of the piece that it refers to
   */
  private record Piece(byte[] bytes, Reference reference, int target) {}

  ProgramGenerator(RandomGenerator random) {
    this.random = random;
    for (Form form : InstructionTable.forms()) {
      classOf(form).add(form);
    }
  }

  private List<Form> classOf(Form form) {
    final boolean special =
        form.operands().stream()
            .anyMatch(kind ->
                switch (kind) {
                  case SREG, CR, DR, ES, CS, SS, DS, FS, GS -> true;
                  default -> false;
                });
    if (form.has(Form.Trait.X87)) {
      return floating;
    }
    if (form.has(Form.Trait.SIMD)) {
      return simd;
    }
    if (special
        || form.has(Form.Trait.PRIVILEGED)
        || RARE.contains(form.mnemonic())
        || form.ending() != Form.Ending.NONE && form.ending() != Form.Ending.SERIALIZE) {
      return rare;
    }
    if (form.has(Form.Trait.REP) || form.has(Form.Trait.REP_WHILE)) {
      return strings;
    }
    return COMMON.contains(form.mnemonic()) ? common : others;
  }

  /** The next program. */
  FuzzProgram next() {
    setup = Setup.values()[random.nextInt(Setup.values().length)];
    encoder = new FormEncoder(random, setup.code32, this::dataOffset);
    pieces = new ArrayList<>();
    counters = 0;
    tame = random.nextInt(3) == 0;
    final List<Integer> registers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      registers.add(setup.code32 ? encoder.anyValue() : encoder.anyValue() & 0xFFFF);
    }
    registers.set(CpuState.ESP, setup.isUser() ? GuestMachine.USER_STACK : GuestMachine.STACK);
    final boolean nearPageEnd = random.nextInt(3) == 0;
    final int origin =
        GuestMachine.CODE
            - setup.codeBase()
            + (nearPageEnd ? 0xF00 + random.nextInt(0xC0) : random.nextInt(64));
    final List<byte[]> code = random.nextInt(8) == 0 ? randomBytes() : body(origin);
    int eflags = random.nextInt() & (Flags.ARITHMETIC | Flags.DF) | 2;
    if (random.nextInt(4) == 0) {
      eflags |= Flags.IF;
    }
    if (random.nextInt(32) == 0) {
      eflags |= Flags.TF;
    }
    if (setup.isUser() && random.nextInt(16) == 0) {
      eflags |= Flags.AC;
    }
    return new FuzzProgram(
        setup,
        !setup.isReal() && random.nextBoolean(),
        origin,
        List.copyOf(registers),
        eflags,
        random.nextInt() | 1,
        random.nextInt() | 1,
        code);
  }

  private List<byte[]> randomBytes() {
    final List<byte[]> code = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      final byte[] bytes = new byte[1 + random.nextInt(6)];
      random.nextBytes(bytes);
      code.add(bytes);
    }
    return code;
  }

  // --- the body --------------------------------------------------------------------------------

  private List<byte[]> body(int origin) {
    final int size = 4 + random.nextInt(tame ? LARGEST_TAME_BODY : LARGEST_BODY);
    final int counter = beginLoop(3 + random.nextInt(10));
    final int start = pieces.size();
    while (pieces.size() < start + size) {
      piece();
    }
    endLoop(counter, start);
    plain(setup.isUser() ? new int[] {0xCD, GuestMachine.EXIT_VECTOR} : new int[] {0xF4});
    final int subroutines = pieces.size();
    for (int i = 0; i < 2; i++) {
      for (int left = 1 + random.nextInt(5); left > 0; left--) {
        instruction();
      }
      plain(0xC3);
    }
    return layOut(origin, subroutines);
  }

  private void piece() {
    switch (random.nextInt(40)) {
      case 0, 1, 2, 3, 4, 5 -> pointer(POINTERS[random.nextInt(POINTERS.length)]);
      case 6 -> loadImmediate(random.nextInt(4), encoder.anyValue());
      case 7, 8, 9 -> branch(pieces.size() + 1 + random.nextInt(6));
      case 10 -> jump(pieces.size() + 1 + random.nextInt(4));
      case 11 -> {
        final int counter = beginLoop(2 + random.nextInt(5));
        final int start = pieces.size();
        for (int left = 1 + random.nextInt(6); left > 0; left--) {
          instruction();
        }
        endLoop(counter, start);
      }
      case 12 -> refer(Reference.RELATIVE, -1, 0xE8); // to a subroutine
      case 13 -> store();
      case 14 -> string();
      case 15 -> loadImmediate(CpuState.ESP, stack());
      case 16 -> computedJump();
      case 17 -> otherSize();
      case 18 -> stringOverCode();
      default -> instruction();
    }
  }

  private void instruction() {
    final int kind = random.nextInt(100);
    final List<Form> forms =
        tame || kind < 65
            ? common
            : kind < 73 ? floating : kind < 82 ? simd : kind < 97 ? others : rare;
    final Form form = forms.get(random.nextInt(forms.size()));
    final Optional<byte[]> bytes = encoder.encode(form);
    if (bytes.isEmpty()) {
      return;
    }
    pieces.add(new Piece(bytes.get(), Reference.NONE, 0));
    final Instruction insn = Decoder.decode(bytes.get(), 0, bytes.get().length, setup.code32);
    if (insn.reg != Instruction.NONE) {
      encoder.forget(insn.reg & 7);
    }
    if (!insn.memory && insn.rm != Instruction.NONE) {
      encoder.forget(insn.rm & 7);
    }
  }

  private void plain(int... bytes) {
    refer(Reference.NONE, 0, bytes);
  }

  private void plain(byte[] bytes) {
    pieces.add(new Piece(bytes, Reference.NONE, 0));
  }

  private void refer(Reference reference, int target, int... opcode) {
    final int extra =
        switch (reference) {
          case NONE -> 0;
          case RELATIVE_8 -> 1;
          case RELATIVE, OFFSET -> wordSize();
          case STORE -> wordSize() + 1;
          case ADDRESS -> wordSize();
          case FAR -> 6;
        };
    final byte[] bytes = new byte[opcode.length + extra];
    for (int i = 0; i < opcode.length; i++) {
      bytes[i] = (byte) opcode[i];
    }
    if (reference == Reference.STORE) {
      bytes[bytes.length - 1] = (byte) (random.nextBoolean() ? 0x40 + random.nextInt(16) : 0x90);
    }
    pieces.add(new Piece(bytes, reference, target));
  }

  private int wordSize() {
    return setup.code32 ? 4 : 2;
  }

  private void loadImmediate(int register, int value) {
    final byte[] bytes = new byte[1 + wordSize()];
    bytes[0] = (byte) (0xB8 + register);
    put(bytes, 1, value, wordSize());
    pieces.add(new Piece(bytes, Reference.NONE, 0));
    encoder.know(register, value);
  }

  private void pointer(int register) {
    loadImmediate(register, dataOffset());
  }

  private int stack() {
    final int top = setup.isUser() ? GuestMachine.USER_STACK : GuestMachine.STACK;
    return top - random.nextInt(0x100);
  }

  /** An offset in DS: mostly in ordinary data, at any alignment, sometimes where it faults. */
  private int dataOffset() {
    final int page = random.nextInt(3) << 12;
    final int offset =
        switch (tame ? random.nextInt(20) : random.nextInt(24)) {
          case 0, 1, 2 -> page + 0xFF8 + random.nextInt(8);
          case 3, 4, 5, 6 -> page + random.nextInt(0xE00);
          case 20 -> Setup.UNMAPPED - 4 + random.nextInt(8);
          case 21 -> Setup.READ_ONLY - 4 + random.nextInt(8);
          case 22, 23 -> Setup.CODE_ALIAS + random.nextInt(0x100);
          default -> page + (random.nextInt(0x80) << 2);
        };
    return setup.dataOffset + offset;
  }

  // --- control flow ----------------------------------------------------------------------------

  /** Sets a new counter and returns its number. */
  private int beginLoop(int rounds) {
    final byte[] bytes = counterAccess(0xC6, 0, 1);
    bytes[bytes.length - 1] = (byte) rounds;
    pieces.add(new Piece(bytes, Reference.NONE, 0));
    return counters++;
  }

  private void endLoop(int counter, int start) {
    final int last = counters;
    counters = counter;
    pieces.add(new Piece(counterAccess(0xFE, 1, 0), Reference.NONE, 0)); // DEC
    counters = last;
    refer(Reference.RELATIVE, start, 0x0F, 0x85);
  }

  private byte[] counterAccess(int opcode, int digit, int immediateBytes) {
    final byte[] bytes = new byte[2 + wordSize() + immediateBytes];
    bytes[0] = (byte) opcode;
    bytes[1] = (byte) (digit << 3 | (setup.code32 ? 5 : 6));
    put(bytes, 2, setup.dataOffset + COUNTERS + counters, wordSize());
    return bytes;
  }

  private void branch(int target) {
    switch (random.nextInt(8)) {
      case 0 -> refer(Reference.RELATIVE_8, target, 0xE0 + random.nextInt(4)); // LOOPNE ... JCXZ
      case 1, 2 -> refer(Reference.RELATIVE, target, 0x0F, 0x80 + random.nextInt(16));
      default -> refer(Reference.RELATIVE_8, target, 0x70 + random.nextInt(16));
    }
  }

  private void jump(int target) {
    if (random.nextBoolean()) {
      refer(Reference.RELATIVE_8, target, 0xEB);
    } else {
      refer(Reference.RELATIVE, target, 0xE9);
    }
  }

  private void computedJump() {
    final int target = pieces.size() + 2 + random.nextInt(3);
    if (random.nextBoolean()) {
      refer(Reference.OFFSET, target, 0xB8); // MOV eAX
      plain(0xFF, 0xE0);
    } else {
      refer(Reference.OFFSET, target, 0x68); // PUSH
      plain(0xC3);
    }
    encoder.forget(CpuState.EAX);
  }

  /** Some instructions in a code segment of the other size, jumped or called to. */
  private void otherSize() {
    if (!setup.hasBothSizes()) {
      return;
    }
    final boolean call = random.nextBoolean();
    final boolean big = !setup.code32;
    // The pointer, of 32 bits, as 16- and 32-bit code have it.
    if (call) {
      jump(pieces.size() + 4);
    }
    final int there = pieces.size() + (call ? 0 : 1);
    if (!call) {
      far(0xEA, setup.code32, big, there);
    }
    final FormEncoder other = new FormEncoder(random, big, this::dataOffset);
    final int count = call ? 2 : 3;
    for (int i = 0; i < count; i++) {
      final Form form = common.get(random.nextInt(common.size()));
      plain(other.encode(form).orElse(new byte[] {(byte) 0x90}));
    }
    if (call) {
      plain(big ? new byte[] {(byte) 0xCB} : new byte[] {0x66, (byte) 0xCB});
      far(0x9A, setup.code32, big, there);
    } else {
      far(0xEA, big, setup.code32, pieces.size() + 1);
    }
    for (int register = 0; register < 8; register++) {
      encoder.forget(register);
    }
  }

  /** A far jump or call, from code of one size to code of another. */
  private void far(int opcode, boolean from, boolean to, int target) {
    if (from) {
      refer(Reference.FAR, target, opcode);
    } else {
      refer(Reference.FAR, target, 0x66, opcode);
    }
    final byte[] bytes = pieces.getLast().bytes();
    put(bytes, bytes.length - 2, setup.codeSelector(to), 2);
  }

  /** A repeated store over code that comes soon, or is running. */
  private void stringOverCode() {
    if (setup.codeNeedsStackSegment()) {
      return;
    }
    refer(Reference.ADDRESS, pieces.size() + random.nextInt(6), 0xB8 + CpuState.EDI);
    loadImmediate(CpuState.ECX, random.nextInt(6));
    loadImmediate(CpuState.EAX, 0x9090_9090 ^ (random.nextBoolean() ? 0 : 0xD0));
    plain(0xF3, random.nextInt(4) == 0 ? 0xAB : 0xAA);
    encoder.forget(CpuState.EDI);
    encoder.forget(CpuState.ECX);
  }

  /** A store of a byte into the code; often into the instruction after it. */
  private void store() {
    final int target =
        random.nextInt(3) == 0 ? pieces.size() + 1 : random.nextInt(pieces.size() + 8);
    final int modrm = setup.code32 ? 5 : 6;
    if (setup.codeNeedsStackSegment()) {
      refer(Reference.STORE, target, 0x36, 0xC6, modrm);
    } else {
      refer(Reference.STORE, target, 0xC6, modrm);
    }
  }

  private void string() {
    pointer(CpuState.ESI);
    pointer(CpuState.EDI);
    loadImmediate(CpuState.ECX, random.nextInt(20));
    final Form form = strings.get(random.nextInt(strings.size()));
    encoder.encode(form).ifPresent(bytes -> pieces.add(new Piece(bytes, Reference.NONE, 0)));
    encoder.forget(CpuState.ESI);
    encoder.forget(CpuState.EDI);
    encoder.forget(CpuState.ECX);
  }

  // --- layout ----------------------------------------------------------------------------------

  private List<byte[]> layOut(int origin, int subroutines) {
    final int[] offsets = new int[pieces.size() + 1];
    offsets[0] = origin;
    for (int i = 0; i < pieces.size(); i++) {
      offsets[i + 1] = offsets[i] + pieces.get(i).bytes().length;
    }
    final List<byte[]> code = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      final Piece piece = pieces.get(i);
      final byte[] bytes = piece.bytes();
      final int target =
          offsets[
              piece.target() < 0
                  ? subroutines + random.nextInt(pieces.size() - subroutines)
                  : Math.min(piece.target(), subroutines - 1)];
      final int distance = target - offsets[i + 1];
      switch (piece.reference()) {
        case RELATIVE_8 ->
            put(bytes, bytes.length - 1, distance == (byte) distance ? distance : 0, 1);
        case RELATIVE -> put(bytes, bytes.length - wordSize(), distance, wordSize());
        case OFFSET -> put(bytes, bytes.length - wordSize(), target, wordSize());
        case STORE ->
            put(
                bytes,
                bytes.length - 1 - wordSize(),
                setup.codeBase() + target + random.nextInt(3),
                wordSize());
        case ADDRESS ->
            put(bytes, bytes.length - wordSize(), setup.codeBase() + target, wordSize());
        case FAR -> put(bytes, bytes.length - 6, target, 4);
        default -> {
          // nothing to fill in
        }
      }
      code.add(bytes);
    }
    return code;
  }

  private static void put(byte[] bytes, int at, int value, int size) {
    for (int i = 0; i < size; i++) {
      bytes[at + i] = (byte) (value >> 8 * i);
    }
  }
}
