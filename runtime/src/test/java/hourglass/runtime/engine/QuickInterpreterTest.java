package hourglass.runtime.engine;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.runtime.fuzz.FormEncoder;
import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Disassembler;
import hourglass.translator.isa.Form;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.InstructionTable;
import hourglass.translator.isa.Syntax;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Quick forms do what handlers do, which know nothing of them. */
class QuickInterpreterTest {
  private static final int DRAWS = 40;

  /** Where operands lie: a page and the beginning of the next. */
  private static final int WINDOW_BYTES = 0x1100;

  private static final int FORMS = 36;

  private static final int FLAGS = 0x8D5;
  private static final int STACK_OFFSET = 0xF80;
  private static final int EBP_OFFSET = 0xFFE;

  private final Random random = new Random(1);

  @Test
  void everyQuickFormDoesWhatTheHandlerDoes() {
    final int mode = GuestMachine.protected32().state.modeKey;
    final Set<Integer> seen = new TreeSet<>();
    for (Form form : InstructionTable.forms()) {
      for (int draw = 0; draw < DRAWS; draw++) {
        final int[] registers = registers();
        final FormEncoder encoder = new FormEncoder(random, true, this::offset);
        for (int register = 0; register < registers.length; register++) {
          encoder.know(register, registers[register]);
        }
        final byte[] code = encoder.encode(form).orElseThrow();
        final Instruction insn = Decoder.decode(code, 0, code.length, true);
        final byte quick = QuickForms.of(insn, mode);
        if (quick != QuickForms.GENERIC) {
          seen.add((int) quick);
          compare(code, registers, random.nextInt() & FLAGS, text(insn));
        }
      }
    }
    assertEquals(FORMS, seen.size(), () -> "forms come across: " + seen);
  }

  private int[] registers() {
    final int[] registers = new int[8];
    for (int i = 0; i < registers.length; i++) {
      registers[i] = random.nextBoolean() ? offset() : random.nextInt();
    }
    registers[CpuState.ESP] = DATA + STACK_OFFSET;
    registers[CpuState.EBP] = DATA + EBP_OFFSET;
    return registers;
  }

  private int offset() {
    return DATA + random.nextInt(0x40, WINDOW_BYTES - 0x40);
  }

  private void compare(byte[] code, int[] registers, int flags, String text) {
    final long seed = random.nextLong();
    final GuestMachine expected = prepared(code, registers, flags, seed);
    final GuestMachine actual = prepared(code, registers, flags, seed);
    expected.step(TestEngine.STEP, 1);
    actual.step(TestEngine.TRANSLATE, 1);
    assertArrayEquals(expected.state.reg, actual.state.reg, () -> "registers after " + text);
    assertEquals(expected.state.eip, actual.state.eip, () -> "EIP after " + text);
    assertEquals(expected.state.eflags(), actual.state.eflags(), () -> "flags after " + text);
    assertArrayEquals(
        expected.memory.ram.bytes(DATA, WINDOW_BYTES),
        actual.memory.ram.bytes(DATA, WINDOW_BYTES),
        () -> "memory after " + text);
  }

  private static GuestMachine prepared(byte[] code, int[] registers, int flags, long seed) {
    final GuestMachine machine = GuestMachine.protected32().load(new Assembler(CODE).bytes(code));
    System.arraycopy(registers, 0, machine.state.reg, 0, registers.length);
    machine.setFlags(flags | 2);
    final Random contents = new Random(seed);
    for (int i = 0; i < WINDOW_BYTES; i += 4) {
      machine.write32(DATA + i, contents.nextInt());
    }
    return machine;
  }

  private static String text(Instruction insn) {
    return new Disassembler(Syntax.INTEL).format(insn, CODE);
  }
}
