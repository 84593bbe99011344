import { describe, expect, it } from "vitest";
import { serviceOfPath, serviceOfPod } from "../../../src/sources/formats/service-name.ts";

describe("the service of a file", () => {
  const hash = "0123456789abcdef".repeat(4);
  const rows: readonly (readonly [path: string, service: string | null])[] = [
    ["ServiceA.log", "ServiceA"],
    ["logs/ServiceC1.log", "ServiceC1"],
    ["ServiceA-7d9f8b6c5d-x2v4z.log", "ServiceA"],
    ["chat-gateway-6bdc58f4c9-8tqlz.log", "chat-gateway"],
    ["ServiceA-0.log", "ServiceA"],
    ["node-agent-x2v4z.log", "node-agent"],
    ["ServiceA.log.1", "ServiceA"],
    ["ServiceA.log.12.gz", "ServiceA"],
    ["ServiceA-7d9f8b6c5d-x2v4z.log.1.gz", "ServiceA"],
    ["ServiceA.2026-11-23.log", "ServiceA"],
    ["ServiceA-20261123.log", "ServiceA"],
    ["ServiceA.log-20261123.gz", "ServiceA"],
    ["ServiceA-2026-11-23T06-57-00.000.log", "ServiceA"],
    ["ServiceA.jsonl", "ServiceA"],
    ["ServiceA_stdout.log", "ServiceA"],
    ["ServiceA-access.log", "ServiceA"],
    ["ServiceA-error.log", "ServiceA"],
    ["ServiceA/app.log", "ServiceA"],
    ["ServiceA/stdout.log", "ServiceA"],
    ["ServiceA-7d9f8b6c5d-x2v4z/0.log", "ServiceA"],
    ["ServiceA/logs/app.log", "ServiceA"],
    ["/var/log/pods/shop_ServiceA-7d9f8b6c5d-x2v4z_12345678-1234-1234-1234-123456789abc/main/0.log", "ServiceA"],
    [`/var/log/containers/ServiceA-7d9f8b6c5d-x2v4z_shop_main-${hash}.log`, "ServiceA"],
    [`containers/${hash}/${hash}-json.log`, null],
    ["gather/namespaces/shop/pods/ServiceA-7d9f8b6c5d-x2v4z/main/main/logs/current.log", "ServiceA"],
    ["gather/pods/notes.log", "notes"],
    ["app.log", null],
    ["0.log", null],
    ["2026-11-23.log", null],
    ["/var/log/syslog", null],
    ["", null],
    ...[
      ...[
        "chat-api.log.aa",
        "chat-api.log.ab",
        "chat-api.logaa",
        "chat-api.ab",
        "chat-api.log.part2",
        "chat-api.part-2.log",
      ],
      ...[
        "chat-api_1.log",
        "chat-api(1).log",
        "chat-api (1).log",
        "chat-api.log (2)",
        "chat-api - Copy (2).log",
        "chat-api copy.log",
      ],
      ...[
        "Copy of chat-api.log",
        "chat-api-stdout---supervisor-x1y2z3.log",
        "chat-api.html",
        "chat-api.log.html",
        "chat-api.eml",
        "chat-api.yaml",
        "chat-api-previous.log",
        "chat-api-current.log",
        "chat-api.log~",
        "chat-api.log.save",
        "chat-api.log.orig",
      ],
      ...[
        "chat-api.log.bak2",
        "chat-api.old",
        "chat-api.log.2026-W48",
        "chat-api.2026-W48.log",
        "chat-api.log.copy",
        "chat-api_copy2.log",
      ],
      ...[
        "chat-api-cleaned.log",
        "chat-api-node1.log",
        "chat-api.log.swp",
        "chat-api.log-old",
        "chat-api.log.2026112306.gz",
      ],
      ...[
        "2026-11-23_chat-api.log",
        "20261123-chat-api.log",
        "chat-api_part_1_of_3.log",
        "chat-api.1of3.log",
        "chat-api.log.from-laptop",
      ],
    ].map((path) => [path, "chat-api"] as const),
    ["svc-a.log", "svc-a"],
    ["svc-b.log", "svc-b"],
    ["chat-archive.log", "chat-archive"],
    ["chat-backup.log", "chat-backup"],
    ["body-part.log", "body-part"],
    ["app.log.chat", "app.log.chat"],
    ["chat.logger", "chat.logger"],
    ["chat.ai", "chat.ai"],
    ["app.log.aa", null],
    ["app (1).log", null],
    // Replicas that write at the same time are one service, as two pods of a StatefulSet are
    ["chat-1.log", "chat"],
    ["chat-2.log", "chat"],
  ];
  for (const [path, service] of rows)
    it(`of ${path.slice(0, 90)} is ${service}`, () => expect(serviceOfPath(path)).toBe(service));
});

describe("the service of a pod", () => {
  it("keeps a name that only looks a little like a pod's", () => {
    for (const name of ["chat-gateway", "ServiceA", "chat-proxy", "a-b-c"]) expect(serviceOfPod(name)).toBe(name);
  });
});
