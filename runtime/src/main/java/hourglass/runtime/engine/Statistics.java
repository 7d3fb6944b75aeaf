package hourglass.runtime.engine;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run did, counted. Written by the thread that runs the guest, except where a field says
 * otherwise; to be read once the run has ended.
 */
public final class Statistics {
  /** Why a region was thrown away. */
  public enum DropReason {
    /** The guest wrote to its code. */
    CODE_WRITTEN,
    /** Its code had changed before it was installed. */
    STALE,
    /** There were too many, and it had not run for longest. */
    EVICTED,
    /** An instruction of it is to be observed. */
    OBSERVED,
    /** It left too often for slow accesses, and was made again. */
    REPLACED
  }

  /** Instructions executed by the interpreter. */
  public long interpretedInstructions;

  /** Instructions executed in regions, callouts included. */
  public long translatedInstructions;

  public long regionsMade;
  public final Map<DropReason, Long> regionsDropped = new EnumMap<>(DropReason.class);

  /** Bytes of JVM bytecode of all regions made. */
  public long bytecodeBytes;

  /** Regions that can be entered, and the most there may be. */
  public long regionsKept;

  public long mostRegions;

  /**
   * Decoded instructions that are kept; and how often all those were thrown away that no region
   * begins at, because there were too many.
   */
  public long decodedKept;

  public long decodedSweeps;

  /** Bytes that the JVM keeps its classes in, those of regions among them. */
  public long metaspaceBytes;

  /**
   * How often translated code called the interpreter for one instruction, with all registers, by
   * the instruction's name.
   */
  public final Map<String, Long> callouts = new TreeMap<>();

  /** The same, with no more registers than the instruction needs. */
  public final Map<String, Long> lightCallouts = new TreeMap<>();

  /** How often translated code was left for the interpreter, by reason. */
  public final Map<String, Long> exits = new TreeMap<>();

  /** Page-map entries filled, page-map flushes. */
  public long pageMapFills;

  public long pageMapFlushes;

  /** Hardware interrupts, and exceptions and software interrupts, delivered. */
  public long hardwareInterrupts;

  public long exceptions;

  /** Nanoseconds spent making regions, in the background or not. */
  public long translationNanos;

  /** Adds one to a counter by reason. */
  public static <K> void count(Map<K, Long> counters, K reason) {
    counters.merge(reason, 1L, Long::sum);
  }

  /** Sets a counter by name, where it has counted anything. */
  static void put(Map<String, Long> counters, String name, long count) {
    if (count != 0) {
      counters.put(name, count);
    }
  }
}
