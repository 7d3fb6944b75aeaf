package hourglass.translator.dump;

import static org.objectweb.asm.Opcodes.ASM9;

import hourglass.translator.emit.RegionDescription;
import hourglass.translator.emit.Translator;
import hourglass.translator.ir.Block;
import hourglass.translator.ir.Op;
import hourglass.translator.ir.Step;
import hourglass.translator.isa.Disassembler;
import hourglass.translator.isa.Syntax;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Label;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.util.Printer;
import org.objectweb.asm.util.Textifier;
import org.objectweb.asm.util.TraceMethodVisitor;

/**
 * Shows a region as text: what it is, then the views asked for, one after the other.
 *
 * <p>Guest instructions are numbered from 1 in the order in which the region holds them, alike in
 * all views and in the line numbers of the class file.
 */
public final class RegionDump {
  private final Set<View> views;
  private final IntFunction<Optional<String>> symbols;
  private final Disassembler disassembler;

  /**
   * A way of showing regions.
   *
   * @param views what to show
   * @param syntax how to write guest instructions
   * @param symbols what a linear address is called, such as {@code memcpy} or {@code memcpy+0x10}
   */
  public RegionDump(Set<View> views, Syntax syntax, IntFunction<Optional<String>> symbols) {
    this.views = Set.copyOf(views);
    this.symbols = symbols;
    disassembler = new Disassembler(syntax, symbols);
  }

  /** The whole text, ending in a newline. */
  public String text(Translator.Emitted emitted, Placement placement) {
    final Writer writer = new Writer(emitted.description(), placement);
    writer.header();
    if (views.contains(View.ASM)) {
      writer.assembly();
    }
    if (views.contains(View.IR)) {
      writer.ir();
    }
    if (views.contains(View.BYTECODE)) {
      writer.bytecode(emitted.classFile());
    }
    return writer.out.toString();
  }

  /** Writes one region. */
  private final class Writer {
    final StringBuilder out = new StringBuilder();
    private final RegionDescription description;
    private final Placement placement;

    Writer(RegionDescription description, Placement placement) {
      this.description = description;
      this.placement = placement;
    }

    private void line(String format, Object... arguments) {
      out.append(String.format(format, arguments).stripTrailing()).append('\n');
    }

    private int address(int offset) {
      return placement.linearPage() + offset;
    }

    private String place(int offset) {
      final int address = address(offset);
      return String.format("%08x", address)
          + symbols.apply(address).map(s -> " <" + s + ">").orElse("");
    }

    /** A place that a branch leads to: inside, or out through an exit slot. */
    private String target(int offset) {
      final int[] exits = description.exits();
      for (int slot = 0; slot < exits.length; slot++) {
        if (exits[slot] == offset) {
          return place(offset) + " (exit " + slot + ")";
        }
      }
      return place(offset);
    }

    private String instruction(int index) {
      return disassembler.format(
          description.instructions()[index], address(description.offsets()[index]));
    }

    void header() {
      final List<Integer> entries = description.code().entries();
      line("region    %s", place(entries.getFirst()));
      placement
          .run()
          .ifPresent(run -> line("physical  %08x", run.physicalPage() + entries.getFirst()));
      line("mode      %s", Modes.describe(description.code().modeKey()));
      line(
          "size      instructions: %d, blocks: %d, bytes of bytecode: %d",
          description.instructions().length,
          description.code().blocks().size(),
          description.bytecodeSize());
      placement
          .run()
          .ifPresent(run ->
              line(
                  "entered   %d times, left %d times for the slow path of an access",
                  run.entered(), run.misses()));
      for (int entry : entries) {
        line("entry     %s", place(entry));
      }
      final int[] exits = description.exits();
      for (int slot = 0; slot < exits.length; slot++) {
        line("exit %-4d %s%s", slot, place(exits[slot]), link(slot));
      }
    }

    private String link(int slot) {
      return placement
          .run()
          .map(run -> run.links().get(slot).map(l -> ", linked to " + l).orElse(", not linked"))
          .orElse("");
    }

    void assembly() {
      line("%n-- guest code --");
      int index = 0;
      for (Block block : description.code().blocks()) {
        heading(block);
        for (int i = 0; i < block.steps().size(); i++) {
          final int address = address(description.offsets()[index]);
          line("%5d  %08x  %s", index + 1, address, instruction(index));
          index++;
        }
      }
    }

    private void heading(Block block) {
      final boolean entry = description.hasEntry(block.offset());
      line("%s:%s", place(block.offset()), entry ? "  entry" : "");
    }

    void ir() {
      line("%n-- IR --");
      final IrText text = new IrText(this::target);
      int index = 0;
      for (Block block : description.code().blocks()) {
        heading(block);
        for (Step step : block.steps()) {
          line("%5d  ; %s", index + 1, instruction(index));
          for (Op op : step.ops()) {
            line("       %s", text.of(op));
          }
          index++;
        }
        line("       %s", text.of(block.terminal()));
      }
    }

    void bytecode(byte[] classFile) {
      line("%n-- bytecode --");
      final ClassNode node = new ClassNode();
      new ClassReader(classFile).accept(node, ClassReader.SKIP_FRAMES);
      for (MethodNode method : node.methods) {
        if (method.name.equals("run")) {
          final Printer printer = new Listing(method);
          method.accept(new TraceMethodVisitor(printer));
          final StringWriter text = new StringWriter();
          printer.print(new PrintWriter(text, true));
          out.append(text);
        }
      }
    }

    /** ASM's own listing, with the guest's instructions and the locals' names in it. */
    private final class Listing extends Textifier {
      private final Map<Integer, String> names = new HashMap<>();

      Listing(MethodNode method) {
        super(ASM9);
        method.localVariables.forEach(local -> names.put(local.index, local.name));
      }

      @Override
      public void visitLineNumber(int number, Label start) {
        final String what =
            number == 0 ? "entering and leaving" : number + "  " + instruction(number - 1);
        text.add("    // " + what + "\n");
      }

      @Override
      public void visitVarInsn(int opcode, int local) {
        text.add("    " + OPCODES[opcode] + " " + names.get(local) + "\n");
      }
    }
  }
}
