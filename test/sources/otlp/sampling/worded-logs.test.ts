import { describe, expect, it } from "vitest";
import { createCascadeStore } from "../../../../src/cascade/index.ts";
import { prefilter, readRecord } from "../../../../src/dialects/index.ts";
import type { SourceRecord } from "../../../../src/model/index.ts";
import { TailSampler } from "../../../../src/sources/otlp/sampling/tail-sampler.ts";
import { encodeRequest, logRequest } from "../../../support/otlp-messages.ts";

/** What is handed on of logs, each `[service, text]`. */
function handedOn(encoding: "protobuf" | "json", logs: readonly (readonly [string, string])[]): SourceRecord[] {
  const records: SourceRecord[] = [];
  const sampler = new TailSampler({
    prefilter,
    zone: () => 0,
    source: "otlp",
    maxHeldSpans: 1_024,
    onRecords: (found) => records.push(...found),
  });
  for (const [service, text] of logs) {
    const request = logRequest(service, text);
    const bytes = encodeRequest("logs", request);
    if (encoding === "json") sampler.takeJson(JSON.stringify(request));
    else sampler.takeProtobuf("logs", [bytes], bytes.length);
  }
  return records;
}

const NGINX =
  '2026/11/23 06:57:02 [info] 29#29: *3 epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too while reading upstream, client: 10.0.0.9, server: , request: "POST /v1/chat HTTP/1.1", upstream: "http://10.0.0.7:8080/v1/chat"';

describe.each(["protobuf", "json"] as const)("logs in the words of programs, received as %s", (encoding) => {
  it.each([
    ["nginx", NGINX],
    ["haproxy", "upstream prematurely closed connection while reading response header from upstream"],
    ["agent", "httpx.ReadTimeout: The read operation timed out"],
  ])("are read where a wording is known, as %s's", (service, text) => {
    expect(handedOn(encoding, [[service, text]])).toHaveLength(1);
  });

  it("are left out where none is", () => {
    expect(handedOn(encoding, [["gateway", "served a request in 12 ms"]])).toEqual([]);
  });

  it("tell who began a cancel", () => {
    const store = createCascadeStore();
    for (const record of handedOn(encoding, [["nginx", NGINX]]))
      for (const evidence of readRecord(record).evidence) store.add(evidence);
    store.finish();
    expect(store.diagnose().cascades).toMatchObject([{ origin: { service: "nginx", kind: "disconnect" } }]);
  });
});
