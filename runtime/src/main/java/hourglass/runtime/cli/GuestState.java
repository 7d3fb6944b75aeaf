package hourglass.runtime.cli;

/**
 * Attached to a bug of ours that shows while a guest runs: what the guest's processor was doing,
 * for the bug report.
 */
final class GuestState extends Exception {
  private static final long serialVersionUID = 1L;

  GuestState(String description) {
    super(description, null, false, false);
  }
}
