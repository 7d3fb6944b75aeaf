package hourglass.translator.isa;

/**
 * Rows of the instruction table for MMX, SSE to SSE4.2, and what came with them (Intel SDM volume
 * 2). The columns are those of {@link InstructionTable}.
 *
 * <p>In the rows of the first four texts {@code {p} {r} {rm}} and their like stand for two forms
 * each: one on MMX registers without a prefix, one on XMM registers with prefix 66.
 */
final class SimdRows {
  /** MMX; SSE2 where on XMM registers. */
  static final String MMX_BOTH =
      """
      {p} 0F 60 /r    | PUNPCKLBW +{r} {half}
      {p} 0F 61 /r    | PUNPCKLWD +{r} {half}
      {p} 0F 62 /r    | PUNPCKLDQ +{r} {half}
      {p} 0F 63 /r    | PACKSSWB +{r} {rm}
      {p} 0F 64 /r    | PCMPGTB +{r} {rm}
      {p} 0F 65 /r    | PCMPGTW +{r} {rm}
      {p} 0F 66 /r    | PCMPGTD +{r} {rm}
      {p} 0F 67 /r    | PACKUSWB +{r} {rm}
      {p} 0F 68 /r    | PUNPCKHBW +{r} {rm}
      {p} 0F 69 /r    | PUNPCKHWD +{r} {rm}
      {p} 0F 6A /r    | PUNPCKHDQ +{r} {rm}
      {p} 0F 6B /r    | PACKSSDW +{r} {rm}
      {p} 0F 6E /r    | MOVD ={r} rm32
      {p} 0F 71 /2 ib | PSRLW +{register} imm8
      {p} 0F 71 /4 ib | PSRAW +{register} imm8
      {p} 0F 71 /6 ib | PSLLW +{register} imm8
      {p} 0F 72 /2 ib | PSRLD +{register} imm8
      {p} 0F 72 /4 ib | PSRAD +{register} imm8
      {p} 0F 72 /6 ib | PSLLD +{register} imm8
      {p} 0F 73 /2 ib | PSRLQ +{register} imm8
      {p} 0F 73 /6 ib | PSLLQ +{register} imm8
      {p} 0F 74 /r    | PCMPEQB +{r} {rm}
      {p} 0F 75 /r    | PCMPEQW +{r} {rm}
      {p} 0F 76 /r    | PCMPEQD +{r} {rm}
      {p} 0F 7E /r    | MOVD =rm32 {r}
      {p} 0F D1 /r    | PSRLW +{r} {rm}
      {p} 0F D2 /r    | PSRLD +{r} {rm}
      {p} 0F D3 /r    | PSRLQ +{r} {rm}
      {p} 0F D5 /r    | PMULLW +{r} {rm}
      {p} 0F D8 /r    | PSUBUSB +{r} {rm}
      {p} 0F D9 /r    | PSUBUSW +{r} {rm}
      {p} 0F DB /r    | PAND +{r} {rm}
      {p} 0F DC /r    | PADDUSB +{r} {rm}
      {p} 0F DD /r    | PADDUSW +{r} {rm}
      {p} 0F DF /r    | PANDN +{r} {rm}
      {p} 0F E1 /r    | PSRAW +{r} {rm}
      {p} 0F E2 /r    | PSRAD +{r} {rm}
      {p} 0F E5 /r    | PMULHW +{r} {rm}
      {p} 0F E8 /r    | PSUBSB +{r} {rm}
      {p} 0F E9 /r    | PSUBSW +{r} {rm}
      {p} 0F EB /r    | POR +{r} {rm}
      {p} 0F EC /r    | PADDSB +{r} {rm}
      {p} 0F ED /r    | PADDSW +{r} {rm}
      {p} 0F EF /r    | PXOR +{r} {rm}
      {p} 0F F1 /r    | PSLLW +{r} {rm}
      {p} 0F F2 /r    | PSLLD +{r} {rm}
      {p} 0F F3 /r    | PSLLQ +{r} {rm}
      {p} 0F F5 /r    | PMADDWD +{r} {rm}
      {p} 0F F8 /r    | PSUBB +{r} {rm}
      {p} 0F F9 /r    | PSUBW +{r} {rm}
      {p} 0F FA /r    | PSUBD +{r} {rm}
      {p} 0F FC /r    | PADDB +{r} {rm}
      {p} 0F FD /r    | PADDW +{r} {rm}
      {p} 0F FE /r    | PADDD +{r} {rm}
      """;

  /** SSE; SSE2 where on XMM registers. */
  static final String SSE_BOTH =
      """
      {p} 0F C4 /r ib | PINSRW +{r} r32_m16 imm8
      {p} 0F C5 /r ib | PEXTRW =r32 {register} imm8
      {p} 0F D7 /r    | PMOVMSKB =r32 {register}
      {p} 0F DA /r    | PMINUB +{r} {rm}
      {p} 0F DE /r    | PMAXUB +{r} {rm}
      {p} 0F E0 /r    | PAVGB +{r} {rm}
      {p} 0F E3 /r    | PAVGW +{r} {rm}
      {p} 0F E4 /r    | PMULHUW +{r} {rm}
      {p} 0F EA /r    | PMINSW +{r} {rm}
      {p} 0F EE /r    | PMAXSW +{r} {rm}
      {p} 0F F6 /r    | PSADBW +{r} {rm}
      """;

  /** SSE2 on either registers. */
  static final String SSE2_BOTH =
      """
      {p} 0F D4 /r | PADDQ +{r} {rm}
      {p} 0F F4 /r | PMULUDQ +{r} {rm}
      {p} 0F FB /r | PSUBQ +{r} {rm}
      """;

  /** SSSE3 on either registers. */
  static final String SSSE3_BOTH =
      """
      {p} 0F 38 00 /r    | PSHUFB +{r} {rm}
      {p} 0F 38 01 /r    | PHADDW +{r} {rm}
      {p} 0F 38 02 /r    | PHADDD +{r} {rm}
      {p} 0F 38 03 /r    | PHADDSW +{r} {rm}
      {p} 0F 38 04 /r    | PMADDUBSW +{r} {rm}
      {p} 0F 38 05 /r    | PHSUBW +{r} {rm}
      {p} 0F 38 06 /r    | PHSUBD +{r} {rm}
      {p} 0F 38 07 /r    | PHSUBSW +{r} {rm}
      {p} 0F 38 08 /r    | PSIGNB +{r} {rm}
      {p} 0F 38 09 /r    | PSIGNW +{r} {rm}
      {p} 0F 38 0A /r    | PSIGND +{r} {rm}
      {p} 0F 38 0B /r    | PMULHRSW +{r} {rm}
      {p} 0F 38 1C /r    | PABSB ={r} {rm}
      {p} 0F 38 1D /r    | PABSW ={r} {rm}
      {p} 0F 38 1E /r    | PABSD ={r} {rm}
      {p} 0F 3A 0F /r ib | PALIGNR +{r} {rm} imm8
      """;

  static final String MMX =
      """
      NP 0F 6F /r | MOVQ =mm mmm64
      NP 0F 77    | EMMS
      NP 0F 7F /r | MOVQ =mmm64 mm
      """;

  static final String SSE =
      """
      NP 0F 10 /r    | MOVUPS =xmm xmmm128
      NP 0F 11 /r    | MOVUPS =xmmm128 xmm
      F3 0F 10 /r    | MOVSS +xmm xmmm32
      F3 0F 11 /r    | MOVSS +xmmm32 xmm
      NP 0F 12 /r    | MOVLPS +xmm m64
      NP 0F 12 /r    | MOVHLPS +xmm xmm_rm
      NP 0F 13 /r    | MOVLPS =m64 xmm
      NP 0F 14 /r    | UNPCKLPS +xmm xmmm128
      NP 0F 15 /r    | UNPCKHPS +xmm xmmm128
      NP 0F 16 /r    | MOVHPS +xmm m64
      NP 0F 16 /r    | MOVLHPS +xmm xmm_rm
      NP 0F 17 /r    | MOVHPS =m64 xmm
      NP 0F 28 /r    | MOVAPS =xmm xmmm128
      NP 0F 29 /r    | MOVAPS =xmmm128 xmm
      NP 0F 2A /r    | CVTPI2PS +xmm mmm64
      F3 0F 2A /r    | CVTSI2SS +xmm rm32
      NP 0F 2B /r    | MOVNTPS =m128 xmm
      NP 0F 2C /r    | CVTTPS2PI =mm xmmm64
      F3 0F 2C /r    | CVTTSS2SI =r32 xmmm32
      NP 0F 2D /r    | CVTPS2PI =mm xmmm64
      F3 0F 2D /r    | CVTSS2SI =r32 xmmm32
      NP 0F 2E /r    | UCOMISS xmm xmmm32 | w:oszapc
      NP 0F 2F /r    | COMISS xmm xmmm32  | w:oszapc
      NP 0F 50 /r    | MOVMSKPS =r32 xmm_rm
      NP 0F 51 /r    | SQRTPS =xmm xmmm128
      F3 0F 51 /r    | SQRTSS +xmm xmmm32
      NP 0F 52 /r    | RSQRTPS =xmm xmmm128
      F3 0F 52 /r    | RSQRTSS +xmm xmmm32
      NP 0F 53 /r    | RCPPS =xmm xmmm128
      F3 0F 53 /r    | RCPSS +xmm xmmm32
      NP 0F 54 /r    | ANDPS +xmm xmmm128
      NP 0F 55 /r    | ANDNPS +xmm xmmm128
      NP 0F 56 /r    | ORPS +xmm xmmm128
      NP 0F 57 /r    | XORPS +xmm xmmm128
      NP 0F 58 /r    | ADDPS +xmm xmmm128
      F3 0F 58 /r    | ADDSS +xmm xmmm32
      NP 0F 59 /r    | MULPS +xmm xmmm128
      F3 0F 59 /r    | MULSS +xmm xmmm32
      NP 0F 5C /r    | SUBPS +xmm xmmm128
      F3 0F 5C /r    | SUBSS +xmm xmmm32
      NP 0F 5D /r    | MINPS +xmm xmmm128
      F3 0F 5D /r    | MINSS +xmm xmmm32
      NP 0F 5E /r    | DIVPS +xmm xmmm128
      F3 0F 5E /r    | DIVSS +xmm xmmm32
      NP 0F 5F /r    | MAXPS +xmm xmmm128
      F3 0F 5F /r    | MAXSS +xmm xmmm32
      NP 0F 70 /r ib | PSHUFW =mm mmm64 imm8
      NP 0F AE /2    | LDMXCSR m32
      NP 0F AE /3    | STMXCSR =m32
      NP 0F AE F8+i  | SFENCE
      NP 0F C2 /r ib | CMPPS +xmm xmmm128 imm8
      F3 0F C2 /r ib | CMPSS +xmm xmmm32 imm8
      NP 0F C6 /r ib | SHUFPS +xmm xmmm128 imm8
      NP 0F E7 /r    | MOVNTQ =m64 mm
      NP 0F F7 /r    | MASKMOVQ mm mm_rm {dia segment}
      """;

  static final String SSE2 =
      """
      66 0F 10 /r    | MOVUPD =xmm xmmm128
      66 0F 11 /r    | MOVUPD =xmmm128 xmm
      F2 0F 10 /r    | MOVSD +xmm xmmm64
      F2 0F 11 /r    | MOVSD +xmmm64 xmm
      66 0F 12 /r    | MOVLPD +xmm m64
      66 0F 13 /r    | MOVLPD =m64 xmm
      66 0F 14 /r    | UNPCKLPD +xmm xmmm128
      66 0F 15 /r    | UNPCKHPD +xmm xmmm128
      66 0F 16 /r    | MOVHPD +xmm m64
      66 0F 17 /r    | MOVHPD =m64 xmm
      66 0F 28 /r    | MOVAPD =xmm xmmm128
      66 0F 29 /r    | MOVAPD =xmmm128 xmm
      66 0F 2A /r    | CVTPI2PD =xmm mmm64
      F2 0F 2A /r    | CVTSI2SD +xmm rm32
      66 0F 2B /r    | MOVNTPD =m128 xmm
      66 0F 2C /r    | CVTTPD2PI =mm xmmm128
      F2 0F 2C /r    | CVTTSD2SI =r32 xmmm64
      66 0F 2D /r    | CVTPD2PI =mm xmmm128
      F2 0F 2D /r    | CVTSD2SI =r32 xmmm64
      66 0F 2E /r    | UCOMISD xmm xmmm64 | w:oszapc
      66 0F 2F /r    | COMISD xmm xmmm64  | w:oszapc
      66 0F 50 /r    | MOVMSKPD =r32 xmm_rm
      66 0F 51 /r    | SQRTPD =xmm xmmm128
      F2 0F 51 /r    | SQRTSD +xmm xmmm64
      66 0F 54 /r    | ANDPD +xmm xmmm128
      66 0F 55 /r    | ANDNPD +xmm xmmm128
      66 0F 56 /r    | ORPD +xmm xmmm128
      66 0F 57 /r    | XORPD +xmm xmmm128
      66 0F 58 /r    | ADDPD +xmm xmmm128
      F2 0F 58 /r    | ADDSD +xmm xmmm64
      66 0F 59 /r    | MULPD +xmm xmmm128
      F2 0F 59 /r    | MULSD +xmm xmmm64
      NP 0F 5A /r    | CVTPS2PD =xmm xmmm64
      66 0F 5A /r    | CVTPD2PS =xmm xmmm128
      F3 0F 5A /r    | CVTSS2SD +xmm xmmm32
      F2 0F 5A /r    | CVTSD2SS +xmm xmmm64
      NP 0F 5B /r    | CVTDQ2PS =xmm xmmm128
      66 0F 5B /r    | CVTPS2DQ =xmm xmmm128
      F3 0F 5B /r    | CVTTPS2DQ =xmm xmmm128
      66 0F 5C /r    | SUBPD +xmm xmmm128
      F2 0F 5C /r    | SUBSD +xmm xmmm64
      66 0F 5D /r    | MINPD +xmm xmmm128
      F2 0F 5D /r    | MINSD +xmm xmmm64
      66 0F 5E /r    | DIVPD +xmm xmmm128
      F2 0F 5E /r    | DIVSD +xmm xmmm64
      66 0F 5F /r    | MAXPD +xmm xmmm128
      F2 0F 5F /r    | MAXSD +xmm xmmm64
      66 0F 6C /r    | PUNPCKLQDQ +xmm xmmm128
      66 0F 6D /r    | PUNPCKHQDQ +xmm xmmm128
      66 0F 6F /r    | MOVDQA =xmm xmmm128
      F3 0F 6F /r    | MOVDQU =xmm xmmm128
      66 0F 70 /r ib | PSHUFD =xmm xmmm128 imm8
      F3 0F 70 /r ib | PSHUFHW =xmm xmmm128 imm8
      F2 0F 70 /r ib | PSHUFLW =xmm xmmm128 imm8
      66 0F 73 /3 ib | PSRLDQ +xmm_rm imm8
      66 0F 73 /7 ib | PSLLDQ +xmm_rm imm8
      F3 0F 7E /r    | MOVQ =xmm xmmm64
      66 0F 7F /r    | MOVDQA =xmmm128 xmm
      F3 0F 7F /r    | MOVDQU =xmmm128 xmm
      NP 0F AE E8+i  | LFENCE
      NP 0F AE F0+i  | MFENCE
      NP 0F AE /7    | CLFLUSH m8         |  | clflush
      66 0F C2 /r ib | CMPPD +xmm xmmm128 imm8
      F2 0F C2 /r ib | CMPSD +xmm xmmm64 imm8
      NP 0F C3 /r    | MOVNTI =m32 r32
      66 0F C6 /r ib | SHUFPD +xmm xmmm128 imm8
      66 0F D6 /r    | MOVQ =xmmm64 xmm
      F3 0F D6 /r    | MOVQ2DQ =xmm mm_rm
      F2 0F D6 /r    | MOVDQ2Q =mm xmm_rm
      66 0F E6 /r    | CVTTPD2DQ =xmm xmmm128
      F3 0F E6 /r    | CVTDQ2PD =xmm xmmm64
      F2 0F E6 /r    | CVTPD2DQ =xmm xmmm128
      66 0F E7 /r    | MOVNTDQ =m128 xmm
      66 0F F7 /r    | MASKMOVDQU xmm xmm_rm {dia segment}
      """;

  static final String SSE3 =
      """
      F3 0F 12 /r | MOVSLDUP =xmm xmmm128
      F2 0F 12 /r | MOVDDUP =xmm xmmm64
      F3 0F 16 /r | MOVSHDUP =xmm xmmm128
      66 0F 7C /r | HADDPD +xmm xmmm128
      F2 0F 7C /r | HADDPS +xmm xmmm128
      66 0F 7D /r | HSUBPD +xmm xmmm128
      F2 0F 7D /r | HSUBPS +xmm xmmm128
      66 0F D0 /r | ADDSUBPD +xmm xmmm128
      F2 0F D0 /r | ADDSUBPS +xmm xmmm128
      F2 0F F0 /r | LDDQU =xmm m
      """;

  static final String SSE4_1 =
      """
      66 0F 38 10 /r    | PBLENDVB +xmm xmmm128 xmm0
      66 0F 38 14 /r    | BLENDVPS +xmm xmmm128 xmm0
      66 0F 38 15 /r    | BLENDVPD +xmm xmmm128 xmm0
      66 0F 38 17 /r    | PTEST xmm xmmm128 | w:oszapc
      66 0F 38 20 /r    | PMOVSXBW =xmm xmmm64
      66 0F 38 21 /r    | PMOVSXBD =xmm xmmm32
      66 0F 38 22 /r    | PMOVSXBQ =xmm xmmm16
      66 0F 38 23 /r    | PMOVSXWD =xmm xmmm64
      66 0F 38 24 /r    | PMOVSXWQ =xmm xmmm32
      66 0F 38 25 /r    | PMOVSXDQ =xmm xmmm64
      66 0F 38 28 /r    | PMULDQ +xmm xmmm128
      66 0F 38 29 /r    | PCMPEQQ +xmm xmmm128
      66 0F 38 2A /r    | MOVNTDQA =xmm m128
      66 0F 38 2B /r    | PACKUSDW +xmm xmmm128
      66 0F 38 30 /r    | PMOVZXBW =xmm xmmm64
      66 0F 38 31 /r    | PMOVZXBD =xmm xmmm32
      66 0F 38 32 /r    | PMOVZXBQ =xmm xmmm16
      66 0F 38 33 /r    | PMOVZXWD =xmm xmmm64
      66 0F 38 34 /r    | PMOVZXWQ =xmm xmmm32
      66 0F 38 35 /r    | PMOVZXDQ =xmm xmmm64
      66 0F 38 38 /r    | PMINSB +xmm xmmm128
      66 0F 38 39 /r    | PMINSD +xmm xmmm128
      66 0F 38 3A /r    | PMINUW +xmm xmmm128
      66 0F 38 3B /r    | PMINUD +xmm xmmm128
      66 0F 38 3C /r    | PMAXSB +xmm xmmm128
      66 0F 38 3D /r    | PMAXSD +xmm xmmm128
      66 0F 38 3E /r    | PMAXUW +xmm xmmm128
      66 0F 38 3F /r    | PMAXUD +xmm xmmm128
      66 0F 38 40 /r    | PMULLD +xmm xmmm128
      66 0F 38 41 /r    | PHMINPOSUW =xmm xmmm128
      66 0F 3A 08 /r ib | ROUNDPS =xmm xmmm128 imm8
      66 0F 3A 09 /r ib | ROUNDPD =xmm xmmm128 imm8
      66 0F 3A 0A /r ib | ROUNDSS +xmm xmmm32 imm8
      66 0F 3A 0B /r ib | ROUNDSD +xmm xmmm64 imm8
      66 0F 3A 0C /r ib | BLENDPS +xmm xmmm128 imm8
      66 0F 3A 0D /r ib | BLENDPD +xmm xmmm128 imm8
      66 0F 3A 0E /r ib | PBLENDW +xmm xmmm128 imm8
      66 0F 3A 14 /r ib | PEXTRB =r32_m8 xmm imm8
      66 0F 3A 15 /r ib | PEXTRW =r32_m16 xmm imm8
      66 0F 3A 16 /r ib | PEXTRD =rm32 xmm imm8
      66 0F 3A 17 /r ib | EXTRACTPS =rm32 xmm imm8
      66 0F 3A 20 /r ib | PINSRB +xmm r32_m8 imm8
      66 0F 3A 21 /r ib | INSERTPS +xmm xmmm32 imm8
      66 0F 3A 22 /r ib | PINSRD +xmm rm32 imm8
      66 0F 3A 40 /r ib | DPPS +xmm xmmm128 imm8
      66 0F 3A 41 /r ib | DPPD +xmm xmmm128 imm8
      66 0F 3A 42 /r ib | MPSADBW +xmm xmmm128 imm8
      """;

  static final String SSE4_2 =
      """
      66 0F 38 37 /r    | PCMPGTQ +xmm xmmm128
      66 0F 3A 60 /r ib | PCMPESTRM xmm xmmm128 imm8 {eax edx =xmm0} | w:oszapc
      66 0F 3A 61 /r ib | PCMPESTRI xmm xmmm128 imm8 {eax edx =ecx}  | w:oszapc
      66 0F 3A 62 /r ib | PCMPISTRM xmm xmmm128 imm8 {=xmm0}         | w:oszapc
      66 0F 3A 63 /r ib | PCMPISTRI xmm xmmm128 imm8 {=ecx}          | w:oszapc
      F2 0F 38 F0 /r    | CRC32 +r32 rm8
      F2 0F 38 F1 /r    | CRC32 +r32 rmv
      F3 0F B8 /r       | POPCNT =rv rmv                             | w:oszapc | popcnt
      """;

  private SimdRows() {}

  /** The forms on MMX registers of rows that stand for two. */
  static String onMmx(String rows) {
    return rows.replace("{p}", "NP")
        .replace("{rm}", "mmm64")
        .replace("{half}", "mmm32")
        .replace("{register}", "mm_rm")
        .replace("{r}", "mm");
  }

  /** The forms on XMM registers of rows that stand for two. */
  static String onXmm(String rows) {
    return rows.replace("{p}", "66")
        .replace("{rm}", "xmmm128")
        .replace("{half}", "xmmm128")
        .replace("{register}", "xmm_rm")
        .replace("{r}", "xmm");
  }
}
