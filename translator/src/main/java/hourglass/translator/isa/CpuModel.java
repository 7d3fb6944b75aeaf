package hourglass.translator.isa;

import java.util.EnumSet;
import java.util.Set;

/**
 * The processors that can be chosen: which features they have, and how CPUID names them. An
 * instruction of a feature that a model lacks decodes to {@link Mnemonic#INVALID}.
 */
public enum CpuModel {
  /** A 486DX4: a floating-point unit, and CPUID to say so. */
  I486("486", 0x0480, Set.of(Feature.FPU)),

  /** The first Pentium, without MMX. */
  PENTIUM(
      "pentium",
      0x052C,
      plus(
          I486.features,
          Feature.VME,
          Feature.DE,
          Feature.PSE,
          Feature.TSC,
          Feature.MSR,
          Feature.CX8)),

  /** A Pentium III, without APIC. */
  PENTIUM3(
      "pentium3",
      0x0683,
      plus(
          PENTIUM.features,
          Feature.PAE,
          Feature.SEP,
          Feature.PGE,
          Feature.CMOV,
          Feature.MMX,
          Feature.FXSR,
          Feature.SSE)),

  /** A Pentium 4 of the time before NX and SSE3, without APIC. */
  PENTIUM4("pentium4", 0x0F29, plus(PENTIUM3.features, Feature.CLFLUSH, Feature.SSE2)),

  /** Everything there is. */
  MAX("max", 0x0633, EnumSet.allOf(Feature.class));

  private final String label;
  private final int signature;
  private final Set<Feature> features;

  CpuModel(String label, int signature, Set<Feature> features) {
    this.label = label;
    this.signature = signature;
    this.features = plus(features, Feature.BASE);
  }

  private static Set<Feature> plus(Set<Feature> features, Feature... more) {
    final Set<Feature> all = EnumSet.copyOf(features);
    all.addAll(Set.of(more));
    return all;
  }

  /** The name on the command line. */
  public String label() {
    return label;
  }

  /**
   * Family, model and stepping, as EDX holds them after RESET and CPUID reports them (Intel SDM
   * volume 2, figure 3-6).
   */
  public int signature() {
    return signature;
  }

  public boolean has(Feature feature) {
    return features.contains(feature);
  }

  /** What CPUID reports of the features in one of its registers. */
  public int features(Feature.Word register) {
    return features.stream().mapToInt(feature -> feature.maskIn(register)).sum();
  }
}
