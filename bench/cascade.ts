/** How long the cascade engine takes for a million pieces of evidence, and whether the time grows with the number or faster. */
import { createCascadeStore } from "../src/cascade/index.ts";
import type { Claim, Diagnosis, Evidence } from "../src/model/index.ts";
import { at, claim } from "../test/support/evidence.ts";

const SERVICES = ["gateway", "chat", "agent", "model"] as const;

/** Chains of four services, one every 4 ms: ten lines each, every fifth with a derived context in the second service. */
function* chains(count: number, traced: boolean): Generator<Evidence> {
  for (let chain = 0; chain * 10 < count; chain += 1) {
    const start = chain * 4;
    const traceId = traced ? chain.toString(16).padStart(32, "0") : null;
    const line = (ms: number, service: number, fields: Partial<Claim>): Evidence =>
      claim({
        at: at(start + ms),
        service: SERVICES[service] as string,
        traceId,
        message: "user code",
        text: "user code",
        serves: service > 0,
        place: { source: `${SERVICES[service]}.log`, line: chain },
        ...fields,
      });
    const derived = chain % 5 === 0;
    const own = derived
      ? { path: null, observation: "started" as const }
      : { path: ["gateway"], observation: "relayed" as const };
    const above = derived ? [] : ["gateway"];
    yield line(0, 0, { observation: "started", side: "client", peer: "chat", operation: "receive" });
    yield line(0.1, 1, { path: ["gateway"], operation: "context" });
    yield line(0.2, 1, { ...own, side: "client", peer: "agent", operation: "receive" });
    yield line(0.3, 1, { ...own, side: "client", operation: "handler", echo: true });
    yield line(0.3, 2, { path: [...above, "chat"], operation: "context" });
    yield line(0.4, 2, {
      path: [...above, "chat"],
      side: "client",
      observation: "relayed",
      peer: "model",
      operation: "receive",
    });
    yield line(0.5, 2, {
      path: [...above, "chat"],
      side: "client",
      observation: "relayed",
      operation: "handler",
      echo: true,
    });
    yield line(0.5, 3, { path: [...above, "chat", "agent"], operation: "context" });
    yield line(20, 3, { path: [...above, "chat", "agent"], operation: "send" });
    yield line(20.1, 3, { path: [...above, "chat", "agent"], operation: "handler", echo: true });
  }
}

/** The processor's seconds of this thread: another program on the machine does not make the engine slower. */
function cpuSeconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

/** How long the store takes for evidence that is made on the way, without the time that making it takes. */
function measure(count: number, traced: boolean): { seconds: number; diagnosis: Diagnosis } {
  const idle = cpuSeconds();
  let made = 0;
  for (const _ of chains(count, traced)) made += 1;
  const begin = cpuSeconds();
  const store = createCascadeStore();
  for (const each of chains(made, traced)) store.add(each);
  store.finish();
  const diagnosis = store.diagnose();
  return { seconds: cpuSeconds() - begin - (begin - idle), diagnosis };
}

/** Prints CPU seconds for 125,000 to 1,000,000 pieces of evidence, with and without trace ids. */
export async function benchCascade(): Promise<void> {
  console.log("cascade engine: CPU seconds for N pieces of evidence (wanted: 1M below 3 s, growth near linear)");
  for (const traced of [true, false]) {
    const figures: string[] = [];
    for (const count of [125_000, 250_000, 500_000, 1_000_000]) {
      const { seconds, diagnosis } = measure(count, traced);
      const { cascades, counts } = diagnosis;
      const found = cascades.reduce((sum, each) => sum + each.count, 0);
      const wrong = cascades
        .filter((each) => each.origin.service !== "gateway")
        .reduce((sum, each) => sum + each.count, 0);
      figures.push(
        `${count / 1000}k ${seconds.toFixed(2)} s (${found} cascades, ${wrong} wrong, late ${counts.late}, dropped ${counts.dropped})`,
      );
    }
    console.log(`  ${traced ? "with trace ids   " : "without any ids  "}${figures.join("  ")}`);
  }
}
