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
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Forms a region: from a hot place it follows direct branches, and the code after calls, to places
 * that the guest has reached, nearest first, until there is nothing left or the region is large
 * enough. Then it takes in small functions that are called, so that a call and its return stay
 * inside: where they call nothing, or only very small functions; and very small ones however large
 * it is.
 *
 * <p>A computed call counts as one of what it led to last, and after a very small function that
 * ends in a computed jump, as the entries of a procedure linkage table are, what that led to last
 * is taken in likewise. The region goes on inside where the branch leads there again; where it
 * leads elsewhere, the region is left.
 *
 * <p>The code after a call becomes an entry of the region, for the return to come back to; and so
 * does the head of a loop, to go on in it after the interpreter had to do an instruction.
 */
public final class RegionFormer {
  /**
   * The largest function that a calling region takes in. Each of its callers has a copy of it to be
   * compiled, so a call must be dear beside it.
   */
  private static final int MAX_CALLEE = 40;

  /**
   * A function below this is taken in even where the region is full, or its caller is taken in:
   * calling it is dearer than it is. Nearly each function of position-independent code calls one of
   * two instructions to learn where it is.
   */
  private static final int SMALL_CALLEE = 8;

  /** Stands for the unknown target of a call. */
  private static final int NOWHERE = Integer.MIN_VALUE;

  private final CodeSource code;
  private final int maxInstructions;
  private final Map<Integer, Optional<CodeSource.Page>> pages = new HashMap<>();
  private final Map<Integer, Instruction> instructions = new HashMap<>();
  private final TreeSet<Integer> leaders = new TreeSet<>();
  private final Set<Integer> entries = new LinkedHashSet<>();

  /** By the offset after each call, the offset of what is called. */
  private final Map<Integer, Integer> calls = new LinkedHashMap<>();

  /**
   * By the offset of each computed jump and call, where it led last, or {@link #NOWHERE}; asked
   * once, for the guest goes on.
   */
  private final Map<Integer, Integer> lastTargets = new HashMap<>();

  private RegionFormer(CodeSource code, int maxInstructions) {
    this.code = code;
    this.maxInstructions = maxInstructions;
  }

  /**
   * Forms the region that has its root at an offset of page 0.
   *
   * @param maxInstructions how many guest instructions it may have at most, very small functions
   *     that it calls aside
   * @return the region, or nothing where the root is no instruction, or reaches into a page that is
   *     not to be had
   */
  public static Optional<RegionCode> form(CodeSource code, int root, int maxInstructions) {
    final RegionFormer former = new RegionFormer(code, maxInstructions);
    former.discover(root);
    return former.entries.contains(root) ? Optional.of(former.lower()) : Optional.empty();
  }

  /** Whether the region may be entered at an offset: in the root's page. */
  private static boolean canBeEntry(int offset) {
    return RegionCode.pageOf(offset) == 0;
  }

  // --- discovery

  private void discover(int root) {
    final Walk own = new Walk(root, maxInstructions);
    own.run();
    own.accept();
    entries.add(root);
    entries.addAll(calls.keySet());
    entries.removeIf(entry -> !canBeEntry(entry));
    for (int callee : List.copyOf(calls.values())) {
      final int left = maxInstructions - instructions.size();
      takeIn(callee, Math.clamp(left, SMALL_CALLEE, MAX_CALLEE));
    }
    entries.retainAll(instructions.keySet());
    leaders.retainAll(instructions.keySet());
  }

  /**
   * Takes in a function, with the very small ones it calls and what it jumps to in the end, if it
   * has fewer instructions. One that is there already begins a block from now on.
   */
  private void takeIn(int function, int limit) {
    if (instructions.containsKey(function)) {
      leaders.add(function);
      return;
    }
    final Optional<Walk> walk = walk(function, limit);
    final List<Integer> called =
        walk.map(w -> List.copyOf(w.foundCalls.values())).orElse(List.of());
    if (walk.isPresent() && called.stream().allMatch(this::isVerySmall)) {
      final Walk accepted = walk.get();
      accepted.accept();
      called.forEach(callee -> takeIn(callee, SMALL_CALLEE));
      accepted.foundJumps.forEach(jump -> takeIn(lastTarget(jump), limit - accepted.found.size()));
    }
  }

  private boolean isVerySmall(int function) {
    return instructions.containsKey(function)
        || walk(function, SMALL_CALLEE).filter(w -> w.foundCalls.isEmpty()).isPresent();
  }

  /**
   * A function that is not in the region yet, has fewer instructions, and ends in returns only, or
   * is very small and ends in a computed jump.
   */
  private Optional<Walk> walk(int function, int limit) {
    if (!isReached(function)) {
      return Optional.empty();
    }
    final Walk walk = new Walk(function, limit);
    final boolean complete = walk.run();
    final boolean small = walk.foundJumps.isEmpty() || walk.found.size() < SMALL_CALLEE;
    return complete && small && !walk.leaves ? Optional.of(walk) : Optional.empty();
  }

  private int lastTarget(int branch) {
    return lastTargets.computeIfAbsent(branch, at -> code.lastTarget(at).orElse(NOWHERE));
  }

  private boolean isReached(int offset) {
    return code.isReached(offset) && page(offset).isPresent();
  }

  private Optional<CodeSource.Page> page(int offset) {
    return pages.computeIfAbsent(RegionCode.pageOf(offset), code::page);
  }

  /** Follows the code from one place, up to code that the region already has. */
  private final class Walk {
    private final int limit;
    private final Map<Integer, Instruction> found = new HashMap<>();
    private final Set<Integer> foundLeaders = new LinkedHashSet<>();
    private final Map<Integer, Integer> foundCalls = new LinkedHashMap<>();
    private final List<Integer> foundJumps = new ArrayList<>();
    private final Deque<Integer> worklist = new ArrayDeque<>();
    private boolean leaves;

    Walk(int start, int limit) {
      this.limit = limit;
      worklist.add(start);
    }

    /** Whether all that was to be found is. */
    boolean run() {
      while (!worklist.isEmpty() && found.size() < limit) {
        final int start = worklist.poll();
        foundLeaders.add(start);
        follow(start);
      }
      return worklist.isEmpty() && found.size() < limit;
    }

    void accept() {
      instructions.putAll(found);
      leaders.addAll(foundLeaders);
      calls.putAll(foundCalls);
    }

    private void follow(int start) {
      int at = start;
      while (!isKnown(at) && found.size() < limit) {
        final Instruction insn = decode(at);
        if (isUntranslatable(insn) || code.isLeftOut(at)) {
          leaves = true;
          return;
        }
        if (RegionCode.crossesPage(at, insn)) {
          foundLeaders.add(at); // its block begins with a look at the next page
        }
        found.put(at, insn);
        final int next = at + insn.length;
        switch (insn.form.ending()) {
          case NONE, SERIALIZE -> {
            if (RegionCode.pageOf(next) != RegionCode.pageOf(at)) {
              offer(next);
              return;
            }
            at = next;
          }
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
            offer(next);
            foundCalls.put(
                next,
                insn.form.ending() == Form.Ending.CALL ? next + insn.immediate : lastTarget(at));
            return;
          }
          case INDIRECT_JUMP -> {
            foundJumps.add(at);
            return;
          }
          default -> {
            leaves |= insn.mnemonic != Mnemonic.RET;
            return;
          }
        }
      }
      foundLeaders.add(at); // runs into code found earlier, which begins a block there
    }

    private boolean isKnown(int at) {
      return found.containsKey(at) || instructions.containsKey(at);
    }

    private void offer(int target) {
      if (isReached(target)) {
        foundLeaders.add(target);
        worklist.add(target);
      }
    }
  }

  private Instruction decode(int at) {
    final byte[] bytes = page(at).orElseThrow().bytes();
    final int offset = at & GuestMemory.OFFSET_MASK;
    final Instruction insn = decode(bytes, offset);
    if (insn.mnemonic == Mnemonic.INCOMPLETE) {
      final Optional<CodeSource.Page> next = page(at + GuestMemory.PAGE_SIZE - offset);
      return next.map(page -> decode(joined(bytes, offset, page.bytes()), 0)).orElse(insn);
    }
    return insn;
  }

  private Instruction decode(byte[] bytes, int offset) {
    final boolean code32 = (code.modeKey() & CpuState.MODE_CODE32) != 0;
    return Decoder.decode(bytes, offset, bytes.length, code32, code.model());
  }

  /**
   * The bytes from an offset of a page on, and as many of the next one as an instruction can have.
   */
  private static byte[] joined(byte[] page, int offset, byte[] next) {
    final int inPage = page.length - offset;
    final byte[] both = Arrays.copyOfRange(page, offset, page.length + Decoder.MAX_LENGTH);
    System.arraycopy(next, 0, both, inPage, Decoder.MAX_LENGTH);
    return both;
  }

  /**
   * Instructions that cross the end of a page whose successor is not to be had, and those that are
   * none, are left to the interpreter.
   */
  private static boolean isUntranslatable(Instruction insn) {
    return insn.mnemonic == Mnemonic.INCOMPLETE
        || insn.mnemonic == Mnemonic.INVALID
        || insn.mnemonic == Mnemonic.TOO_LONG;
  }

  // --- blocks

  /** A block before it is lowered. */
  private record Outline(int offset, List<Instruction> instructions, Terminal whatFollows) {
    int end() {
      return offset + instructions.stream().mapToInt(i -> i.length).sum();
    }

    Instruction last() {
      return instructions.getLast();
    }

    int branch() {
      return end() - last().length;
    }

    List<Integer> successors() {
      final Instruction last = last();
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
    final Map<Integer, List<Integer>> knownTargets = knownTargets(outlines);
    final Map<Integer, Integer> onlyPredecessor = onlyPredecessors(outlines, knownTargets);
    final Lowerer lowerer = new Lowerer(code.modeKey());
    final TreeMap<Integer, Block> blocks = new TreeMap<>();
    for (int leader : outlines.keySet()) {
      lower(leader, outlines, onlyPredecessor, lowerer, blocks);
    }
    final Map<Integer, Integer> frames = new HashMap<>();
    pages.forEach((number, page) -> page.ifPresent(p -> frames.put(number, p.frame())));
    final RegionCode region =
        new RegionCode(
            code.modeKey(),
            List.copyOf(blocks.values()),
            List.copyOf(entries),
            knownTargets,
            Map.copyOf(frames),
            code.accesses());
    final Set<Integer> heads = new TreeSet<>(Checkpoints.of(region).keySet());
    heads.removeIf(head -> !canBeEntry(head) || onlyPredecessor.containsKey(head));
    return region.withEntries(heads);
  }

  /** By the offset of each block that ends in a computed branch, where that leads inside. */
  private Map<Integer, List<Integer>> knownTargets(Map<Integer, Outline> outlines) {
    final Map<Integer, List<Integer>> known = new HashMap<>();
    for (Outline from : outlines.values()) {
      final Integer target = lastTargets.get(from.branch());
      if (target != null && leaders.contains(target)) {
        known.put(from.offset(), List.of(target));
      }
    }
    placesAfterCalls()
        .forEach((function, places) -> {
          for (int end : ends(function, outlines)) {
            known.computeIfAbsent(end, e -> new ArrayList<>()).addAll(places);
          }
        });
    return known;
  }

  /** By the offset of each function that a call in the region leads to inside, where it returns. */
  private Map<Integer, List<Integer>> placesAfterCalls() {
    final Map<Integer, List<Integer>> places = new TreeMap<>();
    calls.forEach((place, function) -> {
      if (leaders.contains(function) && leaders.contains(place)) {
        places.computeIfAbsent(function, f -> new ArrayList<>()).add(place);
      }
    });
    return places;
  }

  /** The blocks in which a function returns. */
  private List<Integer> ends(int function, Map<Integer, Outline> outlines) {
    final List<Integer> ends = new ArrayList<>();
    final Set<Integer> seen = new LinkedHashSet<>(Set.of(function));
    final Deque<Integer> pending = new ArrayDeque<>(seen);
    while (!pending.isEmpty()) {
      final Outline at = outlines.get(pending.remove());
      if (at.last().mnemonic == Mnemonic.RET) {
        ends.add(at.offset());
      }
      for (int next : goesOnAt(at)) {
        if (outlines.containsKey(next) && seen.add(next)) {
          pending.add(next);
        }
      }
    }
    return ends;
  }

  /** Where a function goes on after a block: after a call at what comes after it. */
  private List<Integer> goesOnAt(Outline block) {
    return switch (block.last().form.ending()) {
      case CALL, INDIRECT_CALL -> List.of(block.end());
      case INDIRECT_JUMP -> List.of(lastTarget(block.branch()));
      default -> block.successors();
    };
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

  private Map<Integer, Integer> onlyPredecessors(
      Map<Integer, Outline> outlines, Map<Integer, List<Integer>> knownTargets) {
    final Map<Integer, Integer> only = new HashMap<>();
    final Set<Integer> several = new LinkedHashSet<>(entries);
    knownTargets.values().forEach(several::addAll);
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
