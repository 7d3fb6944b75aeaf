package hourglass.runtime.interpreter;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.translator.asm.Register.AL;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDX;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.cpu.Flags;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Jcc, SETcc and CMOVcc under every combination of the flags they look at (Intel SDM volume 1,
 * appendix B).
 */
class ConditionTest {
  private static final int[] FLAGS = {Flags.CF, Flags.PF, Flags.ZF, Flags.SF, Flags.OF};

  private static boolean holds(Condition condition, int eflags) {
    final boolean carry = (eflags & Flags.CF) != 0;
    final boolean parity = (eflags & Flags.PF) != 0;
    final boolean zero = (eflags & Flags.ZF) != 0;
    final boolean sign = (eflags & Flags.SF) != 0;
    final boolean overflow = (eflags & Flags.OF) != 0;
    return switch (condition) {
      case O -> overflow;
      case NO -> !overflow;
      case B -> carry;
      case AE -> !carry;
      case E -> zero;
      case NE -> !zero;
      case BE -> carry || zero;
      case A -> !carry && !zero;
      case S -> sign;
      case NS -> !sign;
      case P -> parity;
      case NP -> !parity;
      case L -> sign != overflow;
      case GE -> sign == overflow;
      case LE -> zero || sign != overflow;
      case G -> !zero && sign == overflow;
    };
  }

  private static int combination(int bits) {
    int eflags = 2;
    for (int i = 0; i < FLAGS.length; i++) {
      eflags |= (bits >>> i & 1) != 0 ? FLAGS[i] : 0;
    }
    return eflags;
  }

  @ParameterizedTest
  @EnumSource
  void conditionsHoldAsTheManualSays(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    for (Condition condition : Condition.values()) {
      final Assembler code =
          new Assembler(CODE)
              .setcc(condition, AL)
              .cmovcc(condition, EBX, EDX)
              .jcc(condition, "taken")
              .mov(ECX, 0)
              .label("taken")
              .hlt();
      for (int bits = 0; bits < 1 << FLAGS.length; bits++) {
        final int eflags = combination(bits);
        final boolean holds = holds(condition, eflags);
        machine
            .load(code)
            .setFlags(eflags)
            .set(EBX, 1)
            .set(EDX, 2)
            .set(ECX, 3)
            .run(engine)
            .assertReg(AL, holds ? 1 : 0)
            .assertReg(EBX, holds ? 2 : 1)
            .assertReg(ECX, holds ? 3 : 0)
            .assertFlags(Flags.ARITHMETIC, eflags);
      }
    }
  }
}
