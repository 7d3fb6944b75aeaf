package hourglass.runtime.interrupt;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.GuestMachine.EXIT_VECTOR;
import static hourglass.runtime.testing.GuestMachine.USER_STACK;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.DL;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDI;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ESI;
import static hourglass.translator.asm.Register.ESP;
import static hourglass.translator.cpu.GuestFault.ALIGNMENT_CHECK;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.PageTables;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * #AC (Intel SDM volume 3, section 6.15). Which instruction asks for which alignment was seen on an
 * Intel Xeon.
 */
class AlignmentCheckTest {
  private static final int PLACE = DATA + 0x100;
  private static final int[] DISTANCES = {0, 1, 2, 4};

  /**
   * An instruction that accesses memory at ESI, which EDI and ESP are equal to, and the alignment
   * that it asks for.
   */
  private record Access(String code, int alignment) {}

  private static final List<Access> ACCESSES =
      List.of(
          new Access("8A06", 1), // mov al, [esi]
          new Access("668B06", 2),
          new Access("8B06", 4),
          new Access("8906", 4), // mov [esi], eax
          new Access("0106", 4), // add [esi], eax
          new Access("F00FC106", 4), // lock xadd
          new Access("D326", 4), // shl [esi], cl
          new Access("0F4406", 4), // cmovz
          new Access("0FAB06", 4), // bts [esi], eax
          new Access("0FC70E", 8), // cmpxchg8b
          new Access("6206", 4), // bound
          new Access("8E06", 2), // mov es, [esi]
          new Access("8C06", 2), // mov [esi], es
          new Access("0F0206", 2), // lar
          new Access("F20F38F106", 4), // crc32
          new Access("A4", 1),
          new Access("F3A4", 1),
          new Access("66A5", 2),
          new Access("A5", 4),
          new Access("F3A5", 4),
          new Access("F3AB", 4),
          new Access("AD", 4),
          new Access("F3A7", 4),
          new Access("F3AF", 4),
          new Access("50", 4), // push eax
          new Access("6650", 2),
          new Access("1E", 4), // push ds
          new Access("9C", 4), // pushf
          new Access("58", 4), // pop eax
          new Access("60", 4), // pusha
          new Access("6660", 2),
          new Access("61", 4), // popa
          new Access("E800000000", 4), // call
          new Access("C8100000", 4), // enter
          new Access("FF36", 4), // push [esi]
          new Access("8F06", 4), // pop [esi]
          new Access("D906", 4), // fld m32
          new Access("DD06", 8), // fld m64
          new Access("DB2E", 8), // fld m80
          new Access("DB3E", 8), // fstp m80
          new Access("DF2E", 8), // fild m64
          new Access("DF26", 8), // fbld
          new Access("D92E", 2), // fldcw
          new Access("D936", 4), // fnstenv
          new Access("66D936", 2),
          new Access("DD36", 4), // fnsave
          new Access("66DD36", 2),
          new Access("DD26", 4), // frstor
          new Access("66DD26", 2),
          new Access("0F1006", 1), // movups
          new Access("0F1106", 1),
          new Access("F30F6F06", 1), // movdqu
          new Access("F20FF006", 1), // lddqu
          new Access("660F3A630600", 1), // pcmpistri
          new Access("F30F1006", 4), // movss
          new Access("F20F1006", 8), // movsd
          new Access("0F1206", 8), // movlps
          new Access("0F1706", 8), // movhps
          new Access("0F6F06", 8), // movq mm
          new Access("660FC40600", 2), // pinsrw
          new Access("0FAE1E", 4)); // stmxcsr

  private static GuestMachine checked() {
    final GuestMachine machine = GuestMachine.user32();
    machine.state.cr0 |= CpuState.CR0_AM;
    machine.state.cr4 |= CpuState.CR4_OSFXSR;
    return flagged(machine);
  }

  private static GuestMachine flagged(GuestMachine machine) {
    machine.setFlags(Flags.AC | 2);
    machine.state.updateMode();
    return machine;
  }

  private static Assembler code() {
    return new Assembler(CODE);
  }

  private static Assembler load() {
    return code().mov(EAX, mem(ESI)).intN(EXIT_VECTOR);
  }

  @ParameterizedTest
  @EnumSource
  void operandsMustBeAlignedToWhatTheInstructionAsks(TestEngine engine) {
    for (Access access : ACCESSES) {
      for (int distance : DISTANCES) {
        final int[] bytes = new int[access.code.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = HexFormat.fromHexDigits(access.code, 2 * i, 2 * i + 2);
        }
        final GuestMachine machine = checked().load(code().db(bytes).intN(EXIT_VECTOR));
        final int at = PLACE + distance;
        machine.set(ESI, at).set(EDI, at).set(ESP, at).set(ECX, 3);
        if (distance % access.alignment == 0) {
          machine.run(engine);
        } else {
          machine.runToException(engine, ALIGNMENT_CHECK, 0).assertEip(CODE);
          machine.assertReg(ESI, at).assertReg(EDI, at).assertReg(ECX, 3);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutTheFlagOrTheMaskNothingIsChecked(TestEngine engine) {
    GuestMachine.user32().setFlags(Flags.AC | 2).load(load()).set(ESI, PLACE + 1).run(engine);
    final GuestMachine masked = GuestMachine.user32();
    masked.state.cr0 |= CpuState.CR0_AM;
    masked.load(load()).set(ESI, PLACE + 1).run(engine);
  }

  @ParameterizedTest
  @EnumSource
  void theKernelIsNotChecked(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    machine.state.cr0 |= CpuState.CR0_AM;
    flagged(machine).load(code().mov(EAX, mem(ESI)).hlt()).set(ESI, PLACE + 1).run(engine);
  }

  @ParameterizedTest
  @EnumSource
  void repetitionOfNothingAccessesNothing(TestEngine engine) {
    checked()
        .load(code().db(0xF3, 0xA5).intN(EXIT_VECTOR))
        .set(ESI, PLACE + 1)
        .set(EDI, PLACE + 2)
        .set(ECX, 0)
        .run(engine);
  }

  @ParameterizedTest
  @EnumSource
  void alignmentComesBeforeThePageAndAfterTheSegment(TestEngine engine) {
    final GuestMachine machine = checked();
    machine.enablePaging(false).map(PLACE, 0, 0);
    machine.load(load()).set(ESI, PLACE + 1).runToException(engine, ALIGNMENT_CHECK, 0);

    final GuestMachine limited = checked();
    limited.state.segment[CpuState.DS].set(GuestMachine.USER_DATA, 0, PLACE, 0x40F3);
    limited.state.updateMode();
    limited.load(load()).set(ESI, PLACE + 1).runToException(engine, GENERAL_PROTECTION, 0);
  }

  @ParameterizedTest
  @EnumSource
  void operandsOf16BytesAreAProtectionFaultAsEver(TestEngine engine) {
    checked()
        .load(code().db(0x0F, 0x28, 0x06).intN(EXIT_VECTOR)) // movaps
        .set(ESI, PLACE + 4)
        .runToException(engine, GENERAL_PROTECTION, 0);
  }

  @ParameterizedTest
  @EnumSource
  void theStoreOfAFarCallIsOneOfTheStack(TestEngine engine) {
    final GuestMachine machine = checked().set(ESP, USER_STACK - 2);
    machine
        .load(code().db(0x9A).dd(CODE + 0x100).dw(GuestMachine.USER_CODE))
        .runToException(engine, ALIGNMENT_CHECK, 0);
    machine.assertMemory(USER_STACK - 8, 0);
  }

  /**
   * A loop that is hot, and translated, long before the flag is set in it: the tenth round from the
   * end begins with POPF, and its access faults.
   */
  @ParameterizedTest
  @EnumSource
  void theFlagCountsFromTheInstructionThatSetsItOn(TestEngine engine) {
    final GuestMachine machine = GuestMachine.user32();
    machine.state.cr0 |= CpuState.CR0_AM;
    machine
        .load(
            code()
                .mov(ECX, 3000)
                .label("round")
                .xor(EDX, EDX)
                .cmp(ECX, 10)
                .setcc(Condition.E, DL)
                .shl(EDX, 18)
                .push(EDX)
                .popf()
                .label("access")
                .add(EBX, mem(ESI))
                .loop("round")
                .intN(EXIT_VECTOR))
        .set(ESI, PLACE + 1)
        .write32(PLACE + 1, 3)
        .runToException(engine, ALIGNMENT_CHECK, 0)
        .assertReg(ECX, 10)
        .assertReg(EBX, 2990 * 3);
  }

  /** The handler clears the flag in its frame; the instruction is then done, and the rest too. */
  @ParameterizedTest
  @EnumSource
  void aHandlerThatClearsTheFlagLetsTheProgramGoOn(TestEngine engine) {
    final int handler = CODE + 0x400;
    checked()
        .alsoLoad(
            new Assembler(handler)
                .inc(EDX)
                .add(ESP, 4) // the error code
                .add(mem(ESI).disp(4).as32(), 1) // not aligned either, but at level 0
                .and(mem(ESP).disp(8).as32(), ~Flags.AC)
                .iretd())
        .handler(ALIGNMENT_CHECK, handler)
        .load(
            code()
                .mov(EAX, mem(ESI))
                .mov(EBX, mem(ESI).disp(8))
                .pushf()
                .or(mem(ESP).as32(), Flags.AC)
                .popf()
                .mov(ECX, mem(ESI))
                .intN(EXIT_VECTOR))
        .set(ESI, PLACE + 2)
        .set(EDX, 0)
        .write32(PLACE + 2, 0x1234_5678)
        .run(engine)
        .assertReg(EAX, 0x1234_5678)
        .assertReg(ECX, 0x1234_5678)
        .assertReg(EDX, 2)
        .assertMemory(PLACE + 6, 2);
  }

  @ParameterizedTest
  @EnumSource
  void virtual8086ProgramsAreCheckedToo(TestEngine engine) {
    final int program = 0x3000;
    final GuestMachine machine = GuestMachine.protected32();
    machine.state.cr0 |= CpuState.CR0_AM;
    machine
        .alsoLoad(new Assembler(program).bits16().mov(EAX, mem(0x102)).hlt())
        .load(
            code()
                .push(0)
                .push(0)
                .push(0)
                .push(0)
                .push(0)
                .push(0x7000)
                .push(Flags.VM | Flags.AC | 2)
                .push(0)
                .push(program)
                .iretd())
        .runToException(engine, ALIGNMENT_CHECK, 0)
        .assertEip(program);
  }

  @ParameterizedTest
  @EnumSource
  void pagesThatWereUsedBeforeAreCheckedAndUsableAfterwards(TestEngine engine) {
    final GuestMachine machine = GuestMachine.user32();
    machine.state.cr0 |= CpuState.CR0_AM;
    final PageTables tables = machine.enablePaging(true);
    tables.map(PLACE, PLACE, PageTables.PRESENT | PageTables.WRITABLE | PageTables.USER);
    machine
        .load(
            code()
                .mov(mem(ESI), EAX)
                .push(Flags.AC)
                .popf()
                .mov(EBX, mem(ESI).disp(3))
                .push(0)
                .popf()
                .mov(ECX, mem(ESI))
                .push(Flags.AC)
                .popf()
                .label("last")
                .mov(EDX, mem(ESI))
                .intN(EXIT_VECTOR))
        .set(ESI, PLACE + 1)
        .set(EAX, 0x55)
        .set(EDX, 7)
        .runToException(engine, ALIGNMENT_CHECK, 0)
        .assertReg(ECX, 0x55)
        .assertReg(EDX, 7);
  }
}
