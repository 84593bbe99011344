/**
 * What the errors of HTTP and RPC libraries say ended a request, by the name of the error and by its text: of Node.js (undici, http, axios,
 * AbortController), Go, Python (httpx, aiohttp, requests, asyncio), Java and .NET.
 */

/**
 * What ended a request, in an error's own words:
 *
 * - `refused`: nothing had begun
 * - `caller`: whoever had asked for the work went away
 * - `timer`: a time was over
 * - `peer-gone`: the other end closed the connection or died
 * - `closed`: the connection is closed, and no word says by whom
 * - `reset`: a reset that says that the stream is no longer wanted arrived
 * - `abort`: the work was cancelled
 */
export type Cause = "refused" | "caller" | "timer" | "peer-gone" | "closed" | "reset" | "abort";

/** The first that fits wins: an abort because of a timeout is a timer's, and a refused connection never timed out while it worked. */
const TEXTS: readonly (readonly [Cause, RegExp])[] = [
  [
    "refused",
    /ECONNREFUSED|connection refused|ENOTFOUND|EAI_AGAIN|E(?:HOST|NET)UNREACH|no such host|no route to host|getaddrinfo|name or service not known|no address associated|connect(?:ion)?(?: attempts?)? (?:timeout|timed out|failed)|failed to connect|no connection established|connect ETIMEDOUT|dial (?:tcp|unix)|before secure TLS|TLS handshake|certificate/i,
  ],
  [
    "caller",
    /\b(?:client|caller|browser|downstream)\b(?! (?:conn|is closed\b|was closed and\b))[\w ]{0,20}\b(?:disconnect(?:ed)?|closed|left|gone|hung up|went away|dropped|abort(?:ed)?)\b|\buser (?:has )?(?:left|disconnected|gone|went away)\b|^ClientDisconnect/i,
  ],
  ["timer", /\btime(?:d|s)?[ -]?out\b|timeout|deadline[ _-]?exceeded|deadline (?:has )?elapsed/i],
  ["reset", /RST_STREAM\b.{0,40}\b(?:CANCEL\b|code:? 8\b)|stream was reset: CANCEL|NGHTTP2_CANCEL/],
  [
    "peer-gone",
    /other side closed|(?:peer|server|upstream|remote(?: host| end| peer)?) (?:unexpectedly |prematurely |abruptly )?(?:closed|disconnected|hung up)|closed by (?:the )?(?:remote|peer)|reset by peer|ECONNRESET(?!.*socket hang up)|^connection reset|GOAWAY|connection dropped|network closed|unexpected (?:EOF|end of (?:stream|file))|incomplete (?:chunked )?read|ended prematurely|without (?:sending )?(?:a )?(?:complete )?(?:response|message body)/i,
  ],
  [
    "closed",
    /socket hang up|prematurely? close[d]?|premature(?:ly)? close|connection (?:prematurely |force )?closed|^terminated$|^aborted$|broken pipe|EPIPE|socket closed|(?:write to|writing to) (?:a )?clos(?:ed|ing) (?:transport|stream|connection)|^EOF$|: EOF$|transport is closing|client connection is closing/i,
  ],
  // A reset without an error is how a client of Vert.x lets go of a request; the other end would send its code
  ["abort", /\babort(?:ed|ing)?\b|\bcancell?(?:ed|ing|ation)\b|operation was cancel|^Stream reset: 0$/i],
];

/** Names of errors, without the packages before them. Numbers are codes of a DOMException: 23 is a TimeoutError, 20 an AbortError. */
const TYPES: readonly (readonly [Cause, RegExp])[] = [
  [
    "refused",
    /^(?:UND_ERR_CONNECT_TIMEOUT|ConnectTimeout(?:Error|Exception)?|ECONNREFUSED|ENOTFOUND|ConnectException|UnknownHostException|ClientConnectorError)$/,
  ],
  // Of servers only: Starlette, Werkzeug, Django, Tomcat, Spring, ASP.NET Core, Next.js
  [
    "caller",
    /^(?:ClientDisconnect(?:ed)?|RequestAborted|ClientAbortException|AsyncRequestNotUsableException|ConnectionAbortedException|ResponseAborted)$/,
  ],
  [
    "timer",
    /^(?:23|timeout|\w*Time(?:out|dOut)(?:Error|Exception)?|UND_ERR_(?:HEADERS|BODY)_TIMEOUT|ETIMEDOUT|ESOCKETTIMEDOUT|DeadlineExceeded\w*)$/,
  ],
  [
    "peer-gone",
    /^(?:UND_ERR_SOCKET|ECONNRESET|RemoteProtocolError|RemoteDisconnected|ServerDisconnectedError|ClientPayloadError|IncompleteRead|ChunkedEncodingError|PrematureCloseException)$/,
  ],
  ["closed", /^(?:EPIPE|ERR_STREAM_PREMATURE_CLOSE|BrokenPipeError|ClosedChannelException)$/],
  [
    "abort",
    /^(?:20|cancell?ed|AbortError|CanceledError|CancelledError|ERR_CANCELED|UND_ERR_ABORTED|(?:Operation|Task)Cancel(?:l)?ed(?:Exception)?|CancellationException|InterruptedException|InterruptedIOException)$/,
  ],
];

/** Errors of a library about the protocol: never the reason that an application gave its own abort. */
const OF_A_LIBRARY = /^(?:UND_ERR_|HPE_|ERR_HTTP|ERR_SSL|ERR_INVALID)/;

/** What the texts and the name of an error say ended the request; null if they say nothing that is known. */
export function causeOf(texts: readonly string[], type: string | null): Cause | null {
  const name = type === null ? null : nameOf(type);
  // Node.js has one name for both ends of a connection; the words tell them apart
  const said = texts.map(causeOfText).filter((cause) => cause !== null);
  const named = name === null ? null : (TYPES.find(([, pattern]) => pattern.test(name))?.[0] ?? null);
  const all = named === null ? said : name === "ECONNRESET" && said.includes("closed") ? said : [...said, named];
  return ORDER.find((cause) => all.includes(cause)) ?? null;
}

const ORDER: readonly Cause[] = TEXTS.map(([cause]) => cause);

function causeOfText(text: string): Cause | null {
  const head = text.length > 600 ? text.slice(0, 600) : text;
  return TEXTS.find(([, pattern]) => pattern.test(head))?.[0] ?? null;
}

function nameOf(type: string): string {
  return type.slice(
    Math.max(type.lastIndexOf("."), type.lastIndexOf("$"), type.lastIndexOf("/"), type.lastIndexOf("*")) + 1,
  );
}

/** True if the error was made by a library about its protocol. */
export function isOfALibrary(type: string | null): boolean {
  return type !== null && OF_A_LIBRARY.test(type);
}

/** What gRPC's own client says of a call that it ended by itself; a service that passes the status on says the same. */
const LOCAL =
  /cancelled on client|locally cancelled|cancelled by (?:client|application)|deadline exceeded after|CallOptions deadline/i;

/** What the libraries of gRPC and Connect write when they cancel a call, when its time is over, or when a reset arrives. */
const STOCK =
  /\bcontext (?:cancell?ed|deadline exceeded|timed out)\b|RST_?STREAM|^stream was reset|^HTTP\/2 |^http2: |^transport |^(?:CallOptions )?deadline[ _]exceeded(?:$| (?:after|on) )|^(?:(?:rpc|(?:client ?)?call|stream|request|(?:the|this) operation|operation)\b[ ]?)?(?:was |already |timed out|time(?:d )?out|locally )*(?:cancell?ed|aborted|timed out|removed|closed)\b|^(?:client|server|channel) (?:call |was )*(?:cancell?ed|closed)|^time(?:d )?out\b/i;

/** True where no library of calls ends a call in these words: somebody wrote them who answered it. */
export function isOfAnApplication(text: string): boolean {
  return text !== "" && !STOCK.test(text);
}

/** How a server of grpc-java tells its own calls that its caller cancelled. */
export function isOfCallersCancel(text: string): boolean {
  return /^RPC cancell?ed$/.test(text);
}

/** True for the words of a client library about an end that it made itself. */
export function isLocalWording(text: string): boolean {
  return LOCAL.test(text);
}

/** The other end of the call that ended, where a text names it. */
export function remoteIn(text: string): string | null {
  return /\bremote_addr=((?:\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5})/.exec(text)?.[1] ?? null;
}
