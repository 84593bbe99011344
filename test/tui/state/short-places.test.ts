import { expect, it } from "vitest";
import { formatPlace } from "../../../src/model/index.ts";
import { shortPlaces } from "../../../src/tui/state/short-places.ts";

const short = (...sources: readonly string[]): readonly string[] => {
  const shorten = shortPlaces(sources.map((source) => ({ source, line: 3 })));
  return sources.map((source) => formatPlace(shorten({ source, line: 7 })));
};

it("a file is called by its name where no other one has it", () => {
  expect(short("/var/log/pods/a/gateway.log", "/var/log/pods/b/chat.log")).toEqual(["gateway.log:7", "chat.log:7"]);
});

it("files of one name keep as much of their paths as tells them apart", () => {
  expect(short("/logs/pod-1/chat/0.log", "/logs/pod-2/chat/0.log", "/logs/pod-2/gateway/1.log")).toEqual([
    "pod-1/chat/0.log:7",
    "pod-2/chat/0.log:7",
    "1.log:7",
  ]);
  expect(short("0.log", "a/0.log", "/a/0.log")).toEqual(["0.log:7", "a/0.log:7", "/a/0.log:7"]);
});

it("what is no path, and a span, stay as they are", () => {
  expect(short("standard input", "otlp 127.0.0.1:4318")).toEqual(["standard input:7", "otlp 127.0.0.1:4318:7"]);
  const span = { traceId: "7f3a", spanId: "0a6c" };
  expect(shortPlaces([span])(span)).toEqual(span);
});
