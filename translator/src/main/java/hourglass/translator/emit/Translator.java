package hourglass.translator.emit;

import static org.objectweb.asm.Opcodes.ACC_FINAL;
import static org.objectweb.asm.Opcodes.ACC_PRIVATE;
import static org.objectweb.asm.Opcodes.ACC_PUBLIC;
import static org.objectweb.asm.Opcodes.ACC_STATIC;
import static org.objectweb.asm.Opcodes.ACC_SUPER;
import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.CHECKCAST;
import static org.objectweb.asm.Opcodes.DUP;
import static org.objectweb.asm.Opcodes.INVOKESPECIAL;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.INVOKEVIRTUAL;
import static org.objectweb.asm.Opcodes.PUTSTATIC;
import static org.objectweb.asm.Opcodes.RETURN;
import static org.objectweb.asm.Opcodes.V17;

import hourglass.translator.analysis.CodeSource;
import hourglass.translator.analysis.Liveness;
import hourglass.translator.analysis.RegionFormer;
import hourglass.translator.analysis.RegisterUse;
import hourglass.translator.analysis.Windows;
import hourglass.translator.cpu.QuickMemory;
import hourglass.translator.ir.RegionCode;
import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.CodeSizeEvaluator;

/**
 * Translates guest code: from a page of bytes and a hot place in it to a region that can run.
 *
 * <p>Stateless; may be used from several threads.
 */
public final class Translator {
  /** HotSpot does not compile methods of more bytecode than this ({@code -XX:HugeMethodLimit}). */
  public static final int MAX_BYTECODE = 8000;

  /**
   * Guest instructions of a region at most. HotSpot's C2 takes disproportionately long for large
   * methods; at about 25 bytes of bytecode each, regions of this size stay under {@link
   * #MAX_BYTECODE}, too.
   */
  private static final int MAX_INSTRUCTIONS = 120;

  private static final String REGION = "hourglass/translator/emit/Region";

  /** What every generated class is called. */
  static final String CLASS = REGION + "Code";

  /** The static field that holds the guest's {@link QuickMemory}. */
  static final String QUICK = "quick";

  /** The static field that holds its cells of RAM. */
  static final String RAM = "ram";

  private static final String HANDLES = "java/lang/invoke/MethodHandles";
  private static final String DESCRIPTION = "hourglass/translator/emit/RegionDescription";
  private static final String RUN =
      "(Lhourglass/translator/cpu/CpuState;Lhourglass/translator/cpu/GuestMemory;"
          + "Lhourglass/translator/emit/RegionRuntime;I)I";

  private Translator() {}

  /**
   * A region's class before it is loaded.
   *
   * @param classFile the class file
   * @param description what the region was made of
   */
  public record Emitted(byte[] classFile, RegionDescription description) {}

  /**
   * Translates the code at an offset of a page, and loads the region.
   *
   * @param memory what the region accesses
   * @return the region, or nothing where there is no whole instruction at the offset
   */
  public static Optional<Region> translate(CodeSource code, int root, QuickMemory memory) {
    return emit(code, root, "code").map(emitted -> load(emitted, memory));
  }

  /**
   * Translates the code at an offset of a page into a class file.
   *
   * @param source what the class calls its source file: a symbol or an address
   */
  public static Optional<Emitted> emit(CodeSource code, int root, String source) {
    int maxInstructions = MAX_INSTRUCTIONS;
    while (true) {
      final Optional<RegionCode> region =
          RegionFormer.form(code, root, maxInstructions).map(Windows::share).map(Liveness::prune);
      if (region.isEmpty()) {
        return Optional.empty();
      }
      final Emitted emitted = emit(region.get(), source);
      if (emitted.description().bytecodeSize() < MAX_BYTECODE || maxInstructions == 1) {
        return Optional.of(emitted);
      }
      maxInstructions = Math.max(1, maxInstructions / 2);
    }
  }

  /** Emits the class of a region whose code is known. */
  public static Emitted emit(RegionCode region, String source) {
    final ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    writer.visit(V17, ACC_FINAL | ACC_SUPER, CLASS, null, REGION, null);
    writer.visitSource(source, null);
    holdMemory(writer);
    final MethodVisitor constructor =
        writer.visitMethod(ACC_PUBLIC, "<init>", "(L" + DESCRIPTION + ";)V", null, null);
    constructor.visitCode();
    constructor.visitVarInsn(ALOAD, 0);
    constructor.visitVarInsn(ALOAD, 1);
    constructor.visitMethodInsn(INVOKESPECIAL, REGION, "<init>", "(L" + DESCRIPTION + ";)V", false);
    constructor.visitInsn(RETURN);
    constructor.visitMaxs(0, 0);
    constructor.visitEnd();
    final CodeSizeEvaluator run =
        new CodeSizeEvaluator(writer.visitMethod(ACC_PUBLIC, "run", RUN, null, null));
    run.visitCode();
    final int[] exits = new RegionEmitter(region, RegisterUse.of(region), run).emit();
    run.visitMaxs(0, 0);
    run.visitEnd();
    writer.visitEnd();
    return new Emitted(writer.toByteArray(), RegionDescription.of(region, exits, run.getMaxSize()));
  }

  /**
   * Gives a class its static fields for the memory and its RAM, from the class data that it is
   * loaded with.
   */
  private static void holdMemory(ClassWriter writer) {
    final String descriptor = "L" + ValueEmitter.QUICK_MEMORY + ";";
    writer
        .visitField(ACC_PRIVATE | ACC_STATIC | ACC_FINAL, QUICK, descriptor, null, null)
        .visitEnd();
    writer.visitField(ACC_PRIVATE | ACC_STATIC | ACC_FINAL, RAM, "[I", null, null).visitEnd();
    final MethodVisitor initializer = writer.visitMethod(ACC_STATIC, "<clinit>", "()V", null, null);
    initializer.visitCode();
    initializer.visitMethodInsn(
        INVOKESTATIC, HANDLES, "lookup", "()L" + HANDLES + "$Lookup;", false);
    initializer.visitLdcInsn(ConstantDescs.DEFAULT_NAME);
    initializer.visitLdcInsn(Type.getObjectType(ValueEmitter.QUICK_MEMORY));
    initializer.visitMethodInsn(
        INVOKESTATIC,
        HANDLES,
        "classData",
        "(L" + HANDLES + "$Lookup;Ljava/lang/String;Ljava/lang/Class;)Ljava/lang/Object;",
        false);
    initializer.visitTypeInsn(CHECKCAST, ValueEmitter.QUICK_MEMORY);
    initializer.visitInsn(DUP);
    initializer.visitFieldInsn(PUTSTATIC, CLASS, QUICK, descriptor);
    initializer.visitMethodInsn(INVOKEVIRTUAL, ValueEmitter.QUICK_MEMORY, RAM, "()[I", false);
    initializer.visitFieldInsn(PUTSTATIC, CLASS, RAM, "[I");
    initializer.visitInsn(RETURN);
    initializer.visitMaxs(0, 0);
    initializer.visitEnd();
  }

  /**
   * Loads an emitted class as a hidden class and makes its one instance.
   *
   * @param memory what the region accesses
   */
  public static Region load(Emitted emitted, QuickMemory memory) {
    try {
      final MethodHandles.Lookup lookup =
          MethodHandles.lookup().defineHiddenClassWithClassData(emitted.classFile(), memory, false);
      final MethodHandle constructor =
          lookup.findConstructor(
              lookup.lookupClass(), MethodType.methodType(void.class, RegionDescription.class));
      return (Region) constructor.invoke(emitted.description());
    } catch (
        Throwable t) { // MethodHandle.invoke declares no less; all of it is a bug of the emitter
      throw new IllegalStateException("a generated class does not load", t);
    }
  }
}
