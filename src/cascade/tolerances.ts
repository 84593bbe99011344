/**
 * Every span of time that a verdict depends on, in milliseconds: what was observed, and what goes wrong with a larger or a smaller one.
 *
 * In a trace the ids say what belongs together; most of these hold only for lines without one. Order across services says nothing, so a
 * distance counts in either direction.
 */

// One service: which lines are about one stream.

/**
 * Two lines of one handler about one cancel.
 *
 * Observed: a waiting receive fails at once, a handler that only sends finds out with the next sweep of its client, 5.0 s later (docs/protocol.md#when-a-cancel-is-noticed).
 * Larger: two cancels of a busy service become one. Smaller: the late line of a sender is counted as a second stream.
 */
export const SAME_STREAM_MS = 6_000;

/**
 * A line that does not say what its writer was doing, and the nearest line that does.
 *
 * Observed: a framework writes its own line within a few ms of the application's, now and then twice.
 * Larger: such a line is counted with whichever stream ends next (440 ms later in a recording). Smaller: it is a stream of its own.
 */
export const UNSPOKEN_MS = 250;

/**
 * Lines about one cancel that one service wrote again.
 *
 * Observed: retries and wrappers log an error up to a second after it was met.
 * Larger: two short calls in a row become one. Smaller: each line is an origin of its own.
 */
export const REPEATED_MS = 1_500;

/**
 * An incoming cancel that names no stream and the service's own cancel that it explains, where the incoming one already went on elsewhere.
 *
 * Observed: the streams of one handler end within 1 ms of its context (docs/protocol.md#false-origins); 5 ms leaves room for a busy process.
 * Larger: under load a neighbouring handler's cancel explains away a true origin. Smaller: false origins of fan-outs stay.
 */
export const SAME_HANDLER_MS = 5;

/**
 * Two streams of one handler to the same service.
 *
 * Observed: they end in the same turn, less than 1 ms apart.
 * Larger: streams of two handlers hang under one parent. Smaller: one handler that called the same service twice is drawn as two.
 */
export const SAME_TURN_MS = 3;

/**
 * A handler's deadline and the reset of its caller afterwards, two ends of one stream, within a trace.
 *
 * Observed: both come within some ms; a handler that rarely sends reads the reset with its next message (docs/protocol.md#inherited-deadlines).
 * Larger: the ends of two calls in one trace become one. Smaller: one handler is reached twice.
 */
export const TWO_ENDS_MS = 100;

/**
 * The same without a trace, where nothing but time says which handler it was.
 *
 * Observed: deadline and reset are 1 ms apart in most recordings, and under load other handlers end within 10 ms.
 * Larger: another handler's end is taken in. Smaller: one handler is reached twice.
 */
export const TWO_ENDS_UNTRACED_MS = 8;

// Caller and callee: how long news takes for one hop.

/**
 * A cancel at a caller and at its callee.
 *
 * Observed: a stream that nobody reads notices with a sweep of 5 s: 0.42 to 4.99 s over 36 idle hops (docs/protocol.md#when-a-cancel-is-noticed); clocks differ besides.
 * Larger: hops of one cascade are taken for the next one's. Smaller: the lower half of an idle chain is a cascade of its own, with a silent origin.
 */
export const PER_HOP_MS = 7_000;

/**
 * Two services that have nothing in common but time.
 *
 * Observed: chains whose receives wait pass a cancel on in 1 ms per hop; slow machines and clocks add the rest.
 * Larger: what happens anywhere is guessed to be a cause. Smaller: chains without names fall apart.
 */
export const AT_ONCE_MS = 600;

/**
 * A deadline at the service that set it and at one that inherited it.
 *
 * Observed: both timers fire within 1 ms, in either order (docs/protocol.md#inherited-deadlines).
 * Larger: two timers of one setting are taken for one deadline. Smaller: a busy relay looks as if its own timer had fired.
 */
export const INHERITED_MS = 100;

/**
 * A connection that breaks, seen from both of its ends or from both sides of a dead process.
 *
 * Observed: the kernel tells both sides within 1 ms; a side that only reads later finds out when it writes.
 * Larger: two restarts in a row name each other. Smaller: the dead process stays unnamed.
 */
export const DEATH_MS = 2_000;

/**
 * A callee's own cancel, and its caller's line that quotes it.
 *
 * Observed: handlers return at once, or after cleaning up for a second.
 * Larger: an old error vouches for a false origin. Smaller: an origin whose caller knows better stays weak.
 */
export const TOLD_MS = 2_000;

/**
 * A stream that ends, and an error of the same handler in its caller's log that does not quote it.
 *
 * Observed: a handler that returns the error of a call does so within some ms, and its caller reads it 1 ms later.
 * Larger: any error around that time vouches for a cancel, or doubts a deadline. Smaller: slow handlers stay unexplained.
 */
export const ANSWERED_MS = 200;

/**
 * A line without a trace and the trace that it belongs to.
 *
 * Observed: the line of a framework stands within a few ms of the application's, which carries the trace.
 * Larger: lines of calls that are not sampled are drawn into traces. Smaller: a cascade is shown twice, with and without its id.
 */
export const JOINS_TRACE_MS = 1_000;

// One incident: what has one cause.

/**
 * Streams of one service that one timer, or one broken connection, ended.
 *
 * Observed: timers of one handler fire in the same ms, the streams of one connection end within some ms.
 * Larger: calls that started together are one incident. Smaller: a fan-out's timeout is as many incidents as it has branches.
 */
export const TOGETHER_MS = 20;

/**
 * The first and the last root of one incident.
 *
 * Observed: the services below a dead process notice within {@link DEATH_MS}.
 * Larger: the restarts of a rolling deployment are one incident. Smaller: one crash is several.
 */
export const INCIDENT_MS = 2_000;

/**
 * An error of one stream, and the service's cancel of its other streams because of it.
 *
 * Observed: a handler acts on an error within some ms, or after a retry.
 * Larger: an unrelated failure is called the trigger. Smaller: a slow handler's trigger is missing.
 */
export const TRIGGER_MS = 1_000;

// Warnings: what is worth telling.

/**
 * Work that goes on after the cancel arrived, or should have; below it a service has stopped, if late.
 *
 * Observed: handlers that heed their context return within 1 ms, those that clean up within some 100 ms. Being alive is no work: only a
 * message sent, a line with the id of the call, or an open span is.
 * Larger: a model that generates for seconds goes unnoticed. Smaller: every careful handler is called a ghost.
 */
export const STILL_RUNNING_MS = 1_000;

/**
 * A hop that heard of the cancel late.
 *
 * Observed: 1 ms where somebody reads, 1.8 to 5 s where the sweep finds it; nothing in between.
 * Larger: sweeps go unnoticed. Smaller: a garbage collection is a warning.
 */
export const SLOW_HOP_MS = 1_000;

/**
 * A service that shows the cancel before its origin did.
 *
 * Observed: on one machine lines of two services change places within 1 ms.
 * Larger: skewed clocks go unnoticed. Smaller: scheduling is a warning.
 */
export const SKEW_MS = 2;

// A live stream of evidence: when a part of it can be judged for good.

/**
 * How far behind the newest evidence other evidence may come; the default of `watermarkMs`.
 *
 * Observed: collectors batch for 5 to 60 s, and retry once.
 * Larger: more is held open, and a cascade is final later. Smaller: what a slow collector brings is counted as late.
 */
export const WATERMARK_MS = 120_000;

/**
 * A silence that no cascade spans.
 *
 * Observed: an idle chain of four needs up to 12 s for a cancel, one of six 30 s ({@link PER_HOP_MS}).
 * Larger: parts get long, and diagnosing dear. Smaller: an idle chain is cut in two.
 */
export const SILENCE_MS = 30_000;

/**
 * The longest part of a stream that has no such silence; it ends in the widest gap of its second half.
 *
 * Observed: two silences; a thousand cancels a second make 60,000 of them.
 * Larger: memory and time of a judgement grow. Smaller: more cascades meet a cut.
 */
export const PART_MS = 60_000;

/**
 * How long a trace that is open at a cut may go on to be kept whole.
 *
 * Observed: as for {@link SILENCE_MS}.
 * Larger: parts wait longer for their end. Smaller: the end of a slow trace is a cascade of its own.
 */
export const GRACE_MS = 30_000;

// What makes one pairing worse than another: added to its distance in time.

/**
 * A stream of another method.
 *
 * Larger than what two calls of one client lie apart, smaller than {@link PER_HOP_MS}, so that a log with wrong methods is still linked.
 */
export const OTHER_METHOD_MS = 1_000;

/** A caller whose lines name other callees: larger than the distance of two calls, smaller than {@link AT_ONCE_MS}. */
export const OTHER_PEER_MS = 500;

/** A caller's stream that ended in another way: larger than one hop takes where somebody reads, far smaller than a sweep. */
export const OTHER_KIND_MS = 50;
