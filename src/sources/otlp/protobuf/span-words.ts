/**
 * A span as twelve words of 32 bits, little-endian as its bytes stand in a request: trace id (4), span id (2), parent's span id (2), start
 * (2), end (2). What is zero is absent.
 */
export const SPAN_WORDS = 12;

/** Where the words of each part begin. */
export const SPAN_WORD = { traceId: 0, spanId: 4, parentSpanId: 6, startAt: 8, endAt: 10 } as const;
