/**
 * Where a run's time goes: samples of what the guest's thread does, and the processor time of the
 * threads beside it.
 */
package hourglass.runtime.profile;
