package hourglass.translator.emit;

import static org.objectweb.asm.Opcodes.ACC_FINAL;
import static org.objectweb.asm.Opcodes.ACC_PRIVATE;
import static org.objectweb.asm.Opcodes.ACC_STATIC;
import static org.objectweb.asm.Opcodes.CHECKCAST;
import static org.objectweb.asm.Opcodes.DUP;
import static org.objectweb.asm.Opcodes.GETSTATIC;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.INVOKEVIRTUAL;
import static org.objectweb.asm.Opcodes.POP;
import static org.objectweb.asm.Opcodes.PUTSTATIC;
import static org.objectweb.asm.Opcodes.RETURN;

import java.lang.constant.ConstantDescs;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * The static final fields of a region's class: those of {@link GuestConstants} that its {@code run}
 * uses, and parts of them.
 */
final class ClassConstants {
  private static final String HOLDER = "hourglass/translator/emit/GuestConstants";
  private static final String HANDLES = "java/lang/invoke/MethodHandles";

  private final MethodVisitor run;
  private final Set<Field> used = EnumSet.noneOf(Field.class);

  /** A field, named as the component of a record that it is taken from. */
  enum Field {
    RUNTIME(RegionEmitter.RUNTIME),
    MEMORY(ValueEmitter.MEMORY),
    QUICK(ValueEmitter.QUICK_MEMORY),
    RAM("[I"),
    READABLE("[I"),
    WRITABLE("[I"),
    ES(ValueEmitter.SEGMENT),
    CS(ValueEmitter.SEGMENT),
    SS(ValueEmitter.SEGMENT),
    DS(ValueEmitter.SEGMENT),
    FS(ValueEmitter.SEGMENT),
    GS(ValueEmitter.SEGMENT);

    private final String type;

    Field(String type) {
      this.type = type;
    }

    private String component() {
      return name().toLowerCase(Locale.ROOT);
    }

    private String descriptor() {
      return Type.getObjectType(type).getDescriptor();
    }

    /** Whether it is a component of the memory. */
    private boolean isOfMemory() {
      return type.equals("[I");
    }

    /** The field of a segment register, by its number as in CpuState. */
    static Field ofSegment(int number) {
      return values()[ES.ordinal() + number];
    }
  }

  /** Constants for a method. */
  ClassConstants(MethodVisitor run) {
    this.run = run;
  }

  /** Leaves a constant on the method's operand stack. */
  void push(Field field) {
    used.add(field);
    run.visitFieldInsn(GETSTATIC, Translator.CLASS, field.component(), field.descriptor());
  }

  /** Adds the fields that the method uses to its class, with their initialization. */
  void define(ClassWriter writer) {
    final MethodVisitor initializer = writer.visitMethod(ACC_STATIC, "<clinit>", "()V", null, null);
    initializer.visitCode();
    initializer.visitMethodInsn(
        INVOKESTATIC, HANDLES, "lookup", "()L" + HANDLES + "$Lookup;", false);
    initializer.visitLdcInsn(ConstantDescs.DEFAULT_NAME);
    initializer.visitLdcInsn(Type.getObjectType(HOLDER));
    initializer.visitMethodInsn(
        INVOKESTATIC,
        HANDLES,
        "classData",
        "(L" + HANDLES + "$Lookup;Ljava/lang/String;Ljava/lang/Class;)Ljava/lang/Object;",
        false);
    initializer.visitTypeInsn(CHECKCAST, HOLDER);
    for (Field field : used) {
      writer
          .visitField(
              ACC_PRIVATE | ACC_STATIC | ACC_FINAL,
              field.component(),
              field.descriptor(),
              null,
              null)
          .visitEnd();
      initializer.visitInsn(DUP);
      if (field.isOfMemory()) {
        take(initializer, HOLDER, Field.QUICK);
        take(initializer, ValueEmitter.QUICK_MEMORY, field);
      } else {
        take(initializer, HOLDER, field);
      }
      initializer.visitFieldInsn(
          PUTSTATIC, Translator.CLASS, field.component(), field.descriptor());
    }
    initializer.visitInsn(POP);
    initializer.visitInsn(RETURN);
    initializer.visitMaxs(0, 0);
    initializer.visitEnd();
  }

  /** Of a record on the operand stack takes a component. */
  private static void take(MethodVisitor initializer, String owner, Field field) {
    initializer.visitMethodInsn(
        INVOKEVIRTUAL, owner, field.component(), "()" + field.descriptor(), false);
  }
}
