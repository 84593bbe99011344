/** Whose process a line about a process is about: a supervisor, a kubelet or a kernel tells of others. */
import type { Testimony } from "../../model/index.ts";

/** The kubelet's structured fields: the container's name says more than the pod's, whose own ends in a hash. */
const CONTAINER_FIELD = /\bcontainerName="?([\w.-]+)/;
const POD_FIELD = /\bpod="(?:[\w.-]+\/)?([\w.-]+?)(?:-[a-z0-9]{5,10}-[a-z0-9]{5}|-\d+)?"/;
/** What a kernel kills is an executable; an interpreter runs anybody's program. */
const INTERPRETER = /^(?:python|node|java|ruby|php|dotnet|perl|beam|bun|deno|gunicorn|uvicorn)[\w.-]*$/;

const WATCHED =
  /\b([\w-]+)\.service: |\bKilled process \d+ \(([\w.-]+)\)|\bcontainer[= ]"?(?!(?:with|in|of|for|is|was|has|and|to|from|by|on|at|after|failed|exited|died|because|not)\b)([\w.-]+)"? |\b([\w.-]+)\[\d+\]: segfault|^([a-z][\w.-]+) (?:terminated abnormally|exited)/;

/** Of whose end a line tells: of its writer's, or of another process that the writer watches. */
export function aboutWhom({ service, text }: Testimony): {
  readonly service: string | null;
  readonly saidBy: string | null;
} {
  const name =
    CONTAINER_FIELD.exec(text)?.[1] ??
    POD_FIELD.exec(text)?.[1] ??
    WATCHED.exec(text)
      ?.slice(1)
      .find((each) => each !== undefined);
  if (name !== undefined && INTERPRETER.test(name) && name !== service) return { service: null, saidBy: service };
  return name === undefined || name === service ? { service, saidBy: null } : { service: name, saidBy: service };
}
