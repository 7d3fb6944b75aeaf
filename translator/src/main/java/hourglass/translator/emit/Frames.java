package hourglass.translator.emit;

import static org.objectweb.asm.Opcodes.F_FULL;
import static org.objectweb.asm.Opcodes.F_SAME;
import static org.objectweb.asm.Opcodes.F_SAME1;
import static org.objectweb.asm.Opcodes.INTEGER;
import static org.objectweb.asm.Opcodes.TOP;

import hourglass.translator.analysis.RegisterUse;
import org.objectweb.asm.MethodVisitor;

/**
 * Writes the stack map frames of a region's {@code run} method (JVM specification, section 4.7.4).
 *
 * <p>All locals have a value before the first branch target and keep their types, so every frame
 * but the first says "the same locals". This spares ASM's own computation of frames, the most
 * expensive part of emission otherwise.
 */
final class Frames {
  private final MethodVisitor mv;
  private final Object[] locals;
  private boolean begun;

  Frames(MethodVisitor mv, RegisterUse use) {
    this.mv = mv;
    locals = new Object[Locals.TEMPS + use.temps()];
    java.util.Arrays.fill(locals, INTEGER);
    locals[Locals.THIS] = "hourglass/translator/emit/RegionCode";
    locals[Locals.STATE] = "hourglass/translator/cpu/CpuState";
    for (int r = 0; r < 8; r++) {
      absentUnless((use.used() >> r & 1) != 0, Locals.REGISTERS + r);
    }
    absentUnless(use.flagsUsed(), Locals.FLAG_RESULT);
    absentUnless(use.flagsUsed(), Locals.FLAG_AUX);
  }

  private void absentUnless(boolean present, int local) {
    if (!present) {
      locals[local] = TOP;
    }
  }

  /** A branch target with nothing on the operand stack. */
  void same() {
    if (begun) {
      mv.visitFrame(F_SAME, 0, null, 0, null);
    } else {
      begun = true;
      mv.visitFrame(F_FULL, locals.length, locals, 0, new Object[0]);
    }
  }

  /**
   * A branch target with one item on the operand stack.
   *
   * @param type as in {@link MethodVisitor#visitFrame}; not at the first branch target
   */
  void sameWith(Object type) {
    mv.visitFrame(F_SAME1, 0, null, 1, new Object[] {type});
  }
}
