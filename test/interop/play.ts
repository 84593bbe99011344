/** Playing a scenario on a chain: the call is made, whoever is to be killed is killed, and all streams of it have ended. */
import type { PeerLine } from "../support/kitex.ts";
import { line, type Make, ProcessChain, type ServicePlan, within } from "./chain.ts";
import type { Scenario } from "./scenarios.ts";

/** Makes of ServiceA to ServiceD as letters, for example `KOKO`. In a fan both branches have the makes of ServiceC and ServiceD. */
export type Makes = string;

/** The services that play a scenario of a shape. */
export function servicesFor(scenario: Pick<Scenario, "shape" | "proxy">, makes: Makes): ServicePlan[] {
  const [, b = "O", c = "O", d = "O"] = makes as unknown as Make[];
  if (scenario.shape === "line") {
    const [first, ...others] = line(makes.slice(1)) as [ServicePlan, ...ServicePlan[]];
    return [scenario.proxy === undefined ? first : { ...first, proxy: scenario.proxy }, ...others];
  }
  return [
    { name: "ServiceB", make: b, next: ["ServiceC1", "ServiceC2"] },
    { name: "ServiceC1", make: c, next: ["ServiceD1"] },
    { name: "ServiceC2", make: c, next: ["ServiceD2"] },
    { name: "ServiceD1", make: d },
    { name: "ServiceD2", make: d },
  ];
}

/** True where the scenario needs a chain to itself. */
export function needsOwnChain(scenario: Scenario): boolean {
  return scenario.kill !== undefined || scenario.proxy !== undefined || scenario.name === "f_kill_a";
}

/** Plays a scenario on a running chain; the lines of all services about it. */
export async function playOn(chain: ProcessChain, scenario: Scenario, makes: Makes, words = ""): Promise<PeerLine[]> {
  const id = `${scenario.name} ${makes} ${words}`.trim();
  const message = `hi ${scenario.words ?? ""} ${words}`.trim();
  const caller = chain.call(makes[0] as Make, ["--chain", id, "--message", message, ...scenario.call]);
  if (scenario.kill !== undefined) {
    await within(
      20_000,
      "the first message",
      caller.line((each) => (each.count ?? 0) > 0),
    );
    const victim = chain.services.get(scenario.kill);
    victim?.process.kill("SIGKILL");
    await victim?.done;
  }
  await within(30_000, `the call of ${id} ends`, caller.done);
  await chain.settled(id);
  return chain.lines(id).concat(chain.everything.filter((each) => each.event === "klog"));
}

/** Plays a scenario on a chain of its own. */
export async function play(scenario: Scenario, makes: Makes, words = ""): Promise<PeerLine[]> {
  await using chain = await ProcessChain.start(servicesFor(scenario, makes));
  return await playOn(chain, scenario, makes, words);
}
