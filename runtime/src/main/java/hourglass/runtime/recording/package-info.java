/**
 * A run of a guest as a recording of the JDK's Flight Recorder.
 *
 * <p>{@link hourglass.runtime.recording.FlightRecording} listens to the engine and to the watcher
 * of processes, and writes their news as events beside the JVM's own.
 */
package hourglass.runtime.recording;
