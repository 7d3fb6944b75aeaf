package hourglass.translator.emit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.translator.analysis.CodeSnapshot;
import hourglass.translator.analysis.RegisterUse;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.cpu.QuickMemory;
import hourglass.translator.cpu.Segment;
import hourglass.translator.isa.CodePages;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.util.CheckClassAdapter;

/** Classes made of pages that hold every instruction there is. */
class GeneratedClassTest {
  private static final int FLAT = CpuState.MODE_FLAT;
  private static final int CODE32 = CpuState.MODE_CODE32 | CpuState.MODE_STACK32;

  /** All regions of all pages under a mode key. */
  private static List<Translator.Emitted> regions(int modeKey) {
    final List<Translator.Emitted> all = new ArrayList<>();
    for (byte[] page :
        CodePages.ofEveryInstruction(modeKey, (modeKey & CpuState.MODE_CODE32) != 0)) {
      final CodeSnapshot code = new CodeSnapshot(page, modeKey, offset -> true);
      final BitSet covered = new BitSet();
      for (int at = 0; at < GuestMemory.PAGE_SIZE; at = covered.nextClearBit(at + 1)) {
        final Optional<Translator.Emitted> emitted = Translator.emit(code, at, "test");
        emitted.ifPresent(all::add);
        emitted.ifPresent(e -> cover(e.description(), covered));
      }
    }
    return all;
  }

  private static void cover(RegionDescription region, BitSet covered) {
    for (int i = 0; i < region.offsets().length; i++) {
      covered.set(region.offsets()[i], region.offsets()[i] + region.instructions()[i].length);
    }
  }

  /** A guest without memory: nothing here runs. */
  private static final GuestConstants NO_GUEST = guestWithoutMemory();

  private static GuestConstants guestWithoutMemory() {
    final int[] none = {};
    final CpuState state = new CpuState();
    final QuickMemory quick =
        new QuickMemory(none, none, none, none, 0, 0, state.fault, state.fault);
    final Segment s = state.segment[0];
    return new GuestConstants(null, null, quick, s, s, s, s, s, s);
  }

  private static MethodNode run(Translator.Emitted emitted) {
    final ClassNode node = new ClassNode();
    new ClassReader(emitted.classFile()).accept(node, 0);
    return node.methods.stream().filter(m -> m.name.equals("run")).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        CpuState.MODE_USER | CpuState.MODE_STACK32,
        CpuState.MODE_STACK32 | FLAT,
        CpuState.MODE_CODE32,
        CODE32 | CpuState.MODE_USER,
        CODE32 | FLAT,
        CODE32 | FLAT | CpuState.MODE_USER
      })
  void isValidAndSmallEnoughToBeCompiled(int modeKey) {
    for (Translator.Emitted emitted : regions(modeKey)) {
      final StringWriter errors = new StringWriter();
      CheckClassAdapter.verify(
          new ClassReader(emitted.classFile()),
          GeneratedClassTest.class.getClassLoader(),
          false,
          new PrintWriter(errors));
      assertEquals("", errors.toString());
      assertTrue(emitted.description().bytecodeSize() < Translator.MAX_BYTECODE);
      final Region region = Translator.load(emitted, NO_GUEST); // the JVM verifies it once more
      assertEquals(emitted.description(), region.description);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, CODE32 | FLAT})
  void numbersItsLinesByInstruction(int modeKey) {
    for (Translator.Emitted emitted : regions(modeKey)) {
      final Set<Integer> lines = new TreeSet<>();
      for (AbstractInsnNode node : run(emitted).instructions) {
        if (node instanceof LineNumberNode line) {
          lines.add(line.line);
        }
      }
      final int count = emitted.description().instructions().length;
      assertEquals(IntStream.rangeClosed(0, count).boxed().collect(Collectors.toSet()), lines);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, CODE32 | FLAT})
  void namesTheLocalsThatItUses(int modeKey) {
    for (Translator.Emitted emitted : regions(modeKey)) {
      final MethodNode run = run(emitted);
      final Map<Integer, String> names = new HashMap<>();
      run.localVariables.forEach(local -> names.put(local.index, local.name));
      for (AbstractInsnNode node : run.instructions) {
        if (node instanceof VarInsnNode local) {
          assertTrue(names.containsKey(local.var), "local " + local.var + " has no name");
        }
      }
      final int used = RegisterUse.of(emitted.description().code()).used();
      for (int register = 0; register < 8; register++) {
        if ((used >> register & 1) != 0) {
          assertEquals(Locals.NAMES[register], names.get(Locals.REGISTERS + register));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, CODE32 | FLAT})
  void isTheSameWhenEmittedAgain(int modeKey) {
    for (Translator.Emitted emitted : regions(modeKey)) {
      assertArrayEquals(
          emitted.classFile(), Translator.emit(emitted.description().code(), "test").classFile());
    }
  }
}
