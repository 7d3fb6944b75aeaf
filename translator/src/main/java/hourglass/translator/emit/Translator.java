package hourglass.translator.emit;

import static org.objectweb.asm.Opcodes.ACC_FINAL;
import static org.objectweb.asm.Opcodes.ACC_PUBLIC;
import static org.objectweb.asm.Opcodes.ACC_SUPER;
import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.INVOKESPECIAL;
import static org.objectweb.asm.Opcodes.RETURN;
import static org.objectweb.asm.Opcodes.V17;

import hourglass.translator.analysis.CodeSource;
import hourglass.translator.analysis.Liveness;
import hourglass.translator.analysis.RegionFormer;
import hourglass.translator.analysis.RegisterUse;
import hourglass.translator.analysis.Windows;
import hourglass.translator.ir.RegionCode;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
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

  private static final String DESCRIPTION = "hourglass/translator/emit/RegionDescription";
  private static final String RUN = "(Lhourglass/translator/cpu/CpuState;II)I";

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
   * @param constants those of the guest at the region's privilege level
   * @return the region, or nothing where there is no whole instruction at the offset
   */
  public static Optional<Region> translate(CodeSource code, int root, GuestConstants constants) {
    return emit(code, root, "code").map(emitted -> load(emitted, constants));
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
    final ClassConstants constants = new ClassConstants(run);
    final int[] exits = new RegionEmitter(region, RegisterUse.of(region), run, constants).emit();
    run.visitMaxs(0, 0);
    run.visitEnd();
    constants.define(writer);
    writer.visitEnd();
    return new Emitted(writer.toByteArray(), RegionDescription.of(region, exits, run.getMaxSize()));
  }

  /**
   * Loads an emitted class as a hidden class and makes its one instance.
   *
   * @param constants those of the guest at the region's privilege level
   */
  public static Region load(Emitted emitted, GuestConstants constants) {
    try {
      final MethodHandles.Lookup lookup =
          MethodHandles.lookup()
              .defineHiddenClassWithClassData(emitted.classFile(), constants, false);
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
