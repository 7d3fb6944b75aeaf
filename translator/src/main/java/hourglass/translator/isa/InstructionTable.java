package hourglass.translator.isa;

import hourglass.translator.isa.Form.Ending;
import hourglass.translator.isa.Form.Trait;
import hourglass.translator.isa.Form.Use;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The instruction table: every encoding of the 8086 to the Pentium Pro, x87, SYSENTER, and MMX and
 * SSE to SSE4.2 (which {@link SimdRows} holds) included, and the undocumented aliases that real
 * processors accept (Intel SDM volume 2, and its opcode map in appendix A).
 *
 * <p>A row has up to four columns:
 *
 * <pre>
 *   encoding | mnemonic and operands | flags | ending, traits, feature
 * </pre>
 *
 * <ul>
 *   <li><b>Encoding</b> in the manual's notation, see {@link Encoding}.
 *   <li><b>Operands</b> in Intel order: names of {@link OperandKind} in lower case, with a mark of
 *       {@link Access}: {@code =} written, {@code +} read and written, {@code &} neither, only the
 *       place counts. The mark of an operand that can be a register or memory is the register's.
 *       Then, in braces and marked in the same way, what the instruction uses without naming it:
 *       {@code MUL rm8 {al =ax}}. Not listed are the registers of an address, those that string
 *       instructions and {@code stack} move along memory, and the counter of a repeat prefix. x87
 *       registers have the numbers they have before the instruction, so that a push fills ST(7).
 *   <li><b>Flags</b>: {@code r:} read, {@code w:} written, {@code u:} left undefined; the letters
 *       {@code o d s z a p c} are OF DF SF ZF AF PF CF. Shifts by a variable count are listed with
 *       what they write for some count; {@link Instruction#flagsKilled} knows better. The
 *       conditions of Jcc, SETcc and CMOVcc are narrowed by {@link Instruction#flagsRead}.
 *   <li><b>Ending and traits</b>: names of {@link Form.Ending}, {@link Form.Trait} and {@link
 *       Feature} in lower case.
 * </ul>
 *
 * A row takes the opcodes that no row above it has taken, so exceptions stand before the general
 * case.
 */
public final class InstructionTable {
  /**
   * The eight operations that share one scheme of encodings. The n-th of them has opcodes from 8n
   * on, {@code {op+0}} being the first, and reg field n in the group opcodes.
   */
  private static final String ARITHMETIC =
      """
      {op+0} /r  | {name} {to}rm8 r8      | {flags} | {lock}
      {op+1} /r  | {name} {to}rmv rv      | {flags} | {lock}
      {op+2} /r  | {name} {to}r8 rm8      | {flags}
      {op+3} /r  | {name} {to}rv rmv      | {flags}
      {op+4} ib  | {name} {to}al imm8     | {flags}
      {op+5} iv  | {name} {to}axv immv    | {flags}
      80 /{n} ib | {name} {to}rm8 imm8    | {flags} | {lock}
      81 /{n} iv | {name} {to}rmv immv    | {flags} | {lock}
      82 /{n} ib | {name} {to}rm8 imm8    | {flags} | {lock}
      83 /{n} ib | {name} {to}rmv imm8_sx | {flags} | {lock}
      """;

  /**
   * The rotates and shifts. A count of 1 defines OF, so it counts as written; a count of 0 writes
   * nothing.
   */
  private static final String SHIFTS =
      """
      C0 /{n} ib | {name} +rm8 imm8 | {flags}
      C1 /{n} ib | {name} +rmv imm8 | {flags}
      D0 /{n}    | {name} +rm8 one  | {flags}
      D1 /{n}    | {name} +rmv one  | {flags}
      D2 /{n}    | {name} +rm8 cl   | {flags}
      D3 /{n}    | {name} +rmv cl   | {flags}
      """;

  private static final String INTEGER =
      """
      06         | PUSH es {stack}
      07         | POP =es {stack}                |                  | serialize
      0E         | PUSH cs {stack}
      16         | PUSH ss {stack}
      17         | POP =ss {stack}                |                  | serialize
      1E         | PUSH ds {stack}
      1F         | POP =ds {stack}                |                  | serialize
      27         | DAA {+al}                      | r:ac w:szapc u:o
      2F         | DAS {+al}                      | r:ac w:szapc u:o
      37         | AAA {+ax}                      | r:a w:ac u:oszp
      3F         | AAS {+ax}                      | r:a w:ac u:oszp
      40+r       | INC +zv                        | w:oszap
      48+r       | DEC +zv                        | w:oszap
      50+r       | PUSH zv {stack}
      58+r       | POP =zv {stack}
      60         | PUSHA {generalv stack}
      61         | POPA {=generalv stack}
      62 /r      | BOUND rv m_bound
      63 /r      | ARPL +rm16 r16                 | w:z              | protected_only
      68 iv      | PUSH immv {stack}
      69 /r iv   | IMUL =rv rmv immv              | w:oc u:szap
      6A ib      | PUSH imm8_sx {stack}
      6B /r ib   | IMUL =rv rmv imm8_sx           | w:oc u:szap
      6C         | INS =dst8 dx                   | r:d              | rep io
      6D         | INS =dstv dx                   | r:d              | rep io
      6E         | OUTS dx src8                   | r:d              | rep io
      6F         | OUTS dx srcv                   | r:d              | rep io
      70+cc cb   | JCC rel8                       | r:oszpc          | conditional
      84 /r      | TEST rm8 r8                    | w:oszpc u:a
      85 /r      | TEST rmv rv                    | w:oszpc u:a
      86 /r      | XCHG +rm8 +r8                  |                  | lockable
      87 /r      | XCHG +rmv +rv                  |                  | lockable
      88 /r      | MOV =rm8 r8
      89 /r      | MOV =rmv rv
      8A /r      | MOV =r8 rm8
      8B /r      | MOV =rv rmv
      8C /r      | MOV =rv_m16 sreg
      8D /r      | LEA =rv &m
      8E /r      | MOV =sreg rm16                 |                  | serialize
      8F /0      | POP =rmv {stack}
      90         | NOP
      F3 90      | NOP
      90+r       | XCHG +zv +axv
      98         | CBW {axv_low =axv}
      99         | CWD {axv =dxv}
      9A cp      | CALL_FAR ptr_far {+cs stack}   |                  | far
      9B         | WAIT
      9C         | PUSHF {stack}                  | r:odszapc        | io
      9D         | POPF {stack}                   | w:odszapc        | serialize io
      9E         | SAHF {ah}                      | w:szapc
      9F         | LAHF {=ah}                     | r:szapc
      A0 mo      | MOV =al moffs8
      A1 mo      | MOV =axv moffsv
      A2 mo      | MOV =moffs8 al
      A3 mo      | MOV =moffsv axv
      A4         | MOVS =dst8 src8                | r:d              | rep
      A5         | MOVS =dstv srcv                | r:d              | rep
      A6         | CMPS src8 dst8                 | r:d w:oszapc     | rep_while
      A7         | CMPS srcv dstv                 | r:d w:oszapc     | rep_while
      A8 ib      | TEST al imm8                   | w:oszpc u:a
      A9 iv      | TEST axv immv                  | w:oszpc u:a
      AA         | STOS =dst8 al                  | r:d              | rep
      AB         | STOS =dstv axv                 | r:d              | rep
      AC         | LODS =al src8                  | r:d              | rep
      AD         | LODS =axv srcv                 | r:d              | rep
      AE         | SCAS al dst8                   | r:d w:oszapc     | rep_while
      AF         | SCAS axv dstv                  | r:d w:oszapc     | rep_while
      B0+r ib    | MOV =z8 imm8
      B8+r iv    | MOV =zv immv
      C2 iw      | RET imm16 {stack}              |                  | return
      C3         | RET {stack}                    |                  | return
      C4 /r      | LES =rv m_far {=es}            |                  | serialize
      C5 /r      | LDS =rv m_far {=ds}            |                  | serialize
      C6 /0 ib   | MOV =rm8 imm8
      C7 /0 iv   | MOV =rmv immv
      C8 iw ib   | ENTER imm16 imm8_second {stack ebp +bpv}
      C9         | LEAVE {stack ebp =bpv}
      CA iw      | RET_FAR imm16 {=cs stack}      |                  | far
      CB         | RET_FAR {=cs stack}            |                  | far
      CC         | INT3 {+cs stack}               | r:odszapc        | far
      CD ib      | INT imm8 {+cs stack}           | r:odszapc        | far io
      CE         | INTO {+cs stack}               | r:odszapc        | far
      CF         | IRET {=cs stack}               | r:odszapc w:odszapc | far io
      D4 ib      | AAM imm8 {al =ax}              | w:szp u:oac
      D5 ib      | AAD imm8 {+ax}                 | w:szp u:oac
      D6         | SALC {=al}                     | r:c
      D7         | XLAT {+al bxa segment}
      E0 cb      | LOOPNE rel8 {+cxa}             | r:z              | conditional
      E1 cb      | LOOPE rel8 {+cxa}              | r:z              | conditional
      E2 cb      | LOOP rel8 {+cxa}               |                  | conditional
      E3 cb      | JCXZ rel8 {cxa}                |                  | conditional
      E4 ib      | IN =al imm8                    |                  | io
      E5 ib      | IN =axv imm8                   |                  | io
      E6 ib      | OUT imm8 al                    |                  | io
      E7 ib      | OUT imm8 axv                   |                  | io
      E8 cv      | CALL relv {stack}              |                  | call
      E9 cv      | JMP relv                       |                  | jump
      EA cp      | JMP_FAR ptr_far {=cs}          |                  | far
      EB cb      | JMP rel8                       |                  | jump
      EC         | IN =al dx                      |                  | io
      ED         | IN =axv dx                     |                  | io
      EE         | OUT dx al                      |                  | io
      EF         | OUT dx axv                     |                  | io
      F1         | INT1 {+cs stack}               | r:odszapc        | far
      F4         | HLT                            |                  | serialize privileged
      F5         | CMC                            | r:c w:c
      F6 /0 ib   | TEST rm8 imm8                  | w:oszpc u:a
      F6 /1 ib   | TEST rm8 imm8                  | w:oszpc u:a
      F6 /2      | NOT +rm8                       |                  | lockable
      F6 /3      | NEG +rm8                       | w:oszapc         | lockable
      F6 /4      | MUL rm8 {al =ax}               | w:oc u:szap
      F6 /5      | IMUL rm8 {al =ax}              | w:oc u:szap
      F6 /6      | DIV rm8 {+ax}                  | u:oszapc
      F6 /7      | IDIV rm8 {+ax}                 | u:oszapc
      F7 /0 iv   | TEST rmv immv                  | w:oszpc u:a
      F7 /1 iv   | TEST rmv immv                  | w:oszpc u:a
      F7 /2      | NOT +rmv                       |                  | lockable
      F7 /3      | NEG +rmv                       | w:oszapc         | lockable
      F7 /4      | MUL rmv {+axv =dxv}            | w:oc u:szap
      F7 /5      | IMUL rmv {+axv =dxv}           | w:oc u:szap
      F7 /6      | DIV rmv {+axv +dxv}            | u:oszapc
      F7 /7      | IDIV rmv {+axv +dxv}           | u:oszapc
      F8         | CLC                            | w:c
      F9         | STC                            | w:c
      FA         | CLI                            |                  | io
      FB         | STI                            |                  | serialize io
      FC         | CLD                            | w:d
      FD         | STD                            | w:d
      FE /0      | INC +rm8                       | w:oszap          | lockable
      FE /1      | DEC +rm8                       | w:oszap          | lockable
      FF /0      | INC +rmv                       | w:oszap          | lockable
      FF /1      | DEC +rmv                       | w:oszap          | lockable
      FF /2      | CALL rmv {stack}               |                  | indirect_call
      FF /3      | CALL_FAR m_far {+cs stack}     |                  | far
      FF /4      | JMP rmv                        |                  | indirect_jump
      FF /5      | JMP_FAR m_far {=cs}            |                  | far
      FF /6      | PUSH rmv {stack}

      0F 00 /0   | SLDT =rv_m16                   |                  | protected_only
      0F 00 /1   | STR =rv_m16                    |                  | protected_only
      0F 00 /2   | LLDT rm16                      |                  | protected_only privileged
      0F 00 /3   | LTR rm16                       |                  | protected_only privileged
      0F 00 /4   | VERR rm16                      | w:z              | protected_only
      0F 00 /5   | VERW rm16                      | w:z              | protected_only
      0F 01 /0   | SGDT =m_table
      0F 01 /1   | SIDT =m_table
      0F 01 /2   | LGDT m_table                   |                  | privileged
      0F 01 /3   | LIDT m_table                   |                  | privileged
      0F 01 /4   | SMSW =rv_m16
      0F 01 /6   | LMSW rm16                      |                  | serialize privileged
      0F 01 /7   | INVLPG m8                      |                  | privileged
      0F 02 /r   | LAR +rv rm16                   | w:z              | protected_only
      0F 03 /r   | LSL +rv rm16                   | w:z              | protected_only
      0F 06      | CLTS                           |                  | serialize privileged
      0F 08      | INVD                           |                  | privileged
      0F 09      | WBINVD                         |                  | privileged
      0F 0B      | UD2                            |                  | far
      0F 0D /0   | NOP &m8                        |                  | cmov
      0F 0D /1   | NOP &m8                        |                  | cmov
      0F 0D /r   | NOP &rmv                       |                  | cmov
      0F 18 /0   | NOP &m8                        |                  | cmov
      0F 18 /1   | NOP &m8                        |                  | cmov
      0F 18 /2   | NOP &m8                        |                  | cmov
      0F 18 /3   | NOP &m8                        |                  | cmov
      0F 18 /r   | NOP &rmv                       |                  | cmov
      0F 19 /r   | NOP &rmv                       |                  | cmov
      0F 1A /r   | NOP &rmv                       |                  | cmov
      0F 1B /r   | NOP &rmv                       |                  | cmov
      0F 1C /r   | NOP &rmv                       |                  | cmov
      0F 1D /r   | NOP &rmv                       |                  | cmov
      F3 0F 1E FA | NOP                           |                  | cmov
      F3 0F 1E FB | NOP                           |                  | cmov
      0F 1E /r   | NOP &rmv                       |                  | cmov
      0F 1F /r   | NOP &rmv                       |                  | cmov
      0F 20 /r   | MOV =r32_rm cr                 | u:oszapc         | privileged
      0F 21 /r   | MOV =r32_rm dr                 | u:oszapc         | privileged
      0F 22 /r   | MOV =cr r32_rm                 | u:oszapc         | serialize privileged
      0F 23 /r   | MOV =dr r32_rm                 | u:oszapc         | serialize privileged
      0F 30      | WRMSR {ecx eax edx}            |                  | serialize privileged msr
      0F 31      | RDTSC {=eax =edx}              |                  | tsc
      0F 32      | RDMSR {ecx =eax =edx}          |                  | privileged msr
      0F 33      | RDPMC {ecx =eax =edx}          |                  | cmov
      0F 34      | SYSENTER {=cs =ss =esp}        |                  | far sep
      0F 35      | SYSEXIT {ecx edx =cs =ss =esp} |                  | far privileged sep
      0F 40+cc /r | CMOVCC +rv rmv                | r:oszpc          | cmov
      0F 80+cc cv | JCC relv                      | r:oszpc          | conditional
      0F 90+cc /r | SETCC =rm8                    | r:oszpc
      0F A0      | PUSH fs {stack}
      0F A1      | POP =fs {stack}                |                  | serialize
      0F A2      | CPUID {+eax +ecx =edx =ebx}
      0F A3 /r   | BT rmv rv                      | w:c u:osap
      0F A4 /r ib | SHLD +rmv rv imm8             | w:oszpc u:a
      0F A5 /r   | SHLD +rmv rv cl                | w:oszpc u:a
      0F A8      | PUSH gs {stack}
      0F A9      | POP =gs {stack}                |                  | serialize
      0F AA      | RSM                            | w:odszapc        | far
      0F AB /r   | BTS +rmv rv                    | w:c u:osap       | lockable
      0F AC /r ib | SHRD +rmv rv imm8             | w:oszpc u:a
      0F AD /r   | SHRD +rmv rv cl                | w:oszpc u:a
      NP 0F AE /0 | FXSAVE =m {st_all mm_all xmm_all} |              | x87 fxsr
      NP 0F AE /1 | FXRSTOR m {=st_all =mm_all =xmm_all} |           | x87 fxsr
      0F AF /r   | IMUL +rv rmv                   | w:oc u:szap
      0F B0 /r   | CMPXCHG +rm8 r8 {+al}          | w:oszapc         | lockable
      0F B1 /r   | CMPXCHG +rmv rv {+axv}         | w:oszapc         | lockable
      0F B2 /r   | LSS =rv m_far {=ss}            |                  | serialize
      0F B3 /r   | BTR +rmv rv                    | w:c u:osap       | lockable
      0F B4 /r   | LFS =rv m_far {=fs}            |                  | serialize
      0F B5 /r   | LGS =rv m_far {=gs}            |                  | serialize
      0F B6 /r   | MOVZX =rv rm8
      0F B7 /r   | MOVZX =rv rm16
      0F B9 /r   | UD1 &rv &rmv                   |                  | far
      0F BA /4 ib | BT rmv imm8                   | w:c u:osap
      0F BA /5 ib | BTS +rmv imm8                 | w:c u:osap       | lockable
      0F BA /6 ib | BTR +rmv imm8                 | w:c u:osap       | lockable
      0F BA /7 ib | BTC +rmv imm8                 | w:c u:osap       | lockable
      0F BB /r   | BTC +rmv rv                    | w:c u:osap       | lockable
      0F BC /r   | BSF +rv rmv                    | w:z u:osapc
      0F BD /r   | BSR +rv rmv                    | w:z u:osapc
      0F BE /r   | MOVSX =rv rm8
      0F BF /r   | MOVSX =rv rm16
      0F C0 /r   | XADD +rm8 +r8                  | w:oszapc         | lockable
      0F C1 /r   | XADD +rmv +rv                  | w:oszapc         | lockable
      0F C7 /1   | CMPXCHG8B +m64 {+eax +edx ebx ecx} | w:z          | lockable cx8
      0F C8+r    | BSWAP +zv
      0F FF /r   | UD0 &rv &rmv                   |                  | far
      """;

  /** FNSTENV reads all registers, since the tag word tells of what they hold. */
  private static final String FLOATING_POINT =
      """
      D8 /0   | FADD m32fp {+st0}
      D8 /1   | FMUL m32fp {+st0}
      D8 /2   | FCOM m32fp {st0}
      D8 /3   | FCOMP m32fp {st0}
      D8 /4   | FSUB m32fp {+st0}
      D8 /5   | FSUBR m32fp {+st0}
      D8 /6   | FDIV m32fp {+st0}
      D8 /7   | FDIVR m32fp {+st0}
      D8 C0+i | FADD +st0 sti
      D8 C8+i | FMUL +st0 sti
      D8 D0+i | FCOM sti {st0}
      D8 D8+i | FCOMP sti {st0}
      D8 E0+i | FSUB +st0 sti
      D8 E8+i | FSUBR +st0 sti
      D8 F0+i | FDIV +st0 sti
      D8 F8+i | FDIVR +st0 sti
      D9 /0   | FLD m32fp {=st7}
      D9 /2   | FST =m32fp {st0}
      D9 /3   | FSTP =m32fp {st0}
      D9 /4   | FLDENV m
      D9 /5   | FLDCW m16
      D9 /6   | FNSTENV =m {st_all}
      D9 /7   | FNSTCW =m16
      D9 C0+i | FLD sti {=st7}
      D9 C8+i | FXCH +sti {+st0}
      D9 D0   | FNOP
      D9 D8+i | FSTP =sti {st0}
      D9 E0   | FCHS {+st0}
      D9 E1   | FABS {+st0}
      D9 E4   | FTST {st0}
      D9 E5   | FXAM {st0}
      D9 E8   | FLD1 {=st7}
      D9 E9   | FLDL2T {=st7}
      D9 EA   | FLDL2E {=st7}
      D9 EB   | FLDPI {=st7}
      D9 EC   | FLDLG2 {=st7}
      D9 ED   | FLDLN2 {=st7}
      D9 EE   | FLDZ {=st7}
      D9 F0   | F2XM1 {+st0}
      D9 F1   | FYL2X {st0 +st1}
      D9 F2   | FPTAN {+st0 +st7}
      D9 F3   | FPATAN {st0 +st1}
      D9 F4   | FXTRACT {+st0 =st7}
      D9 F5   | FPREM1 {+st0 st1}
      D9 F6   | FDECSTP
      D9 F7   | FINCSTP
      D9 F8   | FPREM {+st0 st1}
      D9 F9   | FYL2XP1 {st0 +st1}
      D9 FA   | FSQRT {+st0}
      D9 FB   | FSINCOS {+st0 +st7}
      D9 FC   | FRNDINT {+st0}
      D9 FD   | FSCALE {+st0 st1}
      D9 FE   | FSIN {+st0}
      D9 FF   | FCOS {+st0}
      DA /0   | FIADD m32int {+st0}
      DA /1   | FIMUL m32int {+st0}
      DA /2   | FICOM m32int {st0}
      DA /3   | FICOMP m32int {st0}
      DA /4   | FISUB m32int {+st0}
      DA /5   | FISUBR m32int {+st0}
      DA /6   | FIDIV m32int {+st0}
      DA /7   | FIDIVR m32int {+st0}
      DA C0+i | FCMOVB +st0 sti      | r:c      | cmov
      DA C8+i | FCMOVE +st0 sti      | r:z      | cmov
      DA D0+i | FCMOVBE +st0 sti     | r:zc     | cmov
      DA D8+i | FCMOVU +st0 sti      | r:p      | cmov
      DA E9   | FUCOMPP {st0 st1}
      DB /0   | FILD m32int {=st7}
      DB /1   | FISTTP =m32int {st0} |          | sse3
      DB /2   | FIST =m32int {st0}
      DB /3   | FISTP =m32int {st0}
      DB /5   | FLD m80fp {=st7}
      DB /7   | FSTP =m80fp {st0}
      DB C0+i | FCMOVNB +st0 sti     | r:c      | cmov
      DB C8+i | FCMOVNE +st0 sti     | r:z      | cmov
      DB D0+i | FCMOVNBE +st0 sti    | r:zc     | cmov
      DB D8+i | FCMOVNU +st0 sti     | r:p      | cmov
      DB E0   | FNENI
      DB E1   | FNDISI
      DB E2   | FNCLEX
      DB E3   | FNINIT
      DB E4   | FNSETPM
      DB E8+i | FUCOMI st0 sti       | w:oszapc | cmov
      DB F0+i | FCOMI st0 sti        | w:oszapc | cmov
      DC /0   | FADD m64fp {+st0}
      DC /1   | FMUL m64fp {+st0}
      DC /2   | FCOM m64fp {st0}
      DC /3   | FCOMP m64fp {st0}
      DC /4   | FSUB m64fp {+st0}
      DC /5   | FSUBR m64fp {+st0}
      DC /6   | FDIV m64fp {+st0}
      DC /7   | FDIVR m64fp {+st0}
      DC C0+i | FADD +sti st0
      DC C8+i | FMUL +sti st0
      DC D0+i | FCOM sti {st0}
      DC D8+i | FCOMP sti {st0}
      DC E0+i | FSUBR +sti st0
      DC E8+i | FSUB +sti st0
      DC F0+i | FDIVR +sti st0
      DC F8+i | FDIV +sti st0
      DD /0   | FLD m64fp {=st7}
      DD /1   | FISTTP =m64int {st0} |          | sse3
      DD /2   | FST =m64fp {st0}
      DD /3   | FSTP =m64fp {st0}
      DD /4   | FRSTOR m {=st_all =mm_all}
      DD /6   | FNSAVE =m {st_all mm_all}
      DD /7   | FNSTSW =m16
      DD C0+i | FFREE &sti
      DD C8+i | FXCH +sti {+st0}
      DD D0+i | FST =sti {st0}
      DD D8+i | FSTP =sti {st0}
      DD E0+i | FUCOM sti {st0}
      DD E8+i | FUCOMP sti {st0}
      DE /0   | FIADD m16int {+st0}
      DE /1   | FIMUL m16int {+st0}
      DE /2   | FICOM m16int {st0}
      DE /3   | FICOMP m16int {st0}
      DE /4   | FISUB m16int {+st0}
      DE /5   | FISUBR m16int {+st0}
      DE /6   | FIDIV m16int {+st0}
      DE /7   | FIDIVR m16int {+st0}
      DE C0+i | FADDP +sti st0
      DE C8+i | FMULP +sti st0
      DE D0+i | FCOMP sti {st0}
      DE D9   | FCOMPP {st0 st1}
      DE E0+i | FSUBRP +sti st0
      DE E8+i | FSUBP +sti st0
      DE F0+i | FDIVRP +sti st0
      DE F8+i | FDIVP +sti st0
      DF /0   | FILD m16int {=st7}
      DF /1   | FISTTP =m16int {st0} |          | sse3
      DF /2   | FIST =m16int {st0}
      DF /3   | FISTP =m16int {st0}
      DF /4   | FBLD m80bcd {=st7}
      DF /5   | FILD m64int {=st7}
      DF /6   | FBSTP =m80bcd {st0}
      DF /7   | FISTP =m64int {st0}
      DF C0+i | FFREEP &sti
      DF C8+i | FXCH +sti {+st0}
      DF D0+i | FSTP =sti {st0}
      DF D8+i | FSTP =sti {st0}
      DF E0   | FNSTSW =ax
      DF E8+i | FUCOMIP st0 sti      | w:oszapc | cmov
      DF F0+i | FCOMIP st0 sti       | w:oszapc | cmov
      """;

  private static final List<Encoding> ENCODINGS = encodings();
  private static final List<Form> FORMS =
      ENCODINGS.stream().map(encoding -> encoding.form).toList();
  private static final Encoding[][][] BY_OPCODE = byOpcode(ENCODINGS);

  static final Form INVALID = pseudoForm(Mnemonic.INVALID);
  static final Form TOO_LONG = pseudoForm(Mnemonic.TOO_LONG);
  static final Form INCOMPLETE = pseudoForm(Mnemonic.INCOMPLETE);

  private InstructionTable() {}

  /** All rows, in the table's order; without the pseudo-mnemonics. */
  public static List<Form> forms() {
    return FORMS;
  }

  /** All rows with what is known about decoding them. */
  static List<Encoding> allEncodings() {
    return ENCODINGS;
  }

  /**
   * The encodings of an opcode: none (null), the only one where no ModR/M byte follows, else 256 by
   * ModR/M byte, null where invalid.
   *
   * @param prefix mandatory prefix, see {@link Encoding#prefix}
   * @param opcode see {@link Encoding#opcode}
   */
  static Encoding[] lookup(int prefix, int opcode) {
    return BY_OPCODE[prefix][opcode];
  }

  private static Form pseudoForm(Mnemonic mnemonic) {
    return new Form(
        mnemonic, "", List.of(), List.of(), 0, 0, 0, Ending.FAR, Set.of(), Feature.BASE);
  }

  private static List<Encoding> encodings() {
    final List<Encoding> all = new ArrayList<>();
    final List<String> arithmetic = List.of("ADD", "OR", "ADC", "SBB", "AND", "SUB", "XOR", "CMP");
    for (int n = 0; n < 8; n++) {
      final String name = arithmetic.get(n);
      final String flags =
          switch (name) {
            case "OR", "AND", "XOR" -> "w:oszpc u:a";
            case "ADC", "SBB" -> "r:c w:oszapc";
            default -> "w:oszapc";
          };
      String rows = ARITHMETIC.replace("{lock}", name.equals("CMP") ? "" : "lockable");
      rows = rows.replace("{to}", name.equals("CMP") ? "" : "+");
      for (int i = 0; i < 6; i++) {
        rows = rows.replace("{op+" + i + "}", "%02X".formatted(8 * n + i));
      }
      add(all, fill(rows, name, n, flags), Set.of(), Feature.BASE);
    }
    final List<String> shifts = List.of("ROL", "ROR", "RCL", "RCR", "SHL", "SHR", "SHL", "SAR");
    for (int n = 0; n < 8; n++) {
      final String flags = n < 2 ? "w:oc" : n < 4 ? "r:c w:oc" : "w:oszpc u:a";
      add(all, fill(SHIFTS, shifts.get(n), n, flags), Set.of(), Feature.BASE);
    }
    add(all, INTEGER, Set.of(), Feature.BASE);
    add(all, FLOATING_POINT, Set.of(Trait.X87), Feature.BASE);
    addSimd(all, SimdRows.onMmx(SimdRows.MMX_BOTH), Feature.MMX);
    addSimd(all, SimdRows.onXmm(SimdRows.MMX_BOTH), Feature.SSE2);
    addSimd(all, SimdRows.onMmx(SimdRows.SSE_BOTH), Feature.SSE);
    addSimd(all, SimdRows.onXmm(SimdRows.SSE_BOTH), Feature.SSE2);
    addSimd(all, SimdRows.onMmx(SimdRows.SSE2_BOTH), Feature.SSE2);
    addSimd(all, SimdRows.onXmm(SimdRows.SSE2_BOTH), Feature.SSE2);
    addSimd(all, SimdRows.onMmx(SimdRows.SSSE3_BOTH), Feature.SSSE3);
    addSimd(all, SimdRows.onXmm(SimdRows.SSSE3_BOTH), Feature.SSSE3);
    addSimd(all, SimdRows.MMX, Feature.MMX);
    addSimd(all, SimdRows.SSE, Feature.SSE);
    addSimd(all, SimdRows.SSE2, Feature.SSE2);
    addSimd(all, SimdRows.SSE3, Feature.SSE3);
    addSimd(all, SimdRows.SSE4_1, Feature.SSE4_1);
    addSimd(all, SimdRows.SSE4_2, Feature.SSE4_2);
    return List.copyOf(all);
  }

  private static String fill(String rows, String name, int number, String flags) {
    return rows.replace("{name}", name).replace("{n}", "" + number).replace("{flags}", flags);
  }

  private static void addSimd(List<Encoding> all, String rows, Feature feature) {
    add(all, rows, Set.of(Trait.SIMD), feature);
  }

  private static void add(
      List<Encoding> all, String rows, Set<Trait> traitsOfAll, Feature featureOfAll) {
    rows.lines()
        .filter(row -> !row.isBlank())
        .forEach(row -> all.add(new Encoding(parse(row, traitsOfAll, featureOfAll))));
  }

  private static Form parse(String row, Set<Trait> traitsOfAll, Feature featureOfAll) {
    final String[] columns = Arrays.copyOf(row.split("\\|"), 4);
    for (int i = 0; i < columns.length; i++) {
      columns[i] = columns[i] == null ? "" : columns[i].strip();
    }
    final String[] named = columns[1].split(" *\\{", 2);
    final String mnemonic = named[0].split(" ")[0];
    final List<Use> operands = uses(named[0].substring(mnemonic.length()));
    final List<Use> uses = new ArrayList<>(operands);
    if (named.length > 1) {
      uses.addAll(uses(named[1].replace("}", "")));
    }
    Ending ending = Ending.NONE;
    final Set<Trait> traits = EnumSet.noneOf(Trait.class);
    traits.addAll(traitsOfAll);
    Feature feature = featureOfAll;
    for (final String word : columns[3].split(" +")) {
      final String name = word.toUpperCase(Locale.ROOT);
      if (Arrays.stream(Ending.values()).anyMatch(e -> e.name().equals(name))) {
        ending = Ending.valueOf(name);
      } else if (Arrays.stream(Feature.values()).anyMatch(f -> f.name().equals(name))) {
        feature = Feature.valueOf(name);
      } else if (!name.isEmpty()) {
        traits.add(Trait.valueOf(name));
      }
    }
    return new Form(
        Mnemonic.valueOf(mnemonic),
        columns[0],
        operands.stream().map(Use::kind).toList(),
        List.copyOf(uses),
        FlagLetters.mask(columns[2], 'r'),
        FlagLetters.mask(columns[2], 'w'),
        FlagLetters.mask(columns[2], 'u'),
        ending,
        Set.copyOf(traits),
        feature);
  }

  private static List<Use> uses(String words) {
    final List<Use> uses = new ArrayList<>();
    for (final String word : words.strip().split(" +")) {
      if (!word.isEmpty()) {
        final Access access = Access.of(word);
        final String kind = access.unmarked(word).toUpperCase(Locale.ROOT);
        uses.add(new Use(OperandKind.valueOf(kind), access));
      }
    }
    return uses;
  }

  private static Encoding[][][] byOpcode(List<Encoding> encodings) {
    final Encoding[][][] table = new Encoding[Encoding.PREFIXES][Encoding.OPCODES][];
    for (final Encoding encoding : encodings) {
      boolean placed = false;
      for (int opcode = encoding.opcode;
          opcode < encoding.opcode + encoding.opcodeCount;
          opcode++) {
        final Encoding[] cells = table[encoding.prefix][opcode];
        if (!encoding.hasModrm) {
          if (cells == null) {
            table[encoding.prefix][opcode] = new Encoding[] {encoding};
            placed = true;
          }
          continue;
        }
        final Encoding[] byModrm = cells == null ? new Encoding[256] : cells;
        table[encoding.prefix][opcode] = byModrm;
        for (int modrm = 0; modrm < 256; modrm++) {
          if (byModrm[modrm] == null && encoding.acceptsModrm(modrm)) {
            byModrm[modrm] = encoding;
            placed = true;
          }
        }
      }
      if (!placed) {
        throw new IllegalStateException("row can never be decoded: " + encoding.form);
      }
    }
    inheritFromUnprefixed(table);
    return table;
  }

  /**
   * Where no row asks for a mandatory prefix, the prefix changes nothing; unless the row without
   * one asks for that.
   */
  private static void inheritFromUnprefixed(Encoding[][][] table) {
    for (int prefix = 1; prefix < Encoding.PREFIXES; prefix++) {
      for (int opcode = 0; opcode < Encoding.OPCODES; opcode++) {
        final Encoding[] plain = withoutForbidden(table[0][opcode]);
        final Encoding[] own = table[prefix][opcode];
        if (own == null) {
          table[prefix][opcode] = plain;
        } else if (plain != null) {
          for (int i = 0; i < own.length; i++) {
            own[i] = own[i] == null ? plain[i] : own[i];
          }
        }
      }
    }
  }

  private static Encoding[] withoutForbidden(Encoding[] cells) {
    if (cells == null || cells.length == 1) {
      return cells == null || cells[0].prefixForbidden ? null : cells;
    }
    return Arrays.stream(cells)
        .map(cell -> cell == null || cell.prefixForbidden ? null : cell)
        .toArray(Encoding[]::new);
  }
}
