/**
 * Every span of time that a verdict depends on, in milliseconds: what was observed, and what goes wrong with a larger or a smaller one.
 * The room `requests`, which orders the ends of spans on clocks of one host, keeps its own, each beside its rule.
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
 * Observed: a stream that nobody reads notices with a sweep of 5 s: 0.42 to 4.99 s over 36 idle hops (docs/protocol.md#when-a-cancel-is-noticed); a busy
 * process writes seconds after its sweep, and clocks differ besides.
 * Larger: hops of one cascade are taken for the next one's. Smaller: the lower half of an idle chain is a cascade of its own, with a silent origin.
 */
export const PER_HOP_MS = 9_000;

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

// Lines in free words: what is about one cancel, and what only repeats it.

/**
 * A line that carries an id of a request that is over.
 *
 * Observed: services that were told write their last line within 40 ms; those that were not go on for half a second and more.
 * Larger: short work for nobody is missed. Smaller: a handler's last words count as work.
 */
export const WORKS_ON_MS = 200;

/**
 * A line that says its time to a second or a minute only, and the finer line before it in the same source.
 *
 * Observed: programs that mix two loggers write both within the second.
 * Larger: a line after a pause is set back before it. Smaller: coarse lines stay without a place and order nothing.
 */
export const SAME_MOMENT_MS = 5_000;

/**
 * Lines of one cancel at different services, in words of their own.
 *
 * Observed: where somebody reads, all services of a chain write within some 100 ms.
 * Larger: unrelated errors of a busy second are one incident. Smaller: each service has an incident of its own.
 */
export const WORDS_TOGETHER_MS = 750;

/**
 * Lines that share an id of the call.
 *
 * Observed: access lines and summaries are written only when a handler ends, seconds after the cancel.
 * Larger: retries under one id are one incident. Smaller: the late half of an incident is another one.
 */
export const SHARED_ID_MS = 10_000;

/**
 * One cancel at two services that are known to call each other.
 *
 * Observed: a hop takes some ms, and a coarse clock is given its step besides.
 * Larger: the next call is joined. Smaller: chains fall apart where clocks differ.
 */
export const NEIGHBOUR_MS = 1_000;

/**
 * The lines of a service that belong to an instant.
 *
 * Observed: a handler writes why it ended within some 100 ms of its end.
 * Larger: what a service writes about another request counts as a reason. Smaller: its own reason is missed.
 */
export const AROUND_MS = 500;

/**
 * A server that closes a response itself, and its own line that the client is gone.
 *
 * Observed: both come from one turn of its event loop, or from the next writes.
 * Larger: a client that really left is taken for an echo. Smaller: the server's own close looks like a client that left.
 */
export const OWN_CLOSE_MS = 300;

/**
 * A failure in words that nobody knows, and the end of the call that the same service tells of as its caller's doing.
 *
 * Observed: a server's library tells of the end 2 to 7 ms after the handler failed.
 * Larger: an older failure casts doubt on a caller that left. Smaller: the server's own error is called the caller's leaving.
 */
export const FAILED_BEFORE_MS = 50;

/**
 * What a process does, and what it then reports as failed.
 *
 * Observed: streams that a process ends fail in its own log within some 100 ms.
 * Larger: another failure is explained away. Smaller: one end is told as several causes.
 */
export const SAME_PROCESS_MS = 1_000;

/**
 * An access line and the end of its handler's context.
 *
 * Observed: a framework writes it in the same turn, some ms later.
 * Larger: another request's access line says how this one ended. Smaller: the status of this one is not found.
 */
export const ACCESS_LINE_MS = 50;

/**
 * The coarsest step of clocks whose order is believed where services print one after another.
 *
 * Observed: loggers write milliseconds or better, else whole seconds.
 * Larger: the order within a step is chance. Smaller: clocks of milliseconds say nothing.
 */
export const ORDERED_STEP_MS = 1;

// Timers that only their duration shows.

/**
 * How early a timer may seem to fire.
 *
 * Observed: event loops round to 1 ms, coarse kernels to 10 ms.
 * Larger: any duration is near some setting. Smaller: timers of coarse clocks are missed.
 */
export const TIMER_EARLY_MS = 12;

/**
 * An ordinary line exactly a timer's time before the end.
 *
 * Observed: a timer fires within 50 ms of its time on a busy machine.
 * Larger: chance pauses are timers. Smaller: timers of busy machines are missed.
 */
export const TIMER_EXACT_MS = 50;

/**
 * The shortest pause that is asked whether it was a timer.
 *
 * Observed: people and models pause for seconds all the time; idle timers are set to 10 s and more.
 * Larger: short idle timers are missed. Smaller: pauses of a chat are timers.
 */
export const LONG_PAUSE_MS = 9_000;

/**
 * The shortest duration whose repetition is no chance.
 *
 * Observed: requests that end by themselves share durations of up to a few seconds.
 * Larger: timers of 5 s are missed. Smaller: any two quick requests share a timer.
 */
export const SHORTEST_TIMER_MS = 4_000;

/**
 * The shortest time that people set for a request of a service.
 *
 * Observed: 300 ms and more; shorter ones are for look-ups beside a request.
 * Larger: short deadlines are weak. Smaller: any quick failure has run for a set time.
 */
export const SHORTEST_SET_MS = 300;

/**
 * The steps in which people set times.
 *
 * Observed: whole tenths of a second in every recording.
 * Larger: 1.4 s is no set time. Smaller: any duration is one.
 */
export const SET_STEP_MS = 100;

/**
 * How late a timer fires, as the service that set it counts.
 *
 * Observed: 0.3 to 3.7 ms on a busy machine.
 * Larger: a duration that only lies near a step is a set time. Smaller: the timers of busy services are not seen as such.
 */
export const FIRES_LATE_MS = 5;

// Processes that end, and people who ask.

/**
 * Streams of a server that is stopping.
 *
 * Observed: orchestrators kill after a grace time of 30 to 60 s.
 * Larger: later errors are blamed on a restart. Smaller: streams that used their grace have no cause.
 */
export const STOPPING_MS = 65_000;

/**
 * A timer, and the write with which the service that was called notices.
 *
 * Observed: 1.5 to 12 s, for as long as the service works before it answers.
 * Larger: another client's leaving is the timer's. Smaller: a slow service's failed write is a cancel of its own.
 */
export const LATE_WRITE_MS = 30_000;

/**
 * The end of a process, and the loss of a callee at a service that nobody says calls it.
 *
 * Observed: connections break with the process, which drains for 5 to 10 s where nobody sets more.
 * Larger: any restart nearby is blamed. Smaller: a loss whose line names nobody is unexplained.
 */
export const UNCALLED_MS = 10_000;

/**
 * How long before the first notice a crash may be written down.
 *
 * Observed: who only reads finds out with its next probe or write.
 * Larger: an older crash explains a new end. Smaller: slow notices have no cause.
 */
export const CRASH_EARLY_MS = 30_000;

/**
 * How long after the first notice a crash may be written down.
 *
 * Observed: what watches a process writes within a few seconds of its end.
 * Larger: a later crash explains an earlier end. Smaller: crashes are not found where the watcher is slow.
 */
export const CRASH_LATE_MS = 5_000;

/**
 * The act and its reason, as one program tells them, in either order.
 *
 * Observed: both lines come from one handler.
 * Larger: another user's stop is the reason. Smaller: a stop has no reason.
 */
export const SAME_ACT_MS = 500;

/**
 * A person's or a rule's wish, and the end that it asked for.
 *
 * Observed: a stop reaches the service that streams within a second, under load within three.
 * Larger: an unheeded wish explains a later end. Smaller: a slow stop is an unexplained cancel.
 */
export const ASKED_MS = 3_000;

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
 * Words of a service that has not heard of a cancel, when it is asked again.
 *
 * Observed: users try again within two minutes, and are told that it still works.
 * Larger: the next session's words count. Smaller: services that hang are called stopped.
 */
export const STILL_TOLD_MS = 120_000;

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

/**
 * The time in which one starter's cancels are a storm, if they are more than 20.
 *
 * Observed: a user leaves once; a deploy, a lost database or a client that tries again at once ends hundreds of calls in a few seconds.
 * Larger: a busy service's usual timeouts are a storm. Smaller: a storm that goes on slowly is none.
 */
export const STORM_MS = 10_000;

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
 * Observed: two calls of one client end some 100 ms apart.
 * Larger: a log with wrong methods is linked to calls seconds away. Smaller: the nearer call of another method is taken.
 */
export const OTHER_METHOD_MS = 1_000;

/**
 * A caller whose lines name other callees.
 *
 * Observed: as for {@link OTHER_METHOD_MS}; names are wrong more often than methods, for a line may name a deeper service.
 * Larger: a wrong name outweighs a sweep. Smaller: the nearer stream to another service is taken.
 */
export const OTHER_PEER_MS = 500;

/**
 * A caller's stream that ended in another way.
 *
 * Observed: a hop takes 1 ms where somebody reads; what is renamed on the way (a deadline told as a cancel) is rare.
 * Larger: the end of another call, of the same kind, is taken. Smaller: so is any that is a little nearer.
 */
export const OTHER_KIND_MS = 50;

// The requests of one trace: which end of a call cut it, by the order of ends.

/**
 * A callee that begins before the call it serves has another clock.
 *
 * Observed: on one host a server's span begins 0.1 to 0.9 ms after its caller's; scheduling explains no more.
 * Larger: a skewed host is believed, and its order of ends with it. Smaller: a busy host is taken for a skewed one, and its verdicts are weaker.
 */
export const BEGAN_BEFORE_CALL_MS = 1;

/**
 * A callee that begins so long after its call, and ends as long after it, has another clock.
 *
 * Observed: callees begin up to 37 ms after their calls, in a cold process up to 730 ms, but then end earlier than that.
 * Larger: a host whose clock is late is believed. Smaller: a service that is slow both to begin and to notice is taken for a skewed one.
 */
export const BEGINS_LATE_MS = 100;

/**
 * How alike the two delays are then.
 *
 * Observed: with one clock moved they differ by what a callee needs to begin and to notice, up to 40 ms.
 * Larger: slow services are doubted. Smaller: clocks that differ are believed.
 */
export const LATE_ALIKE_MS = 50;

/**
 * A response that ended before a call below it has to do with that call's end.
 *
 * Observed: a server that notices that its caller left ends the calls below 1 to 21 ms later.
 * Larger: a call that was left running on purpose is taken for a victim. Smaller: a slow server's victims are not seen as such.
 */
export const RESPONSE_FOLLOWS_MS = 500;

/**
 * On one clock, instants that lie nearer are one.
 *
 * Observed: ends inside one process are read 0.02 ms apart or more when one follows from the other, except in Go, which ends both at once (0.02 to 0.33 ms).
 * Larger: the order of ends inside a service is lost. Smaller: the noise of a runtime is taken for an order.
 */
export const ONE_INSTANT_MS = 0.1;

/**
 * A callee that nobody cut outlives its call.
 *
 * Observed: the runtime of a Node server notices the end of its own response up to 3.8 ms later than its reader; 2 ms decides only together with other facts.
 * Larger: a callee that was cut is taken for one that ended by itself. Smaller: a late end by itself is taken for a cut.
 */
export const CALLEE_ENDS_LATE_MS = 2;

/**
 * A kept connection is found dead by the next request on it.
 *
 * Observed: within a round trip and a timer's tick, up to 20 ms.
 * Larger: a peer that died over a request is taken for a stale connection. Smaller: a stale connection is taken for a death.
 */
export const STALE_CONNECTION_MS = 50;

/**
 * A callee that had ended before its call was cancelled was no victim: its caller only tidied up.
 *
 * Observed: normal ends are seen by the caller up to 29 ms later, and victims end 3 ms after the cut or more.
 * Larger: victims that ended in the same moment are missed. Smaller: a cancel after a complete answer is a cascade.
 */
export const TIDIED_UP_MS = 5;

/**
 * The callee that an error of the handler speaks of was still there.
 *
 * Observed: an exception reaches the handler's span within a few ms of the call's end.
 * Larger: an error is put on a call that was long over. Smaller: the call that failed is not found.
 */
export const STILL_THERE_MS = 50;

/**
 * A callee that outlives its call by more was cut off.
 *
 * Observed: a response is over for its server up to 4 ms later than for its reader; callees that were cut end 3 to 20 ms after the call.
 * Larger: cuts of quick services are missed. Smaller: ordinary late ends are cuts.
 */
export const CUT_OFF_MS = 5;

/**
 * A call that a response was made of had been under way for so long.
 *
 * Observed: streams run for hundreds of ms; calls beside a response, such as a log shipped or a cache filled, take a few.
 * Larger: short streams are not looked at. Smaller: calls beside the response are taken for its content.
 */
export const ANSWERED_BY_CALL_MS = 100;

/**
 * What a service passes on ends within this time.
 *
 * Observed: 1 to 21 ms in every recording.
 * Larger: work that was left running is taken for work that stopped. Smaller: a slow service's victims are missed.
 */
export const PASSED_ON_MS = 500;

/**
 * What ended so long before the cut had ended by itself.
 *
 * Observed: the ends of one cut lie within 32 ms on one host.
 * Larger: calls that were over are counted as victims. Smaller: victims of a slow process are missed.
 */
export const ONE_CUT_MS = 50;

/**
 * A request whose parent is missing began within this time of the call that it may belong to.
 *
 * Observed: a callee begins within ms of its call; clocks of hosts in one cluster differ by less than a second.
 * Larger: two requests of one trace are joined. Smaller: a callee behind a skewed clock is a service of its own.
 */
export const ORPHAN_BEGINS_MS = 1_000;

/**
 * The service that cancels is told of its own cut.
 *
 * Observed: a status comes back within a round trip, up to 20 ms.
 * Larger: a caller's own cancel soon after is taken for an answer. Smaller: the answer to a cut is taken for a second cancel.
 */
export const TOLD_OF_OWN_CUT_MS = 50;

/**
 * The same between hosts, whose clocks may differ.
 *
 * Observed: clocks in one cluster differ by less than a second.
 * Larger: two cancels of one trace are one. Smaller: a skewed clock makes two of one.
 */
export const TOLD_OF_OWN_CUT_SKEWED_MS = 1_000;

/**
 * An own abort ends the call at once and the response later; what ends with its caller ends in the other order.
 *
 * Observed: responses end 5 to 12 ms after an own abort, and 0.95 to 21 ms before the call if the caller left.
 * Larger: an own abort of a quick handler looks like its caller's. Smaller: noise looks like an own abort.
 */
export const RESPONSE_WENT_ON_MS = 1;

/**
 * No handler needs so long to notice that nobody waits any more.
 *
 * Observed: handlers that stopped ended 0.3 to 32 ms after; those that went on, 2.3 s after.
 * Larger: a service that went on is taken for one that was told. Smaller: a slow handler is taken for one that goes on.
 */
export const STILL_ANSWERING_MS = 500;

/**
 * A server says that the client left once a response is complete, too: then its callee is over.
 *
 * Observed: a complete response's callee ended before it.
 * Larger: a client that left right at the end is missed. Smaller: each complete response is a client that left.
 */
export const OUTLIVES_RESPONSE_MS = 1;

/**
 * What had ended so long before the cut was not reached.
 *
 * Observed: the ends of one cut lie within 32 ms on one host.
 * Larger: services that were done are victims. Smaller: victims whose clock is early are missed.
 */
export const OVER_BEFORE_MS = 50;

/**
 * The two ends of a call that have one status, which came from either side.
 *
 * Observed: what was cut ends up to 0.8 ms before its caller's span, and what answered up to 2.5 ms after it; what came up ends 3 to 6 ms before.
 * Larger: whoever began below is missed. Smaller: the noise of runtimes is an order.
 */
export const SAME_STATUS_MS = 3;

/**
 * The record of a request that was answered with a status ends later than that of the call that got it.
 *
 * Observed: 2.5 to 6.5 ms; what was cut ends up to 28 ms after its call.
 * Larger: whoever cut a quick callee is not known for sure. Smaller: a busy service that answers is taken for one that was cut.
 */
export const ANSWERS_LATE_MS = 10;

/**
 * Two ends at services on one host that lie nearer have no order.
 *
 * Observed: the ends of calls lie 0.4 ms around each other, those of plain requests farther apart.
 * Larger: fewer verdicts are sure. Smaller: noise is an order.
 */
export const ONE_CLOCK_MS = 0.2;

/**
 * The same on two hosts, where it is never sure.
 *
 * Observed: clocks of a cluster with time synchronisation differ by up to 20 ms.
 * Larger: fewer verdicts at all. Smaller: skew is an order.
 */
export const TWO_CLOCKS_MS = 20;
