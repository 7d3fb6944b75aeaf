package hourglass.translator.ir;

import static hourglass.translator.cpu.CpuState.EAX;
import static hourglass.translator.cpu.CpuState.EBP;
import static hourglass.translator.cpu.CpuState.EBX;
import static hourglass.translator.cpu.CpuState.ECX;
import static hourglass.translator.cpu.CpuState.EDX;
import static hourglass.translator.cpu.CpuState.ESP;
import static hourglass.translator.ir.Value.Operator.AND;
import static hourglass.translator.ir.Value.Operator.SAR;
import static hourglass.translator.ir.Value.Operator.SHL;
import static hourglass.translator.ir.Value.Operator.SHR;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.ir.BlockBuilder.FlagSource;
import hourglass.translator.ir.Op.FlagKind;
import hourglass.translator.isa.Form;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;
import hourglass.translator.isa.OperandKind;
import java.util.Optional;

/**
 * Turns decoded instructions into ops under one mode key. What it has no ops for becomes a callout
 * to the interpreter's handler.
 *
 * <p>Order inside a step is what keeps faults precise: first everything that can fault, then
 * registers, then flags.
 */
final class Lowering {
  private final int modeKey;
  private final BlockBuilder out;
  private final Operands operands;
  private final X87Lowering x87;
  private final SimdLowering simd;

  Lowering(int modeKey, BlockBuilder out) {
    this.modeKey = modeKey;
    this.out = out;
    operands = new Operands(modeKey, out);
    x87 = new X87Lowering(modeKey, out, operands);
    simd = new SimdLowering(out, operands);
  }

  /**
   * Lowers one instruction into the block.
   *
   * @param offset of the instruction from the start of the root's page
   * @return the block's terminal, where the instruction ends it
   */
  Optional<Terminal> lower(Instruction insn, int offset) {
    final Optional<Terminal> terminal = lowerOps(insn, offset);
    out.endStep(insn, offset);
    return terminal;
  }

  private Optional<Terminal> lowerOps(Instruction insn, int offset) {
    final int next = offset + insn.length;
    // A serializing instruction does not end a block here: its callout leaves where anything of
    // note has changed.
    if (insn.form.ending() != Form.Ending.NONE && insn.form.ending() != Form.Ending.SERIALIZE) {
      return Optional.of(branch(insn, next).orElseGet(this::calloutThatLeaves));
    }
    if (!lowerPlain(insn) && !x87.lower(insn, offset) && !simd.lower(insn)) {
      callout(insn);
    }
    return Optional.empty();
  }

  private Terminal calloutThatLeaves() {
    out.add(new Op.CallOut());
    return new Terminal.Left();
  }

  private void callout(Instruction insn) {
    out.add(Callouts.of(insn));
    if (insn.form.flagsWritten() != 0 || insn.form.flagsUndefined() != 0) {
      out.forgetFlags();
    }
  }

  // --- branches

  /**
   * Near branches. With 16-bit offsets, only where the code is 16-bit too: else a target could be
   * cut.
   */
  private Optional<Terminal> branch(Instruction insn, int next) {
    final boolean wide = insn.operandSize == 32;
    if (wide != ((modeKey & CpuState.MODE_CODE32) != 0)) {
      return Optional.empty();
    }
    final int size = insn.operandSize / 8;
    final int target = next + insn.immediate;
    return switch (insn.mnemonic) {
      case JMP ->
          insn.form.ending() == Form.Ending.JUMP
              ? Optional.of(new Terminal.Jump(target))
              : Optional.of(new Terminal.Indirect(out.temp(operands.read(insn, 0))));
      case JCC -> Optional.of(new Terminal.Branch(out.condition(insn.condition), target, next));
      case CALL -> {
        if (insn.form.ending() == Form.Ending.CALL) {
          operands.push(size, codeAddress(next, size));
          yield Optional.of(new Terminal.Jump(target));
        }
        final Value to = out.temp(operands.read(insn, 0));
        operands.push(size, codeAddress(next, size));
        yield Optional.of(new Terminal.Indirect(to));
      }
      case RET -> {
        final Value to =
            out.temp(new Value.Load(size, operands.stackAddress(0, size, false), false));
        final int extra = insn.operandCount() > 0 ? insn.immediate : 0;
        operands.moveStack(Value.of(size + extra));
        yield Optional.of(new Terminal.Indirect(to));
      }
      case JCXZ ->
          Optional.of(
              new Terminal.Branch(
                  new Value.Comparison(Value.Relation.EQUAL, counter(insn), Value.of(0)),
                  target,
                  next));
      case LOOP -> Optional.of(new Terminal.Branch(countDown(insn), target, next));
      case LOOPE, LOOPNE -> {
        final Value goesOn = out.temp(out.condition(insn.mnemonic == Mnemonic.LOOPE ? 4 : 5));
        final Value both = new Value.Binary(AND, goesOn, out.temp(countDown(insn)));
        yield Optional.of(
            new Terminal.Branch(
                new Value.Comparison(Value.Relation.NOT_EQUAL, both, Value.of(0)), target, next));
      }
      default -> Optional.empty();
    };
  }

  /** Takes 1 from the counter; the value is whether it is not 0 now. */
  private Value countDown(Instruction insn) {
    operands.setRegister(ECX, insn.addressSize / 8, Value.add(Value.reg(ECX), -1));
    return new Value.Comparison(Value.Relation.NOT_EQUAL, counter(insn), Value.of(0));
  }

  private static Value counter(Instruction insn) {
    return Operands.register(ECX, insn.addressSize / 8);
  }

  /** An offset in CS as a value of {@code size} bytes. */
  private static Value codeAddress(int offset, int size) {
    return Value.zeroExtend(Value.add(new Value.CodeBase(), offset), size);
  }

  // --- everything else

  /** Lowers an instruction that does not end a block; false where there are no ops for it. */
  private boolean lowerPlain(Instruction insn) {
    switch (insn.mnemonic) {
      case MOV:
        return move(insn);
      case MOVZX:
        extend(insn, operands.read(insn, 1));
        return true;
      case MOVSX:
        extend(
            insn, Value.signExtend(operands.read(insn, 1), Operands.size(insn.operand(1), insn)));
        return true;
      case LEA:
        operands.setRegister(insn.reg, insn.operandSize / 8, Operands.offset(insn));
        return true;
      case ADD, ADC, SUB, SBB, CMP:
        addOrSubtract(insn);
        return true;
      case AND, OR, XOR, TEST:
        logic(insn);
        return true;
      case INC, DEC:
        increment(insn);
        return true;
      case NEG:
        negate(insn);
        return true;
      case NOT:
        final Operands.Destination inverted = operands.destination(insn, 0);
        inverted.write(Value.xor(inverted.read(), Value.of(-1)));
        return true;
      case SHL, SHR, SAR, ROL, ROR:
        shift(insn);
        return true;
      case SHLD, SHRD:
        doubleShift(insn);
        return true;
      case IMUL, MUL, IDIV, DIV:
        new MultiplyDivideLowering(out, operands).lower(insn);
        return true;
      case CBW:
        operands.setRegister(
            EAX, insn.operandSize / 8, Value.signExtend(Value.reg(EAX), insn.operandSize / 16));
        return true;
      case CWD:
        operands.setRegister(
            EDX,
            insn.operandSize / 8,
            new Value.Binary(
                SAR, Value.signExtend(Value.reg(EAX), insn.operandSize / 8), Value.of(31)));
        return true;
      case PUSH:
        push(insn);
        return true;
      case POP:
        return pop(insn);
      case LEAVE:
        return leave(insn);
      case XCHG:
        if (insn.operand(0) == OperandKind.AXV || insn.operand(1) == OperandKind.AXV) {
          exchangeAccumulator(insn);
        } else {
          exchange(insn);
        }
        return true;
      case XADD:
        exchangeAndAdd(insn);
        return true;
      case CMPXCHG:
        compareAndExchange(insn);
        return true;
      case SETCC:
        final Value truth = out.temp(out.condition(insn.condition));
        if (insn.memory) {
          out.store(1, operands.address(insn, 1, true), truth);
        } else {
          operands.setRegister(insn.rm, 1, truth);
        }
        return true;
      case CMOVCC:
        final int moved = insn.operandSize / 8;
        final Value source = out.temp(operands.read(insn, 1));
        operands.setRegister(
            insn.reg,
            moved,
            out.temp(
                new Value.Select(
                    out.condition(insn.condition), source, Operands.register(insn.reg, moved))));
        return true;
      case BSWAP:
        if (insn.operandSize == 32) {
          out.set(insn.reg, Value.call(Function.BYTE_SWAP, Value.reg(insn.reg)));
        } else { // undefined in the manual; processors clear the word
          operands.setRegister(insn.reg, 2, Value.of(0));
        }
        return true;
      case BT, BTS, BTR, BTC:
        return new BitLowering(out, operands).test(insn);
      case BSF, BSR:
        new BitLowering(out, operands).scan(insn);
        return true;
      case MOVS, STOS, LODS, CMPS, SCAS:
        return new StringLowering(out, operands).lower(insn);
      case XLAT:
        translateByte(insn);
        return true;
      case NOP, LFENCE, MFENCE, SFENCE: // accesses are in order
        return true;
      default:
        return new FlagLowering(modeKey, out, operands).lower(insn);
    }
  }

  private void translateByte(Instruction insn) {
    final Value sum = Value.add(Value.reg(EBX), Operands.register(EAX, 1));
    final Value offset = insn.addressSize == 32 ? sum : Value.and(sum, 0xFFFF);
    final Value address = operands.linear(insn.segment, offset, 1, false);
    operands.setRegister(EAX, 1, out.temp(new Value.Load(1, address, false)));
  }

  private boolean move(Instruction insn) {
    final OperandKind to = insn.operand(0);
    final OperandKind from = insn.operand(1);
    if (from == OperandKind.SREG) {
      return moveSelector(insn);
    }
    if (to == OperandKind.SREG) {
      return false;
    }
    final int size = Operands.size(to, insn);
    switch (to) {
      case RM8, RMV -> {
        if (insn.memory) {
          out.store(size, operands.address(insn, size, true), operands.read(insn, 1));
        } else {
          operands.setRegister(insn.rm, size, operands.read(insn, 1));
        }
      }
      case R8, RV, Z8, ZV -> operands.setRegister(insn.reg, size, operands.read(insn, 1));
      case AL, AXV -> operands.setRegister(EAX, size, operands.read(insn, 1));
      case MOFFS8, MOFFSV ->
          out.store(size, operands.address(insn, size, true), operands.read(insn, 1));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** MOV r/m, Sreg: 16 bits in memory, zero-extended in a register. */
  private boolean moveSelector(Instruction insn) {
    if (insn.reg > CpuState.GS) {
      return false;
    }
    final Value selector = new Value.Selector(insn.reg);
    if (insn.memory) {
      out.store(2, operands.address(insn, 2, true), selector);
    } else {
      operands.setRegister(insn.rm, insn.operandSize / 8, selector);
    }
    return true;
  }

  private void extend(Instruction insn, Value value) {
    operands.setRegister(insn.reg, insn.operandSize / 8, value);
  }

  private void addOrSubtract(Instruction insn) {
    final boolean compares = insn.mnemonic == Mnemonic.CMP;
    final boolean adds = insn.mnemonic == Mnemonic.ADD || insn.mnemonic == Mnemonic.ADC;
    final boolean carries = insn.mnemonic == Mnemonic.ADC || insn.mnemonic == Mnemonic.SBB;
    final Value left;
    final Operands.Destination destination;
    final int size = Operands.size(insn.operand(0), insn);
    if (compares) {
      destination = null;
      left = out.temp(operands.read(insn, 0));
    } else {
      destination = operands.destination(insn, 0);
      left = destination.read();
    }
    final Value right = out.temp(operands.read(insn, 1));
    Value sum = adds ? Value.add(left, right) : Value.sub(left, right);
    if (carries) {
      final Value carry = out.temp(out.carry());
      sum = adds ? Value.add(sum, carry) : Value.sub(sum, carry);
    }
    final Value result = out.temp(sum);
    if (!compares) {
      destination.write(result);
    }
    final Value extended = Value.signExtend(result, size);
    final Value auxiliary =
        Value.call(adds ? Function.auxAdd(size) : Function.auxSub(size), left, right, result);
    final FlagSource source =
        adds || carries
            ? new FlagSource.Result(extended, false)
            : new FlagSource.Comparison(size, left, right);
    out.setFlags(extended, auxiliary, source);
  }

  private void logic(Instruction insn) {
    final boolean tests = insn.mnemonic == Mnemonic.TEST;
    final int size = Operands.size(insn.operand(0), insn);
    final Value result;
    if (tests) {
      final Value left = out.temp(operands.read(insn, 0));
      result = out.temp(new Value.Binary(AND, left, operands.read(insn, 1)));
    } else {
      final Operands.Destination destination = operands.destination(insn, 0);
      final Value left = destination.read();
      final Value.Operator operator =
          switch (insn.mnemonic) {
            case AND -> AND;
            case OR -> Value.Operator.OR;
            default -> Value.Operator.XOR;
          };
      result = out.temp(new Value.Binary(operator, left, operands.read(insn, 1)));
      destination.write(result);
    }
    out.setLogicalFlags(result, size);
  }

  private void increment(Instruction insn) {
    final boolean up = insn.mnemonic == Mnemonic.INC;
    final Operands.Destination destination = operands.destination(insn, 0);
    final Value left = destination.read();
    final Value result = out.temp(Value.add(left, up ? 1 : -1));
    destination.write(result);
    final int size = destination.size();
    out.setFlagsButCarry(
        Value.signExtend(result, size),
        Value.call(up ? Function.auxAdd(size) : Function.auxSub(size), left, Value.of(1), result));
  }

  private void negate(Instruction insn) {
    final Operands.Destination destination = operands.destination(insn, 0);
    final Value right = destination.read();
    final Value result = out.temp(Value.sub(Value.of(0), right));
    destination.write(result);
    out.setComparisonFlags(destination.size(), Value.of(0), right, result);
  }

  // --- shifts

  private void shift(Instruction insn) {
    final Value count = shiftCount(insn, 1);
    final Operands.Destination destination = operands.destination(insn, 0);
    final int size = destination.size();
    final Value bits = Value.of(8 * size);
    final Value left = destination.read();
    if (isNothing(count)) {
      return; // but reading may have faulted
    }
    final Value result = out.temp(shifted(insn.mnemonic, left, count, bits, size));
    destination.write(result);
    switch (insn.mnemonic) {
      case ROL, ROR -> {
        final Value old = new Value.FlagAuxiliary();
        final boolean toLeft = insn.mnemonic == Mnemonic.ROL;
        final Value aux;
        if (!insn.memory && count instanceof Value.Const(int c) && c != 1) {
          aux =
              toLeft
                  ? Value.call(Function.AUX_ROL_IMMEDIATE, old, result)
                  : Value.call(Function.AUX_ROR_IMMEDIATE, old, result, bits);
        } else {
          aux = Value.call(toLeft ? Function.AUX_ROL : Function.AUX_ROR, old, left, result, bits);
        }
        setShiftFlags(FlagKind.CARRY_AND_OVERFLOW, count, Value.of(0), aux);
      }
      default -> {
        final Value aux =
            switch (insn.mnemonic) {
              case SHL -> Value.call(Function.AUX_SHL, left, count, bits);
              case SHR -> Value.call(Function.AUX_SHR, left, count, bits);
              default -> Value.call(Function.AUX_SAR, left, count, bits);
            };
        setShiftFlags(FlagKind.ALL, count, Value.signExtend(result, size), aux);
      }
    }
  }

  private static Value shifted(Mnemonic mnemonic, Value left, Value count, Value bits, int size) {
    if (size == 4) {
      switch (mnemonic) {
        case SHL:
          return new Value.Binary(SHL, left, count);
        case SHR:
          return new Value.Binary(SHR, left, count);
        case SAR:
          return new Value.Binary(SAR, left, count);
        default:
          break;
      }
    }
    final Function function =
        switch (mnemonic) {
          case SHL -> Function.SHL;
          case SHR -> Function.SHR;
          case SAR -> Function.SAR;
          case ROL -> Function.ROL;
          default -> Function.ROR;
        };
    return Value.call(function, left, count, bits);
  }

  private void doubleShift(Instruction insn) {
    final Value count = shiftCount(insn, 2);
    final boolean left = insn.mnemonic == Mnemonic.SHLD;
    final Operands.Destination destination = operands.destination(insn, 0);
    final int size = destination.size();
    final Value bits = Value.of(8 * size);
    final Value value = destination.read();
    if (isNothing(count)) {
      return;
    }
    final Value fill = out.temp(operands.read(insn, 1));
    final Value moved = Value.call(left ? Function.SHLD : Function.SHRD, value, fill, count, bits);
    // A shift by 0 changes nothing; the functions are not defined for it.
    final Value result =
        out.temp(
            count instanceof Value.Const ? moved : new Value.Select(isZero(count), value, moved));
    destination.write(result);
    setShiftFlags(
        FlagKind.ALL,
        count,
        Value.signExtend(result, size),
        Value.call(left ? Function.AUX_SHLD : Function.AUX_SHRD, value, fill, count, bits));
  }

  /** The count of a shift, modulo 32, as a constant or in a temporary. */
  private Value shiftCount(Instruction insn, int operand) {
    return out.temp(Value.and(operands.read(insn, operand), 31));
  }

  private static boolean isNothing(Value count) {
    return count instanceof Value.Const(int c) && c == 0;
  }

  private static Value isZero(Value value) {
    return new Value.Comparison(Value.Relation.EQUAL, value, Value.of(0));
  }

  /** Sets flags after a shift: a count of 0 leaves them as they were. */
  private void setShiftFlags(FlagKind kind, Value count, Value result, Value auxiliary) {
    if (count instanceof Value.Const) {
      if (kind == FlagKind.ALL) {
        out.setFlags(result, auxiliary, new FlagSource.Result(result, false));
      } else {
        out.setFlags(kind, result, auxiliary);
      }
      return;
    }
    final Value oldAuxiliary = new Value.FlagAuxiliary();
    out.setFlags(
        kind,
        kind == FlagKind.ALL
            ? new Value.Select(isZero(count), new Value.FlagResult(), result)
            : result,
        new Value.Select(isZero(count), oldAuxiliary, auxiliary));
  }

  // --- the stack

  private void push(Instruction insn) {
    switch (insn.operand(0)) {
      case ZV, RMV, IMMV, IMM8_SX -> {
        final int size = insn.operandSize / 8;
        operands.push(size, out.temp(operands.read(insn, 0)));
      }
      default ->
          operands.push(
              insn.operandSize / 8, new Value.Selector(Operands.segment(insn.operand(0))));
    }
  }

  private boolean pop(Instruction insn) {
    final boolean toRegister =
        insn.operand(0) == OperandKind.ZV || insn.operand(0) == OperandKind.RMV && !insn.memory;
    if (!toRegister) {
      return false;
    }
    final int register = insn.operand(0) == OperandKind.ZV ? insn.reg : insn.rm;
    final int size = insn.operandSize / 8;
    operands.setRegister(register, size, operands.pop(size));
    return true;
  }

  private boolean leave(Instruction insn) {
    if ((modeKey & CpuState.MODE_STACK32) == 0 || insn.operandSize != 32) {
      return false;
    }
    final Value frame =
        new Value.Load(4, operands.linear(CpuState.SS, Value.reg(EBP), 4, false), false);
    final Value caller = out.temp(frame);
    out.set(ESP, Value.add(Value.reg(EBP), 4));
    out.set(EBP, caller);
    return true;
  }

  // --- exchanges and bits

  private void exchange(Instruction insn) {
    // One of the two operands is r/m, the other reg; which comes first makes no difference.
    final boolean firstIsRm =
        insn.operand(0) == OperandKind.RM8 || insn.operand(0) == OperandKind.RMV;
    final Operands.Destination destination = operands.destination(insn, firstIsRm ? 0 : 1);
    final int size = destination.size();
    final Value old = destination.read();
    destination.write(out.temp(Operands.register(insn.reg, size)));
    operands.setRegister(insn.reg, size, old);
  }

  private void exchangeAccumulator(Instruction insn) {
    final int size = insn.operandSize / 8;
    final Value accumulator = out.temp(Operands.register(EAX, size));
    final Value other = out.temp(Operands.register(insn.reg, size));
    operands.setRegister(EAX, size, other);
    operands.setRegister(insn.reg, size, accumulator);
  }

  private void exchangeAndAdd(Instruction insn) {
    final Operands.Destination destination = operands.destination(insn, 0);
    final int size = destination.size();
    final Value left = destination.read();
    final Value right = out.temp(Operands.register(insn.reg, size));
    final Value result = out.temp(Value.add(left, right));
    if (insn.memory) {
      destination.write(result);
      operands.setRegister(insn.reg, size, left);
    } else { // XADD of a register with itself leaves the sum
      operands.setRegister(insn.reg, size, left);
      destination.write(result);
    }
    final Value extended = Value.signExtend(result, size);
    out.setFlags(
        extended,
        Value.call(Function.auxAdd(size), left, right, result),
        new FlagSource.Result(extended, false));
  }

  private void compareAndExchange(Instruction insn) {
    final Operands.Destination destination = operands.destination(insn, 0);
    final int size = destination.size();
    final Value old = destination.read();
    final Value accumulator = out.temp(Operands.register(EAX, size));
    final Value equal = out.temp(new Value.Comparison(Value.Relation.EQUAL, accumulator, old));
    final Value result = out.temp(Value.sub(accumulator, old));
    // Equal or not, the processor writes the destination (SDM volume 2, CMPXCHG).
    final Value isEqual = new Value.Comparison(Value.Relation.NOT_EQUAL, equal, Value.of(0));
    destination.write(out.temp(new Value.Select(isEqual, Operands.register(insn.reg, size), old)));
    operands.setRegister(
        EAX, size, out.temp(new Value.Select(isEqual, Operands.register(EAX, size), old)));
    out.setComparisonFlags(size, accumulator, old, result);
  }
}
