package hourglass.runtime.interrupt;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.GuestMachine.EXIT_VECTOR;
import static hourglass.runtime.testing.GuestMachine.FREE_SELECTOR;
import static hourglass.runtime.testing.GuestMachine.TASK;
import static hourglass.runtime.testing.GuestMachine.TSS;
import static hourglass.translator.asm.Register.AL;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.DX;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDI;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ES;
import static hourglass.translator.asm.Register.ESI;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.runtime.device.PortBus;
import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.runtime.testing.TestPorts;
import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.Flags;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PortTest {
  private static final int MAP = 0x68;

  /** A user whose TSS has a permission bitmap for ports 0 to 3FFh, all allowed. */
  private static GuestMachine withBitmap() {
    final GuestMachine machine = GuestMachine.user32().write32(TSS + 0x64, MAP << 16);
    machine.state.tr.set(TASK, TSS, MAP + 0x80, 0x8B);
    for (int i = 0; i < 0x80; i += 4) {
      machine.write32(TSS + MAP + i, 0);
    }
    return machine.write32(TSS + MAP + 0x80, 0xFF);
  }

  private static Assembler code() {
    return new Assembler(CODE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void readsKeepTheRestOfTheRegister(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    machine.ports.setInput(0x60, 0xAB);
    machine.set(EAX, 0x1122_3344).load(code().in(AL, 0x60).hlt()).run(engine);
    machine.assertReg(EAX, 0x1122_33AB);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void writesGoOutInTheirSize(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.protected32()
            .set(EAX, 0x1122_3344)
            .set(EDX, 0x3F8)
            .load(code().out(DX, AL).out(DX, AX).out(DX, EAX).hlt())
            .run(engine);
    assertEquals(
        List.of(
            new TestPorts.Write(0x3F8, 0x44, 1),
            new TestPorts.Write(0x3F8, 0x3344, 2),
            new TestPorts.Write(0x3F8, 0x1122_3344, 4)),
        machine.ports.writes());
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void usersNeedIoplOrABitmap(TestEngine engine) {
    GuestMachine.user32().load(code().in(AL, 0x60)).runToException(engine, GENERAL_PROTECTION, 0);
    GuestMachine.user32()
        .setFlags(Flags.IOPL)
        .load(code().in(AL, 0x60).intN(EXIT_VECTOR))
        .run(engine);
    withBitmap().load(code().in(AL, 0x60).intN(EXIT_VECTOR)).run(engine);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void everyPortOfAWideAccessMustBeAllowed(TestEngine engine) {
    withBitmap()
        .write32(TSS + MAP + 0x60 / 8, 1 << 8) // port 68h
        .set(EDX, 0x67)
        .load(code().in(AL, DX).in(AX, DX))
        .runToException(engine, GENERAL_PROTECTION, 0)
        .assertEip(CODE + 1);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void portsBeyondTheBitmapAreDenied(TestEngine engine) {
    withBitmap()
        .set(EDX, 0x400)
        .load(code().in(AL, DX))
        .runToException(engine, GENERAL_PROTECTION, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void stringInputRepeats(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    machine.ports.setInput(0x1F0, 0xBEEF);
    machine
        .set(ECX, 3000)
        .set(EDX, 0x1F0)
        .set(EDI, DATA)
        .load(code().rep().insw().hlt())
        .run(engine)
        .assertReg(ECX, 0)
        .assertReg(EDI, DATA + 6000)
        .assertMemory(DATA + 5996, 0xBEEF_BEEF)
        .assertMemory(DATA + 6000, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void stringOutputGoesDownwardsWithDf(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.protected32()
            .write(DATA, 1, 2, 3)
            .set(ECX, 3)
            .set(EDX, 0x80)
            .set(ESI, DATA + 2)
            .load(code().std().rep().outsb().hlt())
            .run(engine)
            .assertReg(ESI, DATA - 1);
    assertEquals(
        List.of(3, 2, 1), machine.ports.writes().stream().map(TestPorts.Write::value).toList());
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void inputThatCannotBeStoredIsNotTaken(TestEngine engine) {
    final int[] reads = {0};
    final GuestMachine machine =
        GuestMachine.protected32().descriptor(FREE_SELECTOR, DATA, 2, 0x4093);
    machine.ports.attach(
        0x60,
        0x60,
        new PortBus.PortDevice() {
          @Override
          public int readPort(int port) {
            return ++reads[0];
          }

          @Override
          public void writePort(int port, int value) {}
        });
    machine
        .set(ECX, 10)
        .set(EDX, 0x60)
        .load(code().mov(AX, FREE_SELECTOR).mov(ES, AX).rep().insb().hlt())
        .runToException(engine, GENERAL_PROTECTION, 0)
        .assertReg(ECX, 7)
        .assertReg(EDI, 3)
        .assertMemory(DATA, 0x03_0201);
    assertEquals(3, reads[0]);
  }
}
