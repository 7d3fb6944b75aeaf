package hourglass.translator.emit;

import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.ATHROW;
import static org.objectweb.asm.Opcodes.DUP;
import static org.objectweb.asm.Opcodes.GETFIELD;
import static org.objectweb.asm.Opcodes.GOTO;
import static org.objectweb.asm.Opcodes.IAND;
import static org.objectweb.asm.Opcodes.IFNE;
import static org.objectweb.asm.Opcodes.IF_ICMPGE;
import static org.objectweb.asm.Opcodes.ILOAD;
import static org.objectweb.asm.Opcodes.INVOKEINTERFACE;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.INVOKEVIRTUAL;
import static org.objectweb.asm.Opcodes.IOR;
import static org.objectweb.asm.Opcodes.IRETURN;
import static org.objectweb.asm.Opcodes.ISTORE;
import static org.objectweb.asm.Opcodes.ISUB;
import static org.objectweb.asm.Opcodes.PUTFIELD;
import static org.objectweb.asm.Opcodes.SWAP;

import hourglass.translator.analysis.Checkpoints;
import hourglass.translator.analysis.Effects;
import hourglass.translator.analysis.RegisterUse;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.ir.Block;
import hourglass.translator.ir.Op;
import hourglass.translator.ir.RegionCode;
import hourglass.translator.ir.Step;
import hourglass.translator.ir.Terminal;
import hourglass.translator.ir.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;

/** Emits the {@code run} method of a region; {@link Region} shows its shape. */
final class RegionEmitter {
  private static final String REGION = "hourglass/translator/emit/Region";
  private static final String STATE = "hourglass/translator/cpu/CpuState";
  static final String RUNTIME = "hourglass/translator/emit/RegionRuntime";
  private static final String FAULT = "hourglass/translator/cpu/GuestFault";

  /** The line number of what belongs to no guest instruction: entering and leaving. */
  private static final int NO_INSTRUCTION = 0;

  private final RegionCode region;
  private final RegisterUse use;
  private final ValueEmitter values;
  private final Frames frames;
  private final MethodVisitor mv;
  private final Map<Integer, Label> blockLabels = new LinkedHashMap<>();
  private final Map<Integer, Exit> exits = new LinkedHashMap<>();

  /** The ways from one page to a block in another, by the block's offset. */
  private final Map<Integer, Label> crossings = new LinkedHashMap<>();

  /** The ways of conditional branches back to a block, by its offset. */
  private final Map<Integer, Label> waysBack = new LinkedHashMap<>();

  private final Map<Integer, Integer> checkpoints;
  private final Label leave = new Label();
  private final Label left = new Label();
  private boolean usesLeft;

  /** Where a fault leads. */
  private final Label faulted = new Label();

  private boolean usesFaulted;

  /** Where the guarded code at hand ends. */
  private Optional<Label> guardEnd = Optional.empty();

  /** Where a guarded callout leads that ends the region; the runtime has set EIP. */
  private final Label stopped = new Label();

  private boolean usesStopped;
  private int step;

  /** The registers that the block at hand has changed in their locals alone, a bit each. */
  private int unsaved;

  /** A way out of the region to a known place: code shared by all branches that lead there. */
  private record Exit(int slot, Label label) {}

  RegionEmitter(RegionCode region, RegisterUse use, MethodVisitor mv, ClassConstants constants) {
    this.region = region;
    this.use = use;
    this.mv = mv;
    checkpoints = Checkpoints.of(region);
    frames = new Frames(mv, use);
    values = new ValueEmitter(mv, frames, constants, region);
    for (Block block : region.blocks()) {
      blockLabels.put(block.offset(), new Label());
    }
  }

  /** Emits the whole method and returns the offset that each exit slot leads to. */
  int[] emit() {
    final Label begin = new Label();
    final Label loaded = new Label();
    final Label end = new Label();
    mv.visitLabel(begin);
    line(NO_INSTRUCTION);
    prologue();
    mv.visitLabel(loaded);
    enter();
    final List<Block> blocks = region.blocks();
    for (int i = 0; i < blocks.size(); i++) {
      block(blocks.get(i), i + 1 < blocks.size() ? blocks.get(i + 1).offset() : -1);
    }
    if (!exits.isEmpty() || !crossings.isEmpty() || !waysBack.isEmpty() || usesStopped) {
      line(NO_INSTRUCTION);
    }
    waysBack.forEach((target, way) -> {
      place(way);
      mv.visitJumpInsn(GOTO, blockLabels.get(target));
    });
    crossings.forEach(this::crossing);
    exits.forEach(this::exit);
    if (usesStopped) {
      place(stopped);
      mv.visitVarInsn(ALOAD, Locals.STATE);
      mv.visitFieldInsn(GETFIELD, STATE, "eip", "I");
      mv.visitVarInsn(ISTORE, Locals.NEXT);
      mv.visitJumpInsn(GOTO, leave);
    }
    if (usesFaulted) {
      line(NO_INSTRUCTION);
      faultHandler();
    }
    place(leave);
    writeBack();
    mv.visitVarInsn(ILOAD, Locals.SLOT);
    mv.visitInsn(IRETURN);
    if (usesLeft) {
      place(left);
      constant(Region.LEFT);
      mv.visitInsn(IRETURN);
    }
    mv.visitLabel(end);
    nameLocals(begin, loaded, end);
    return exits.keySet().stream().mapToInt(Integer::intValue).toArray();
  }

  // --- entering and leaving

  private void prologue() {
    loadRegisters(use.used());
    if (use.flagsUsed()) {
      loadFlags();
    }
    loadBudget();
    // Every local has a value from here on, so that all stack map frames are alike.
    for (int local : List.of(Locals.STEP, Locals.NEXT, Locals.SLOT)) {
      clear(local);
    }
    for (int i = 0; i < use.temps(); i++) {
      clear(Locals.TEMPS + i);
    }
  }

  private void clear(int local) {
    constant(0);
    mv.visitVarInsn(ISTORE, local);
  }

  /** Places a label that is branched to with nothing on the operand stack. */
  private void place(Label label) {
    mv.visitLabel(label);
    frames.same();
  }

  private void enter() {
    final int[] entries = region.entries().stream().mapToInt(Integer::intValue).sorted().toArray();
    final Label root = blockLabels.get(region.entries().getFirst());
    if (entries.length == 1) {
      mv.visitJumpInsn(GOTO, root);
      return;
    }
    final Label[] labels = new Label[entries.length];
    for (int i = 0; i < entries.length; i++) {
      labels[i] = blockLabels.get(entries[i]);
    }
    mv.visitVarInsn(ILOAD, Locals.ENTRY);
    mv.visitLookupSwitchInsn(root, entries, labels);
  }

  private void exit(int target, Exit exit) {
    place(exit.label());
    leaveAt(target, exit.slot());
  }

  private void leaveAt(int offset, int slot) {
    values.push(Value.add(new Value.CodeBase(), offset));
    wrapInstructionPointer();
    mv.visitVarInsn(ISTORE, Locals.NEXT);
    constant(slot);
    mv.visitVarInsn(ISTORE, Locals.SLOT);
    mv.visitJumpInsn(GOTO, leave);
  }

  private void wrapInstructionPointer() {
    if ((region.modeKey() & CpuState.MODE_CODE32) == 0) {
      constant(0xFFFF);
      mv.visitInsn(IAND);
    }
  }

  private void faultHandler() {
    mv.visitLabel(faulted);
    frames.sameWith(FAULT);
    mv.visitVarInsn(ALOAD, Locals.STATE);
    mv.visitInsn(SWAP);
    mv.visitFieldInsn(PUTFIELD, STATE, "raised", "L" + FAULT + ";");
    mv.visitVarInsn(ILOAD, Locals.BASE);
    mv.visitVarInsn(ISTORE, Locals.NEXT);
    constant(Region.FAULT);
    mv.visitVarInsn(ILOAD, Locals.STEP);
    mv.visitInsn(ISUB);
    mv.visitVarInsn(ISTORE, Locals.SLOT);
  }

  private void writeBack() {
    mv.visitVarInsn(ALOAD, Locals.STATE);
    mv.visitVarInsn(ILOAD, Locals.NEXT);
    mv.visitFieldInsn(PUTFIELD, STATE, "eip", "I");
    storeBudget();
    if (use.flagsChanged()) {
      storeFlags();
    }
  }

  private void loadRegisters(int mask) {
    for (int r = 0; r < 8; r++) {
      if ((mask >> r & 1) != 0) {
        mv.visitVarInsn(ALOAD, Locals.STATE);
        mv.visitFieldInsn(GETFIELD, STATE, Locals.NAMES[r], "I");
        mv.visitVarInsn(ISTORE, Locals.REGISTERS + r);
      }
    }
  }

  /**
   * Brings the state's registers up to date: before whatever may leave the region, and at the end
   * of each block. So no way out has to, of which there is one for each access.
   */
  private void saveRegisters() {
    for (int r = 0; r < 8; r++) {
      if ((unsaved >> r & 1) != 0) {
        mv.visitVarInsn(ALOAD, Locals.STATE);
        mv.visitVarInsn(ILOAD, Locals.REGISTERS + r);
        mv.visitFieldInsn(PUTFIELD, STATE, Locals.NAMES[r], "I");
      }
    }
    unsaved = 0;
  }

  private void loadFlags() {
    mv.visitVarInsn(ALOAD, Locals.STATE);
    mv.visitFieldInsn(GETFIELD, STATE, "flagResult", "I");
    mv.visitVarInsn(ISTORE, Locals.FLAG_RESULT);
    mv.visitVarInsn(ALOAD, Locals.STATE);
    mv.visitFieldInsn(GETFIELD, STATE, "flagAux", "I");
    mv.visitVarInsn(ISTORE, Locals.FLAG_AUX);
  }

  private void storeFlags() {
    mv.visitVarInsn(ALOAD, Locals.STATE);
    mv.visitVarInsn(ILOAD, Locals.FLAG_RESULT);
    mv.visitFieldInsn(PUTFIELD, STATE, "flagResult", "I");
    mv.visitVarInsn(ALOAD, Locals.STATE);
    mv.visitVarInsn(ILOAD, Locals.FLAG_AUX);
    mv.visitFieldInsn(PUTFIELD, STATE, "flagAux", "I");
  }

  private void loadBudget() {
    mv.visitVarInsn(ALOAD, Locals.STATE);
    mv.visitFieldInsn(GETFIELD, STATE, "budget", "I");
    mv.visitVarInsn(ISTORE, Locals.BUDGET);
  }

  private void storeBudget() {
    mv.visitVarInsn(ALOAD, Locals.STATE);
    mv.visitVarInsn(ILOAD, Locals.BUDGET);
    mv.visitFieldInsn(PUTFIELD, STATE, "budget", "I");
  }

  /**
   * Names the locals: parameters from the beginning, what the prologue loads from its end on. A
   * temporary's name stands for whatever the block at hand keeps in it.
   */
  private void nameLocals(Label begin, Label loaded, Label end) {
    name("this", "L" + REGION + ";", begin, end, Locals.THIS);
    name("state", "L" + STATE + ";", begin, end, Locals.STATE);
    name("base", "I", begin, end, Locals.BASE);
    name("entry", "I", begin, end, Locals.ENTRY);
    for (int r = 0; r < 8; r++) {
      if ((use.used() >> r & 1) != 0) {
        name(Locals.NAMES[r], "I", loaded, end, Locals.REGISTERS + r);
      }
    }
    if (use.flagsUsed()) {
      name("flagResult", "I", loaded, end, Locals.FLAG_RESULT);
      name("flagAux", "I", loaded, end, Locals.FLAG_AUX);
    }
    name("step", "I", loaded, end, Locals.STEP);
    name("next", "I", loaded, end, Locals.NEXT);
    name("slot", "I", loaded, end, Locals.SLOT);
    name("budget", "I", loaded, end, Locals.BUDGET);
    for (int temp = 0; temp < use.temps(); temp++) {
      name("t" + temp, "I", loaded, end, Locals.TEMPS + temp);
    }
  }

  private void name(String name, String descriptor, Label from, Label to, int local) {
    mv.visitLocalVariable(name, descriptor, null, from, to, local);
  }

  /**
   * What follows is of a guest instruction, by its index from 1.
   *
   * @param number the index, or {@link #NO_INSTRUCTION}
   */
  private void line(int number) {
    final Label here = new Label();
    mv.visitLabel(here);
    mv.visitLineNumber(number, here);
  }

  // --- blocks

  private void block(Block block, int following) {
    place(blockLabels.get(block.offset()));
    line(step + 1);
    takeFromBudget(block);
    if (block.crossesPage()) {
      lookAtNextPage(block);
    }
    for (Step s : block.steps()) {
      if (s != block.steps().getFirst()) {
        line(step + 1);
      }
      step(s);
      step++;
    }
    saveRegisters();
    terminal(block, following);
  }

  /**
   * Leaves the instruction to the interpreter where the guest has its second page elsewhere now.
   */
  private void lookAtNextPage(Block block) {
    final Label mapped = new Label();
    isMapped((RegionCode.pageOf(block.offset()) + 1) << GuestMemory.PAGE_SHIFT);
    mv.visitJumpInsn(IFNE, mapped);
    constant(step);
    mv.visitVarInsn(ISTORE, Locals.STEP);
    guard(true);
    values.quickMemory();
    mv.visitMethodInsn(
        INVOKEVIRTUAL,
        ValueEmitter.QUICK_MEMORY,
        "moved",
        "()Lhourglass/translator/cpu/GuestFault;",
        false);
    mv.visitInsn(ATHROW);
    guard(false);
    place(mapped);
  }

  /**
   * Leaves before a checkpoint where the budget does not cover all up to the next one, so that a
   * slice ends at exactly the right instruction.
   */
  private void takeFromBudget(Block block) {
    final Integer reserved = checkpoints.get(block.offset());
    if (reserved != null) {
      final Label enough = new Label();
      mv.visitVarInsn(ILOAD, Locals.BUDGET);
      constant(reserved);
      mv.visitJumpInsn(IF_ICMPGE, enough);
      leaveAt(block.offset(), Region.SHORT);
      place(enough);
    }
    mv.visitIincInsn(Locals.BUDGET, -block.steps().size());
  }

  private void step(Step s) {
    values.accesses(region.accessesAt(s.offset()));
    if (s.ops().stream().anyMatch(Effects::canFault)) {
      constant(step);
      mv.visitVarInsn(ISTORE, Locals.STEP);
    }
    for (Op op : s.ops()) {
      final boolean canFault = Effects.canFault(op);
      if (canFault) {
        saveRegisters();
      }
      guard(canFault);
      op(op, s);
    }
    guard(false);
  }

  /**
   * Begins or ends the code that the handler of faults guards: only what can fault, since HotSpot's
   * C1 joins the state of all locals from every call inside.
   */
  private void guard(boolean guarded) {
    if (guarded && guardEnd.isEmpty()) {
      final Label begin = new Label();
      final Label end = new Label();
      mv.visitTryCatchBlock(begin, end, faulted, FAULT);
      mv.visitLabel(begin);
      guardEnd = Optional.of(end);
      usesFaulted = true;
    } else if (!guarded) {
      guardEnd.ifPresent(mv::visitLabel);
      guardEnd = Optional.empty();
    }
  }

  private void op(Op op, Step s) {
    switch (op) {
      case Op.SetTemp(int id, Value value) -> {
        values.push(value);
        mv.visitVarInsn(ISTORE, Locals.TEMPS + id);
      }
      case Op.SetRegister(int index, Value value) -> {
        values.push(value);
        mv.visitVarInsn(ISTORE, Locals.REGISTERS + index);
        unsaved |= 1 << index;
      }
      case Op.Store store -> values.store(store);
      case Op.RamStore store -> values.store(store);
      case Op.Perform(Value.Invoke call) -> values.invoke(call);
      case Op.SetFlags flags -> setFlags(flags);
      case Op.SetSystemFlag(int flag, boolean set) -> {
        mv.visitVarInsn(ALOAD, Locals.STATE);
        mv.visitInsn(DUP);
        mv.visitFieldInsn(GETFIELD, STATE, "systemFlags", "I");
        constant(set ? flag : ~flag);
        mv.visitInsn(set ? IOR : IAND);
        mv.visitFieldInsn(PUTFIELD, STATE, "systemFlags", "I");
      }
      case Op.Require(Value condition, int vector) -> require(condition, vector);
      case Op.CallOut c -> callOut(s);
      case Op.LightCallOut light -> lightCallOut(light, s);
      case Op.GuardedCallOut guarded -> guardedCallOut(guarded, s);
    }
  }

  private void require(Value condition, int vector) {
    final Label holds = new Label();
    values.branchIf(condition, holds);
    mv.visitVarInsn(ALOAD, Locals.STATE);
    mv.visitFieldInsn(GETFIELD, STATE, "fault", "L" + FAULT + ";");
    constant(vector);
    final boolean withErrorCode = vector == GuestFault.GENERAL_PROTECTION;
    if (withErrorCode) {
      constant(0);
    }
    final String arguments = withErrorCode ? "(II)" : "(I)";
    mv.visitMethodInsn(INVOKEVIRTUAL, FAULT, "of", arguments + "L" + FAULT + ";", false);
    mv.visitInsn(ATHROW);
    place(holds);
  }

  private void setFlags(Op.SetFlags flags) {
    switch (flags.kind()) {
      case ALL -> { // the auxiliary word never depends on the old result
        values.push(flags.result());
        mv.visitVarInsn(ISTORE, Locals.FLAG_RESULT);
        values.push(flags.auxiliary());
        mv.visitVarInsn(ISTORE, Locals.FLAG_AUX);
      }
      case ALL_BUT_CARRY -> {
        values.push(flags.result());
        mv.visitVarInsn(ISTORE, Locals.FLAG_RESULT);
        values.push(flags.auxiliary());
        values.push(new Value.Carry());
        withCarry();
        mv.visitVarInsn(ISTORE, Locals.FLAG_AUX);
      }
      case CARRY_AND_OVERFLOW -> {
        values.push(flags.auxiliary());
        mv.visitVarInsn(ISTORE, Locals.FLAG_AUX);
      }
      case CARRY -> {
        mv.visitVarInsn(ILOAD, Locals.FLAG_AUX);
        values.push(flags.auxiliary());
        withCarry();
        mv.visitVarInsn(ISTORE, Locals.FLAG_AUX);
      }
    }
  }

  /** Of an auxiliary word and a carry of 0 or 1 on the stack makes the word with that carry. */
  private void withCarry() {
    mv.visitMethodInsn(INVOKESTATIC, ValueEmitter.FLAGS, "withCarry", "(II)I", false);
  }

  // --- callouts

  private void callOut(Step s) {
    saveRegisters();
    if (use.flagsChanged()) {
      storeFlags();
    }
    storeBudget();
    callRuntime("callOut", "I", s);
    usesLeft = true;
    mv.visitJumpInsn(IFNE, left);
    loadRegisters(use.used());
    if (use.flagsUsed()) {
      loadFlags();
    }
    loadBudget();
  }

  private void lightCallOut(Op.LightCallOut light, Step s) {
    if (light.readsFlags() && use.flagsChanged()) {
      storeFlags();
    }
    callRuntime("lightCallOut", "V", s);
    loadRegisters(light.writes() & use.used());
    if (light.writesFlags() && use.flagsUsed()) {
      loadFlags();
    }
  }

  /** The slot that the runtime gives back is 0 where the region goes on. */
  private void guardedCallOut(Op.GuardedCallOut guarded, Step s) {
    saveRegisters();
    if (guarded.flags() && use.flagsChanged()) {
      storeFlags();
    }
    storeBudget();
    callRuntime("guardedCallOut", "I", s);
    mv.visitInsn(DUP);
    mv.visitVarInsn(ISTORE, Locals.SLOT);
    loadRegisters(guarded.writes() & use.used());
    if (guarded.flags() && use.flagsUsed()) {
      loadFlags();
    }
    loadBudget();
    usesStopped = true;
    mv.visitJumpInsn(IFNE, stopped);
  }

  private void callRuntime(String method, String returns, Step s) {
    values.runtime();
    mv.visitVarInsn(ALOAD, Locals.THIS);
    constant(step);
    values.push(Value.add(new Value.CodeBase(), s.offset()));
    wrapInstructionPointer();
    mv.visitMethodInsn(
        INVOKEINTERFACE, RUNTIME, method, "(Lhourglass/translator/emit/Region;II)" + returns, true);
  }

  // --- terminals

  private void terminal(Block block, int following) {
    switch (block.terminal()) {
      case Terminal.Jump(int target) -> jump(block, target, following);
      case Terminal.Branch(Value condition, int taken, int notTaken) -> {
        values.branchIf(condition, conditionalWayTo(block, taken));
        jump(block, notTaken, following);
      }
      case Terminal.Indirect(Value target) -> {
        setNext(target);
        goOnInside(block);
        leaveToNext();
      }
      case Terminal.Left l -> {
        usesLeft = true;
        mv.visitJumpInsn(GOTO, left);
      }
    }
  }

  private void setNext(Value target) {
    values.push(target);
    wrapInstructionPointer();
    mv.visitVarInsn(ISTORE, Locals.NEXT);
  }

  private void leaveToNext() {
    constant(Region.INDIRECT);
    mv.visitVarInsn(ISTORE, Locals.SLOT);
    mv.visitJumpInsn(GOTO, leave);
  }

  /**
   * Goes on inside the region where {@code next} is a place that the branch is known to lead to.
   */
  private void goOnInside(Block block) {
    final List<Integer> known = region.knownTargets().getOrDefault(block.offset(), List.of());
    if (known.isEmpty()) {
      return;
    }
    final int[] places = known.stream().mapToInt(Integer::intValue).sorted().toArray();
    final Label elsewhere = new Label();
    final Label[] ways = new Label[places.length];
    for (int i = 0; i < places.length; i++) {
      ways[i] = wayTo(block, places[i]);
    }
    mv.visitVarInsn(ILOAD, Locals.NEXT);
    mv.visitVarInsn(ILOAD, Locals.BASE);
    mv.visitInsn(ISUB);
    mv.visitLookupSwitchInsn(elsewhere, places, ways);
    place(elsewhere);
  }

  private void jump(Block from, int target, int following) {
    if (target != following || needsLook(from, target)) {
      mv.visitJumpInsn(GOTO, wayTo(from, target));
    }
  }

  /** Where to branch to from a block in order to get to a place inside the region or outside. */
  private Label wayTo(Block from, int target) {
    final Label inside = blockLabels.get(target);
    if (inside == null) {
      return exitTo(target);
    }
    return needsLook(from, target) ? crossings.computeIfAbsent(target, t -> new Label()) : inside;
  }

  /**
   * As {@link #wayTo}, for a branch with its condition on the operand stack: back in the method
   * only by way of a GOTO. HotSpot's safepoint at a branch back keeps what is on the operand stack,
   * and would have it worked out where compiled code compares and branches at once.
   */
  private Label conditionalWayTo(Block from, int target) {
    final Label way = wayTo(from, target);
    return way == blockLabels.get(target) && target <= from.offset()
        ? waysBack.computeIfAbsent(target, t -> new Label())
        : way;
  }

  private Label exitTo(int target) {
    return exits.computeIfAbsent(target, t -> new Exit(exits.size(), new Label())).label();
  }

  /**
   * Whether it must be seen where the guest has a target's page now. It has the root's page where
   * it was: the dispatcher has looked, and looks again after what may change it.
   */
  private static boolean needsLook(Block from, int target) {
    final int page = RegionCode.pageOf(target);
    return page != 0 && page != RegionCode.pageOf(from.offset());
  }

  /** Goes on in another page, if the guest still has it mapped where it was. */
  private void crossing(int target, Label way) {
    place(way);
    isMapped(target);
    mv.visitJumpInsn(IFNE, blockLabels.get(target));
    mv.visitJumpInsn(GOTO, exitTo(target));
  }

  /** Leaves on the operand stack whether an offset's page is mapped as it was. */
  private void isMapped(int offset) {
    values.quickMemory();
    values.push(Value.add(new Value.CodeBase(), offset));
    constant(region.frameAt(offset));
    mv.visitMethodInsn(INVOKEVIRTUAL, ValueEmitter.QUICK_MEMORY, "isMapped", "(II)Z", false);
  }

  private void constant(int value) {
    values.constant(value);
  }
}
