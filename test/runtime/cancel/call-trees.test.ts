/**
 * Random trees of calls in which one service does one thing, over links that freeze, on a clock that the test owns. Whatever the tree: no
 * innocent stream is lost, nobody is named who did nothing, everybody below hears of it, and in the end nothing is left.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CancelEvent } from "../../../src/runtime/index.ts";
import { CallTree, DEEDS, type Deed, pathDown, TIMEOUT_MS, type TreeNode } from "../../support/call-tree.ts";
import { DERIVES, type Derive } from "../../support/chain.ts";

/** What a deed is to those below. */
const CODE: Readonly<Record<Deed, number>> = {
  aborts: 12008,
  leaves: 12007,
  "cancels its calls": 12008,
  throws: 12012,
  "cancels its own call": 12008,
  "has a timeout": 12015,
};

/** When a frozen link thaws: before anything has run out, after the deadline of the first call, never (its peers find out). */
const FROZEN = ["no link", "until it is over", "beyond the deadline", "for ever"] as const;
type Frozen = (typeof FROZEN)[number];

interface Program {
  readonly nodes: readonly TreeNode[];
  readonly actor: TreeNode;
  readonly deed: Deed;
  readonly frozen: Frozen;
  readonly victim: TreeNode;
}

const plans = fc.record({
  parent: fc.nat(),
  derive: fc.constantFrom(...DERIVES),
  swallows: fc.boolean(),
  detached: fc.boolean(),
});
const shapes = fc.record({
  nodes: fc.array(plans, { minLength: 2, maxLength: 7 }),
  actor: fc.nat(),
  deed: fc.nat(),
  victim: fc.nat(),
});

/** A detached call hears of its handler's end by a signal that has its reason, and inherits no deadline. */
function mayDetach(derive: Derive, frozen: Frozen): boolean {
  return ["signal", "any", "timeout"].includes(derive) && frozen !== "beyond the deadline";
}

/** The first node is the client, called A; it calls B only. */
function programs(frozen: Frozen): fc.Arbitrary<Program> {
  return shapes.map((shape) => {
    const nodes: TreeNode[] = [
      { name: "A", parent: null, children: [], derive: "none", swallows: true, detached: false },
    ];
    for (const [index, { parent, derive, swallows, detached }] of shape.nodes.entries()) {
      const above = nodes[index === 0 ? 0 : 1 + (parent % index)] as TreeNode;
      const name = "BCDEFGH"[index] as string;
      const node = {
        name,
        parent: above,
        children: [],
        derive,
        swallows,
        detached: detached && mayDetach(derive, frozen),
      };
      above.children.push(node);
      nodes.push(node);
    }
    const actor = nodes[shape.actor % nodes.length] as TreeNode;
    const deeds = DEEDS.filter((each) => {
      const own = each === "throws" || each === "cancels its own call";
      return own ? actor.parent !== null : actor.children.length > 0;
    });
    const victim = nodes[1 + (shape.victim % (nodes.length - 1))] as TreeNode;
    return { nodes, actor, deed: deeds[shape.deed % deeds.length] as Deed, frozen, victim };
  });
}

function show({ nodes, actor, deed, frozen, victim }: Program): string {
  const tree = nodes.map((node) => {
    const how = `${node.derive}${node.detached ? " detached" : ""}${node.swallows ? " swallows" : ""}`;
    return `${node.parent?.name ?? ""}>${node.name}(${how})`;
  });
  return `${tree.join(" ")}; ${actor.name} ${deed}; ${frozen} to ${victim.name}`;
}

/** Why a cancel must not be as it is; null where it may. */
function wrong(event: CancelEvent, { nodes, actor, deed, frozen, victim }: Program): string | null {
  const named = (name: string | null) => nodes.find((node) => node.name === name) ?? null;
  const self = named(event.call.self);
  const origin = named(event.origin);
  // Innocent streams have a nameless client: they end with a link that is lost, and with nothing else.
  if (self === null) return frozen === "for ever" ? null : "an innocent stream was cancelled";
  if (origin === null) return "nobody is named";
  const lost = frozen === "for ever" && pathDown(origin, victim) !== null;
  const lostCaller = lost && origin === victim && event.code === 12013;
  const allowed =
    (origin === actor && event.code === CODE[deed]) ||
    (origin === nodes[0] && event.reason === "the end") ||
    (origin === nodes[0] && frozen === "beyond the deadline" && event.code === 12015) ||
    // A handler that ends with the error of a call ends its other calls.
    (event.code === 12012 && (pathDown(origin, actor) !== null || lost)) ||
    lostCaller;
  if (!allowed) return "it is somebody who did nothing of the kind";

  const passedDown = deed === "cancels its own call" && self === actor && event.side === "client";
  const began = self === origin && event.direction !== "received" && !passedDown && !lostCaller;
  const beganByLoss = lostCaller && self === victim && event.side === "server";
  if ((event.role === "origin") !== (began || beganByLoss)) return `its role is ${event.role}`;
  if (event.side === "client" && event.direction === "received") return null;
  const last = event.side === "client" || event.direction === "sent" ? self : self.parent;
  const path = beganByLoss || last === null ? [] : pathDown(origin, last);
  return path === null || path.join() === event.path.join() ? null : `its path is ${event.path.join()}`;
}

async function play(program: Program): Promise<void> {
  const { nodes, actor, deed, frozen, victim } = program;
  const services = nodes.slice(1);
  const tree = new CallTree(nodes, actor, deed);
  {
    await using running = tree;
    await running.start(frozen === "beyond the deadline" ? 3000 : null);
    if (frozen !== "no link") running.links.freeze(victim.name);
    running.act();
    await running.settle();
    if (deed === "has a timeout") await running.pass(TIMEOUT_MS, 100);
    if (frozen === "beyond the deadline") {
      await running.pass(3200, 100);
      // Also where nobody can be told: only the innocent streams are left.
      expect(running.running).toBe(services.length);
    }
    if (frozen === "for ever") await running.pass(100_000, 5000);
    else running.links.thaw(victim.name);
    await running.settle();
    running.stop();
    await running.settle();

    for (const event of running.events) {
      const why = wrong(event, program);
      const { side, direction, role, code, origin, path, call } = event;
      if (why === null) continue;
      throw new Error(`${why}: ${call.self} ${side} ${direction} ${role} ${code} origin=${origin} path=${path}`);
    }
    const innocent = services.filter((node) => frozen !== "for ever" || node !== victim);
    for (const { name } of innocent) expect([name, await running.innocentLives(name)]).toEqual([name, true]);
    const { length } = innocent;
    expect({ running: running.running, open: running.open }).toEqual({ running: length, open: 2 * length });
    // Below the one who did it everybody hears of it, and of nothing else first, unless a link is in the way for too long.
    if (frozen === "no link" || frozen === "until it is over") {
      const below = services.filter((node) => node !== actor && pathDown(actor, node) !== null);
      for (const { name, children } of below) {
        const cancel = running.cancelled.get(name);
        const told = running.events.find(({ call, side }) => call.self === name && side === "server");
        const seen = [name, cancel?.origin, cancel?.code, told?.role];
        expect(seen).toEqual([name, actor.name, CODE[deed], children.length > 0 ? "relay" : "leaf"]);
      }
    }
  }
  const left = { running: tree.running, open: tree.open, timers: tree.clock.pending };
  expect(left).toEqual({ running: 0, open: 0, timers: 0 });
}

describe("a tree of calls in which one service does one thing", () => {
  it.each(FROZEN)("while %s is frozen names nobody else, loses nobody else, and ends", async (frozen) => {
    await fc.assert(
      fc.asyncProperty(programs(frozen), async (program) => {
        try {
          await play(program);
        } catch (error) {
          throw new Error(`${show(program)}: ${(error as Error).message}`);
        }
      }),
      { numRuns: Number(process.env["TREES"] ?? 40) },
    );
  });
});
