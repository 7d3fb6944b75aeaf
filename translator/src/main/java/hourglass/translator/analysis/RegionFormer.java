package hourglass.translator.analysis;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.ir.Block;
import hourglass.translator.ir.Lowerer;
import hourglass.translator.ir.RegionCode;
import hourglass.translator.ir.Terminal;
import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Form;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Forms a region: from a hot place it follows direct branches, and the code after calls, to places
 * in the same page that the guest has reached, nearest first, until there is nothing left or the
 * region is large enough.
 *
 * <p>The code after a call becomes an entry of the region, for the return to come back to.
 */
public final class RegionFormer {
  private final CodeSnapshot code;
  private final int maxInstructions;
  private final Map<Integer, Instruction> instructions = new HashMap<>();
  private final TreeSet<Integer> leaders = new TreeSet<>();
  private final Set<Integer> entries = new LinkedHashSet<>();
  private final Deque<Integer> worklist = new ArrayDeque<>();

  private RegionFormer(CodeSnapshot code, int maxInstructions) {
    this.code = code;
    this.maxInstructions = maxInstructions;
  }

  /**
   * Forms the region that has its root at an offset of the page.
   *
   * @param maxInstructions how many guest instructions it may have at most
   * @return the region, or nothing where the root is no instruction that lies wholly in the page
   */
  public static Optional<RegionCode> form(CodeSnapshot code, int root, int maxInstructions) {
    final RegionFormer former = new RegionFormer(code, maxInstructions);
    former.discover(root);
    return former.instructions.isEmpty() ? Optional.empty() : Optional.of(former.lower());
  }

  // --- discovery
  // ---------------------------------------------------------------------------------------------------------

  private void discover(int root) {
    entries.add(root);
    worklist.add(root);
    while (!worklist.isEmpty() && instructions.size() < maxInstructions) {
      final int start = worklist.poll();
      leaders.add(start);
      follow(start);
    }
    entries.retainAll(instructions.keySet());
    leaders.retainAll(instructions.keySet());
  }

  private void follow(int start) {
    int at = start;
    while (!instructions.containsKey(at) && instructions.size() < maxInstructions) {
      final Instruction insn = decode(at);
      if (isUntranslatable(insn)) {
        return;
      }
      instructions.put(at, insn);
      final int next = at + insn.length;
      switch (insn.form.ending()) {
        case NONE, SERIALIZE -> at = next;
        case JUMP -> {
          offer(next + insn.immediate);
          return;
        }
        case CONDITIONAL -> {
          offer(next);
          offer(next + insn.immediate);
          return;
        }
        case CALL, INDIRECT_CALL -> {
          if (offer(next)) {
            entries.add(next);
          }
          return;
        }
        default -> {
          return;
        }
      }
      if (at >= GuestMemory.PAGE_SIZE) {
        return;
      }
    }
    leaders.add(at); // runs into code found earlier, which begins a block there
  }

  private boolean offer(int target) {
    if (target < 0 || target >= GuestMemory.PAGE_SIZE || !code.reached().test(target)) {
      return false;
    }
    leaders.add(target);
    worklist.add(target);
    return true;
  }

  private Instruction decode(int at) {
    return Decoder.decode(
        code.bytes(), at, code.bytes().length, (code.modeKey() & CpuState.MODE_CODE32) != 0);
  }

  /**
   * Instructions that cross the page's end, and those that are none, are left to the interpreter.
   */
  private static boolean isUntranslatable(Instruction insn) {
    return insn.mnemonic == Mnemonic.INCOMPLETE
        || insn.mnemonic == Mnemonic.INVALID
        || insn.mnemonic == Mnemonic.TOO_LONG;
  }

  // --- blocks
  // ------------------------------------------------------------------------------------------------------------

  /** A block before it is lowered. */
  private record Outline(int offset, List<Instruction> instructions, Terminal whatFollows) {
    int end() {
      return offset + instructions.stream().mapToInt(i -> i.length).sum();
    }

    List<Integer> successors() {
      final Instruction last = instructions.getLast();
      return switch (last.form.ending()) {
        case NONE, SERIALIZE -> List.of(end());
        case JUMP, CALL -> List.of(end() + last.immediate);
        case CONDITIONAL -> List.of(end(), end() + last.immediate);
        default -> List.of();
      };
    }
  }

  private RegionCode lower() {
    final TreeMap<Integer, Outline> outlines = new TreeMap<>();
    for (int leader : leaders) {
      outlines.put(leader, outline(leader));
    }
    final Map<Integer, Integer> onlyPredecessor = onlyPredecessors(outlines);
    final Lowerer lowerer = new Lowerer(code.modeKey());
    final TreeMap<Integer, Block> blocks = new TreeMap<>();
    for (int leader : outlines.keySet()) {
      lower(leader, outlines, onlyPredecessor, lowerer, blocks);
    }
    return new RegionCode(code.modeKey(), List.copyOf(blocks.values()), List.copyOf(entries));
  }

  private Outline outline(int leader) {
    final List<Instruction> body = new ArrayList<>();
    int at = leader;
    do {
      final Instruction insn = instructions.get(at);
      body.add(insn);
      at += insn.length;
      if (endsBlock(insn)) {
        break;
      }
    } while (instructions.containsKey(at) && !leaders.contains(at));
    return new Outline(leader, body, new Terminal.Jump(at));
  }

  private static boolean endsBlock(Instruction insn) {
    return insn.form.ending() != Form.Ending.NONE && insn.form.ending() != Form.Ending.SERIALIZE;
  }

  private Map<Integer, Integer> onlyPredecessors(Map<Integer, Outline> outlines) {
    final Map<Integer, Integer> only = new HashMap<>();
    final Set<Integer> several = new LinkedHashSet<>(entries);
    for (Outline from : outlines.values()) {
      for (int to : from.successors()) {
        if (only.putIfAbsent(to, from.offset()) != null) {
          several.add(to);
        }
      }
    }
    only.keySet().removeAll(several);
    // A block that leads to itself alone is never reached, and must not wait for itself.
    only.entrySet().removeIf(e -> e.getKey().equals(e.getValue()));
    return only;
  }

  /**
   * Lowers a block after the one it inherits from; chains of such blocks cannot be circular, or
   * nothing would reach them.
   */
  private void lower(
      int leader,
      Map<Integer, Outline> outlines,
      Map<Integer, Integer> onlyPredecessor,
      Lowerer lowerer,
      Map<Integer, Block> blocks) {
    final Deque<Integer> pending = new ArrayDeque<>();
    Integer at = leader;
    while (at != null && !blocks.containsKey(at) && !pending.contains(at)) {
      pending.push(at);
      at = onlyPredecessor.get(at);
    }
    for (int offset : pending) {
      final Outline outline = outlines.get(offset);
      final Optional<Integer> predecessor =
          Optional.ofNullable(onlyPredecessor.get(offset)).filter(blocks::containsKey);
      blocks.put(
          offset,
          lowerer.lower(offset, outline.instructions(), predecessor, outline.whatFollows()));
    }
  }
}
