package hourglass.runtime.engine;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDI;
import static hourglass.translator.asm.Register.ESI;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.PageTables;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.asm.Immediate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Code that is written while it runs does what its bytes say at the time. */
class SelfModifyingCodeTest {
  private static final int ROUNDS = 20;

  /** Enough for the code to be translated anew on account of the slow stores. */
  private static final int DATA_ROUNDS = 20_000;

  /** The opcodes of INC EAX and DEC EAX. */
  private static final int INC_EAX = 0x40;

  private static final int DEC_EAX = 0x48;

  @ParameterizedTest
  @EnumSource
  void storeIntoTheNextInstructionIsExecutedAsWritten(TestEngine engine) {
    GuestMachine.protected32()
        .load(
            new Assembler(CODE)
                .mov(EBX, Immediate.address("patched"))
                .mov(mem(EBX).as8(), DEC_EAX)
                .label("patched")
                .db(INC_EAX)
                .hlt())
        .set(EAX, 5)
        .run(engine)
        .assertReg(EAX, 4);
  }

  /** The first element takes the prefix away, the second is STOS without it: as a Xeon does it. */
  @ParameterizedTest
  @EnumSource
  void repeatedStoreOverItselfGoesOnAsWhatItHasBecome(TestEngine engine) {
    final int nop = 0x90;
    GuestMachine.protected32()
        .load(new Assembler(CODE).rep().stosb().db(INC_EAX).hlt())
        .set(EAX, nop)
        .set(ECX, 6)
        .set(EDI, CODE)
        .run(engine)
        .assertReg(ECX, 5)
        .assertReg(EDI, CODE + 2)
        .assertReg(EAX, nop + 1);
  }

  @ParameterizedTest
  @EnumSource
  void repeatedMoveOverItselfGoesOnAsWhatItHasBecome(TestEngine engine) {
    final int nop = 0x90;
    GuestMachine.protected32()
        .load(new Assembler(CODE).std().rep().movsb().db(INC_EAX).hlt())
        .write(DATA, nop)
        .set(ECX, 6)
        .set(ESI, DATA)
        .set(EDI, CODE + 2)
        .run(engine)
        .assertReg(ECX, 5)
        .assertReg(EDI, CODE + 1)
        .assertReg(EAX, 1);
  }

  @ParameterizedTest
  @EnumSource
  void loopThatFlipsItsOwnInstructionAlternates(TestEngine engine) {
    GuestMachine.protected32()
        .load(
            new Assembler(CODE)
                .mov(EBX, Immediate.address("patched"))
                .mov(ECX, ROUNDS)
                .label("round")
                .label("patched")
                .db(INC_EAX)
                .xor(mem(EBX).as8(), INC_EAX ^ DEC_EAX)
                .dec(ECX)
                .jcc(Condition.NE, "round")
                .hlt())
        .set(EAX, 100)
        .run(engine)
        .assertReg(EAX, 100);
  }

  @ParameterizedTest
  @EnumSource
  void targetOfAJumpInsideThePageIsExecutedAsRewritten(TestEngine engine) {
    GuestMachine.protected32()
        .load(
            new Assembler(CODE)
                .mov(ECX, ROUNDS)
                .mov(EBX, Immediate.address("patched"))
                .label("round")
                .jmp("patched")
                .label("back")
                .xor(mem(EBX).as8(), INC_EAX ^ DEC_EAX)
                .dec(ECX)
                .jcc(Condition.NE, "round")
                .hlt()
                .org(CODE + 0x800)
                .label("patched")
                .db(INC_EAX)
                .jmp("back"))
        .set(EAX, 100)
        .run(engine)
        .assertReg(EAX, 100);
  }

  @ParameterizedTest
  @EnumSource
  void storeThroughAnotherMappingOfTheCodeIsSeen(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    final PageTables tables = machine.enablePaging(false);
    final int alias = 0x80_0000;
    tables.map(alias, CODE, PageTables.PRESENT | PageTables.WRITABLE);
    machine
        .load(
            new Assembler(CODE)
                .mov(ECX, ROUNDS)
                .mov(EDI, alias + 0x100)
                .label("round")
                .call("function")
                .xor(mem(EDI).as8(), INC_EAX ^ DEC_EAX)
                .dec(ECX)
                .jcc(Condition.NE, "round")
                .hlt()
                .org(CODE + 0x100)
                .label("function")
                .db(INC_EAX)
                .ret())
        .set(EAX, 100)
        .run(engine)
        .assertReg(EAX, 100);
  }

  @ParameterizedTest
  @EnumSource
  void stringStoreOverTheCodeAfterItIsExecutedAsWritten(TestEngine engine) {
    GuestMachine.protected32()
        .load(
            new Assembler(CODE)
                .mov(EDI, Immediate.address("patched"))
                .mov(ECX, 4)
                .mov(EAX, DEC_EAX)
                .rep()
                .stosb()
                .label("patched")
                .db(INC_EAX, INC_EAX, INC_EAX, INC_EAX)
                .hlt())
        .run(engine)
        .assertReg(EAX, DEC_EAX - 4);
  }

  @ParameterizedTest
  @EnumSource
  void dataBesideCodeMayBeWrittenInALoop(TestEngine engine) {
    GuestMachine.protected32()
        .load(
            new Assembler(CODE)
                .mov(ECX, DATA_ROUNDS)
                .label("round")
                .add(mem(CODE + 0x800).as32(), ECX)
                .dec(ECX)
                .jcc(Condition.NE, "round")
                .hlt())
        .run(engine)
        .assertMemory(CODE + 0x800, DATA_ROUNDS * (DATA_ROUNDS + 1) / 2);
  }

  @ParameterizedTest
  @EnumSource
  void codeCopiedOverOldCodeReplacesIt(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    for (int value = 1; value <= 3; value++) {
      machine
          .load(new Assembler(CODE).mov(EAX, value).mov(mem(DATA).as32(), EAX).hlt())
          .run(engine)
          .assertReg(EAX, value);
    }
  }
}
