package hourglass.translator.emit;

import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.BIPUSH;
import static org.objectweb.asm.Opcodes.GETFIELD;
import static org.objectweb.asm.Opcodes.GOTO;
import static org.objectweb.asm.Opcodes.I2B;
import static org.objectweb.asm.Opcodes.I2S;
import static org.objectweb.asm.Opcodes.IADD;
import static org.objectweb.asm.Opcodes.IALOAD;
import static org.objectweb.asm.Opcodes.IAND;
import static org.objectweb.asm.Opcodes.IASTORE;
import static org.objectweb.asm.Opcodes.ICONST_0;
import static org.objectweb.asm.Opcodes.IFEQ;
import static org.objectweb.asm.Opcodes.IFGE;
import static org.objectweb.asm.Opcodes.IFGT;
import static org.objectweb.asm.Opcodes.IFLE;
import static org.objectweb.asm.Opcodes.IFLT;
import static org.objectweb.asm.Opcodes.IFNE;
import static org.objectweb.asm.Opcodes.IF_ICMPEQ;
import static org.objectweb.asm.Opcodes.IF_ICMPGE;
import static org.objectweb.asm.Opcodes.IF_ICMPGT;
import static org.objectweb.asm.Opcodes.IF_ICMPLE;
import static org.objectweb.asm.Opcodes.IF_ICMPLT;
import static org.objectweb.asm.Opcodes.IF_ICMPNE;
import static org.objectweb.asm.Opcodes.ILOAD;
import static org.objectweb.asm.Opcodes.IMUL;
import static org.objectweb.asm.Opcodes.INTEGER;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.INVOKEVIRTUAL;
import static org.objectweb.asm.Opcodes.IOR;
import static org.objectweb.asm.Opcodes.ISHL;
import static org.objectweb.asm.Opcodes.ISHR;
import static org.objectweb.asm.Opcodes.ISUB;
import static org.objectweb.asm.Opcodes.IUSHR;
import static org.objectweb.asm.Opcodes.IXOR;
import static org.objectweb.asm.Opcodes.SIPUSH;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.ir.Accesses;
import hourglass.translator.ir.Function;
import hourglass.translator.ir.Op;
import hourglass.translator.ir.RegionCode;
import hourglass.translator.ir.Routine;
import hourglass.translator.ir.Value;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;

/**
 * Emits values: each leaves one int on the JVM's operand stack, or branches.
 *
 * <p>Truth values and selections branch inside, and so can only be the whole of an op's value,
 * where nothing else is on the operand stack; lowering puts them into temporaries.
 */
final class ValueEmitter {
  static final String MEMORY = "hourglass/translator/cpu/GuestMemory";
  static final String QUICK_MEMORY = "hourglass/translator/cpu/QuickMemory";
  static final String FLAGS = "hourglass/translator/cpu/Flags";
  static final String SEGMENT = "hourglass/translator/cpu/Segment";
  private static final String STATE = "hourglass/translator/cpu/CpuState";

  private final MethodVisitor mv;
  private final Frames frames;
  private final ClassConstants constants;
  private final int denyRead;
  private final int denyWrite;

  private final boolean flat;

  /** Whether accesses take the slow path on the spot where they need it. */
  private boolean slowly;

  ValueEmitter(MethodVisitor mv, Frames frames, ClassConstants constants, RegionCode region) {
    this.mv = mv;
    this.constants = constants;
    this.frames = frames;
    final boolean user = (region.modeKey() & CpuState.MODE_USER) != 0;
    denyRead = user ? GuestMemory.DENY_READ_USER : GuestMemory.DENY_READ_SUPERVISOR;
    flat = (region.modeKey() & CpuState.MODE_FLAT) != 0;
    denyWrite = user ? GuestMemory.DENY_WRITE_USER : GuestMemory.DENY_WRITE_SUPERVISOR;
  }

  /** Sets how what is emitted from here on gets at memory. */
  void accesses(Accesses how) {
    slowly = how == Accesses.SLOW;
  }

  void constant(int value) {
    if (value >= -1 && value <= 5) {
      mv.visitInsn(ICONST_0 + value);
    } else if (value == (byte) value) {
      mv.visitIntInsn(BIPUSH, value);
    } else if (value == (short) value) {
      mv.visitIntInsn(SIPUSH, value);
    } else {
      mv.visitLdcInsn(value);
    }
  }

  /** Leaves a value on the operand stack. */
  void push(Value value) {
    switch (value) {
      case Value.Const(int c) -> constant(c);
      case Value.Register(int index) -> mv.visitVarInsn(ILOAD, Locals.REGISTERS + index);
      case Value.Temp(int id) -> mv.visitVarInsn(ILOAD, Locals.TEMPS + id);
      case Value.CodeBase b -> mv.visitVarInsn(ILOAD, Locals.BASE);
      case Value.Selector(int segment) -> {
        constants.push(ClassConstants.Field.ofSegment(segment));
        mv.visitFieldInsn(GETFIELD, SEGMENT, "selector", "I");
      }
      case Value.SystemFlags f -> state("systemFlags");
      case Value.PrivilegeLevel p -> state("cpl");
      case Value.FlagResult r -> mv.visitVarInsn(ILOAD, Locals.FLAG_RESULT);
      case Value.FlagAuxiliary a -> mv.visitVarInsn(ILOAD, Locals.FLAG_AUX);
      case Value.Carry c -> {
        mv.visitVarInsn(ILOAD, Locals.FLAG_AUX);
        constant(31);
        mv.visitInsn(IUSHR);
      }
      case Value.Binary binary -> binary(binary);
      case Value.Call call -> call(call);
      case Value.Invoke invoke -> invoke(invoke);
      case Value.Checked checked -> checked(checked);
      case Value.Load load -> load(load);
      case Value.Window window -> window(window);
      case Value.RamLoad load -> load(load);
      case Value.FlagCondition condition -> truth(condition);
      case Value.Comparison comparison -> truth(comparison);
      case Value.Select select -> select(select);
    }
  }

  private void state(String field) {
    mv.visitVarInsn(ALOAD, Locals.STATE);
    mv.visitFieldInsn(GETFIELD, STATE, field, "I");
  }

  private void binary(Value.Binary binary) {
    push(binary.left());
    push(binary.right());
    mv.visitInsn(
        switch (binary.operator()) {
          case ADD -> IADD;
          case SUB -> ISUB;
          case MUL -> IMUL;
          case AND -> IAND;
          case OR -> IOR;
          case XOR -> IXOR;
          case SHL -> ISHL;
          case SHR -> IUSHR;
          case SAR -> ISHR;
        });
  }

  private void call(Value.Call call) {
    call.arguments().forEach(this::push);
    final Function function = call.function();
    switch (function) {
      case SIGN_EXTEND_8 -> mv.visitInsn(I2B);
      case SIGN_EXTEND_16 -> mv.visitInsn(I2S);
      default ->
          mv.visitMethodInsn(
              INVOKESTATIC, function.owner(), function.method(), function.descriptor(), false);
    }
  }

  /** Calls a routine: its result, if it has one, is left on the operand stack. */
  void invoke(Value.Invoke invoke) {
    final Routine.Target routine = invoke.routine().target();
    mv.visitVarInsn(ALOAD, Locals.STATE);
    switch (routine.subject()) {
      case STATE -> {
        // it is what has been pushed
      }
      case STATE_AND_MEMORY -> constants.push(ClassConstants.Field.MEMORY);
      case UNIT -> mv.visitFieldInsn(GETFIELD, STATE, "fpu", routine.subject().descriptor());
    }
    invoke.arguments().forEach(this::push);
    mv.visitMethodInsn(
        INVOKESTATIC, routine.owner(), routine.method(), routine.descriptor(), false);
  }

  private void checked(Value.Checked checked) {
    final String method = checked.write() ? "linearForWrite" : "linearForRead";
    // In flat code the segments that are checked are FS and GS, which hardly ever have bounds.
    if (flat && !slowly) {
      quickMemory();
      constants.push(ClassConstants.Field.ofSegment(checked.segment()));
      push(checked.offset());
      quick(method, "(L" + SEGMENT + ";I)I");
    } else {
      mv.visitVarInsn(ALOAD, Locals.STATE);
      constants.push(ClassConstants.Field.ofSegment(checked.segment()));
      push(checked.offset());
      constant(checked.size());
      mv.visitMethodInsn(INVOKEVIRTUAL, STATE, method, "(L" + SEGMENT + ";II)I", false);
    }
  }

  private void load(Value.Load value) {
    memory(value.size());
    push(value.address());
    access("load", value.size(), "I", value.forWrite(), "I");
  }

  /** Emits a store. */
  void store(Op.Store store) {
    memory(store.size());
    push(store.address());
    push(store.value());
    access("store", store.size(), "II", true, "V");
  }

  private void window(Value.Window value) {
    quickMemory();
    push(value.address());
    wayMap(value.write());
    constant(GuestMemory.PAGE_SIZE - value.span() >>> 2); // in cells
    quick("window", "(I[II)I");
  }

  private void load(Value.RamLoad load) {
    ram();
    cell(load.window(), load.offset());
    mv.visitInsn(IALOAD);
    final int shift = shiftInCell(load.offset());
    if (shift != 0) {
      constant(shift);
      mv.visitInsn(IUSHR);
    }
    if (shift + 8 * load.size() < Integer.SIZE) {
      constant(mask(load.size()));
      mv.visitInsn(IAND);
    }
  }

  /** Emits a store to RAM. */
  void store(Op.RamStore store) {
    if (store.size() == Integer.BYTES) {
      ram();
      cell(store.window(), store.offset());
      push(store.value());
      mv.visitInsn(IASTORE);
      return;
    }
    quickMemory();
    cell(store.window(), store.offset());
    push(store.value());
    final int shift = shiftInCell(store.offset());
    if (shift != 0) {
      constant(shift);
      mv.visitInsn(ISHL);
    }
    constant(mask(store.size()) << shift);
    quick("setPart", "(III)V");
  }

  /** Leaves the index of the cell that a byte of a window lies in. */
  private void cell(Value window, int offset) {
    push(Value.add(window, offset / Integer.BYTES));
  }

  private static int shiftInCell(int offset) {
    return offset % Integer.BYTES * Byte.SIZE;
  }

  private static int mask(int size) {
    return -1 >>> Integer.SIZE - Byte.SIZE * size;
  }

  private void quick(String method, String descriptor) {
    mv.visitMethodInsn(INVOKEVIRTUAL, QUICK_MEMORY, method, descriptor, false);
  }

  /** Leaves whose method {@link #access} calls for an access of so many bytes. */
  private void memory(int size) {
    if (isLeftToMemory(size)) {
      constants.push(ClassConstants.Field.MEMORY);
    } else {
      quickMemory();
    }
  }

  /** Whether nothing of an access is done here: one of a byte, where it is not quick. */
  private boolean isLeftToMemory(int size) {
    return slowly && size == 1;
  }

  /**
   * Calls a method for an access.
   *
   * @param pushed descriptors of the arguments that are on the operand stack
   */
  private void access(String verb, int size, String pushed, boolean write, String returns) {
    final String method = verb + 8 * size;
    final int deny = write ? denyWrite : denyRead;
    if (isLeftToMemory(size)) {
      constant(deny);
      mv.visitMethodInsn(INVOKEVIRTUAL, MEMORY, method, "(" + pushed + "I)" + returns, false);
    } else if (slowly) {
      wayMap(write);
      constants.push(ClassConstants.Field.MEMORY);
      constant(deny);
      quick(method + "Anywhere", "(" + pushed + "[IL" + MEMORY + ";I)" + returns);
    } else {
      wayMap(write);
      quick(method, "(" + pushed + "[I)" + returns);
    }
  }

  /** Leaves a way map, a constant, on the operand stack. */
  private void wayMap(boolean write) {
    constants.push(write ? ClassConstants.Field.WRITABLE : ClassConstants.Field.READABLE);
  }

  /** Leaves the cells of RAM, a constant, on the operand stack. */
  private void ram() {
    constants.push(ClassConstants.Field.RAM);
  }

  /** Leaves what carries out instructions, a constant, on the operand stack. */
  void runtime() {
    constants.push(ClassConstants.Field.RUNTIME);
  }

  /** Leaves the constant {@link QuickMemory} on the operand stack. */
  void quickMemory() {
    constants.push(ClassConstants.Field.QUICK);
  }

  private void truth(Value condition) {
    final Label holds = new Label();
    final Label done = new Label();
    branchIf(condition, holds);
    constant(0);
    mv.visitJumpInsn(GOTO, done);
    mv.visitLabel(holds);
    frames.same();
    constant(1);
    mv.visitLabel(done);
    frames.sameWith(INTEGER);
  }

  private void select(Value.Select select) {
    final Label holds = new Label();
    final Label done = new Label();
    branchIf(select.condition(), holds);
    push(select.ifFalse());
    mv.visitJumpInsn(GOTO, done);
    mv.visitLabel(holds);
    frames.same();
    push(select.ifTrue());
    mv.visitLabel(done);
    frames.sameWith(INTEGER);
  }

  // --- conditions

  /** Branches where a condition, a value of 0 or 1, is 1. */
  void branchIf(Value condition, Label target) {
    switch (condition) {
      case Value.Comparison comparison -> compare(comparison, target);
      case Value.FlagCondition(int number) -> testFlags(number, target);
      default -> {
        push(condition);
        mv.visitJumpInsn(IFNE, target);
      }
    }
  }

  private void compare(Value.Comparison comparison, Label target) {
    final Value.Relation relation = comparison.relation();
    push(comparison.left());
    final boolean withZero = comparison.right() instanceof Value.Const(int c) && c == 0;
    final boolean unsigned = relation.ordinal() >= Value.Relation.BELOW.ordinal();
    if (unsigned) {
      push(comparison.right());
      mv.visitMethodInsn(INVOKESTATIC, "java/lang/Integer", "compareUnsigned", "(II)I", false);
    } else if (!withZero) {
      push(comparison.right());
    }
    final boolean single = unsigned || withZero;
    mv.visitJumpInsn(
        switch (relation) {
          case EQUAL -> single ? IFEQ : IF_ICMPEQ;
          case NOT_EQUAL -> single ? IFNE : IF_ICMPNE;
          case LESS, BELOW -> single ? IFLT : IF_ICMPLT;
          case GREATER_OR_EQUAL, ABOVE_OR_EQUAL -> single ? IFGE : IF_ICMPGE;
          case LESS_OR_EQUAL, BELOW_OR_EQUAL -> single ? IFLE : IF_ICMPLE;
          case GREATER, ABOVE -> single ? IFGT : IF_ICMPGT;
        },
        target);
  }

  private void testFlags(int number, Label target) {
    final boolean negated = (number & 1) != 0;
    switch (number >> 1) {
      case 1 -> { // CF
        mv.visitVarInsn(ILOAD, Locals.FLAG_AUX);
        mv.visitJumpInsn(negated ? IFGE : IFLT, target);
      }
      case 2 -> { // ZF
        mv.visitVarInsn(ILOAD, Locals.FLAG_RESULT);
        mv.visitJumpInsn(negated ? IFNE : IFEQ, target);
      }
      default -> {
        constant(number);
        mv.visitVarInsn(ILOAD, Locals.FLAG_RESULT);
        mv.visitVarInsn(ILOAD, Locals.FLAG_AUX);
        mv.visitMethodInsn(INVOKESTATIC, FLAGS, "test", "(III)Z", false);
        mv.visitJumpInsn(IFNE, target);
      }
    }
  }
}
