package hourglass.runtime.profile;

import java.util.Map;

/**
 * Where a run's time went.
 *
 * @param samples how often the guest's thread was seen at each activity, whether it had a processor
 *     just then or not
 * @param processorSeconds the processor time of the guest's thread
 * @param besides the processor time of all other threads of this program in seconds, by what they
 *     are; empty where the host does not tell
 */
public record Profile(
    Map<Activity, Long> samples, double processorSeconds, Map<String, Double> besides) {
  /** How often the guest's thread was looked at. */
  public long count() {
    return samples.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The share of an activity, 0 to 1. */
  public double share(Activity activity) {
    return count() == 0 ? 0 : (double) samples.getOrDefault(activity, 0L) / count();
  }
}
