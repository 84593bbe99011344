import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServiceName } from "../../../src/model/index.ts";
import { readEvent } from "../../../src/sources/formats/event.ts";
import { readJaeger } from "../../../src/sources/formats/jaeger.ts";
import { alsoNamed, NOBODY, ownerOf, readName } from "../../../src/sources/formats/names.ts";
import { ownerOfResource } from "../../../src/sources/formats/otlp-record.ts";
import { createShapeContext } from "../../../src/sources/formats/record-maker.ts";
import { record } from "../../support/record.ts";
import { prefilter } from "../prefilter.ts";

const context = createShapeContext(prefilter, { zone: () => 0, nearMs: 0 });
const POD = "prod-web-gateway-svc-7d9f8b6c5d-x2v4z";

function namesIn(line: string): string[] {
  return readEvent(line, context).names.map(({ name, from }) => `${from} ${name}`);
}

describe("the names of a record's writer", () => {
  it("are told apart by what gave them, the strongest first", () => {
    const line = { msg: "cancel", kubernetes: { pod_name: POD, container_name: "web", labels: { app: "shop" } } };
    expect(namesIn(JSON.stringify(line))).toEqual(["resource shop", "container web", "pod prod-web-gateway-svc"]);
    expect(namesIn(JSON.stringify({ ...line, service: "gateway" }))[0]).toBe("field gateway");
  });

  it("are not how long a router waited for a service, nor whom a proxy called", () => {
    expect(namesIn("at=error code=H12 dyno=web.1 connect=0ms service=30000ms status=503 msg=cancel")).toEqual([]);
    expect(namesIn(JSON.stringify({ msg: "cancel", DownstreamStatus: 499, ServiceName: "agent@docker" }))).toEqual([]);
  });

  it("are the container's and the pod's where kubectl or compose wrote them before the line", () => {
    expect(namesIn(`[pod/${POD}/gateway] cancel`)).toEqual(["container gateway", "pod prod-web-gateway-svc"]);
    expect(namesIn(`[pod/${POD}/app] cancel`)).toEqual(["pod prod-web-gateway-svc"]);
    expect(namesIn("gateway-1  | cancel")).toEqual(["container gateway"]);
  });

  it("are the unit's and the host's in a journal and in syslog", () => {
    expect(namesIn('{"_SYSTEMD_UNIT":"gateway.service","_HOSTNAME":"vm7","MESSAGE":"cancel"}')).toEqual([
      "unit gateway",
      "host vm7",
    ]);
    expect(namesIn("Nov 23 06:57:00 vm7 gateway[12]: cancel")).toEqual(["unit gateway", "host vm7"]);
    expect(namesIn("<34>1 2026-11-23T06:57:00.783910Z - gateway 12 ID47 - cancel")).toEqual(["unit gateway"]);
  });

  it("are not what Python calls the processes of every program", () => {
    for (const name of ["MainProcess", "SpawnProcess-1", "ForkPoolWorker-12", "Process-1:2"])
      expect(namesIn(JSON.stringify({ message: "cancel", process: { name, pid: 7 } }))).toEqual([]);
    expect(namesIn(JSON.stringify({ message: "cancel", process: { name: "chat", pid: 7 } }))).toEqual(["unit chat"]);
  });

  it("name a pod where the host is one, and nothing where it is an address or a container's id", () => {
    const pino = (hostname: string): string[] =>
      namesIn(JSON.stringify({ pid: 1, hostname, name: "gateway", msg: "cancel" }));
    expect(pino(POD)).toEqual(["field gateway", "pod prod-web-gateway-svc"]);
    expect(pino("vm7")).toEqual(["field gateway", "host vm7"]);
    for (const nobody of ["localhost", "10.0.0.7", "3f4e5d6c7b8a"]) expect(pino(nobody)).toEqual(["field gateway"]);
  });

  it("of a resource are those of the conventions, without the SDK's placeholder", () => {
    const attributes = new Map([
      ["service.name", "unknown_service:node"],
      ["k8s.pod.name", POD],
      ["host.name", "vm7"],
    ]);
    expect(ownerOfResource(attributes)).toEqual({
      service: "prod-web-gateway-svc",
      serviceFrom: "pod",
      otherNames: [{ name: "vm7", from: "host" }],
    });
    expect(ownerOfResource(attributes.set("service.name", "gateway"))).toMatchObject({
      service: "gateway",
      serviceFrom: "resource",
    });
  });

  it("of a Jaeger's process are its service's and those of its tags", () => {
    const process = { serviceName: "gateway", tags: [{ key: "k8s.pod.name", value: POD }] };
    const trace = { spans: [{ processID: "p1" }, { processID: "p2" }], processes: { p1: process } };
    expect(readJaeger({ data: [trace] }, context, "jaeger")).toMatchObject([
      { service: "gateway", serviceFrom: "resource", otherNames: [{ name: "prod-web-gateway-svc", from: "pod" }] },
      { service: null, serviceFrom: null, otherNames: [] },
    ]);
  });
});

describe("an owner", () => {
  it("is never a host", () => {
    expect(ownerOf([{ name: "vm7", from: "host" }])).toEqual({
      ...NOBODY,
      otherNames: [{ name: "vm7", from: "host" }],
    });
  });

  it("that the user named keeps its other names", () => {
    expect(alsoNamed(record("cancel", { service: "gateway" }), { name: "Mine", from: "option" })).toMatchObject({
      service: "Mine",
      serviceFrom: "option",
      otherNames: [{ name: "gateway", from: "field" }],
    });
  });

  it("has every name once, in whatever order they come", () => {
    const names = fc.array(
      fc.record<ServiceName>({
        name: fc.constantFrom("a", "b", "c"),
        from: fc.constantFrom("option", "container", "pod", "file", "host"),
      }),
    );
    fc.assert(
      fc.property(names, (given) => {
        const { service, serviceFrom, otherNames } = ownerOf(given);
        const all = [service, ...otherNames.map(({ name }) => name)].filter((name) => name !== null);
        expect(new Set(all).size).toBe(all.length);
        expect(serviceFrom).not.toBe("host");
        expect(ownerOf(given.toReversed()).serviceFrom).toBe(serviceFrom);
      }),
    );
  });

  it("gets no name from an empty value", () => {
    expect(readName("", "field")).toBeNull();
  });
});
