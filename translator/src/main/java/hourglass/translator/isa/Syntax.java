package hourglass.translator.isa;

/** The two ways of writing i386 assembly. */
public enum Syntax {
  /** Destination first, as in Intel's manuals: {@code mov eax,DWORD PTR [ebx+0x8]}. */
  INTEL,
  /** Destination last, sizes in the mnemonic: {@code mov 0x8(%ebx),%eax}. */
  ATT
}
