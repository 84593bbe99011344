/** The beginning and the end of processes, in their own words and in those of what watches them. */
import type { Entry } from "./entry.ts";

const END = { kind: "shutdown", caution: "" } as const;

export const PROCESSES: readonly Entry[] = [
  {
    ...END,
    id: "process-crashed",
    product: "any",
    stems: [],
    says: "crashed",
    kind: "error",
    pattern:
      /terminated abnormally|core[- ]?dump(?:ed)?\b|\bout of memory\b.*\bkill|\bOOM[- ]?Kill|\boom-kill\b|\bKilled process \d+|\bexited with code (?!0\b)-?\d+|\bexit(?:ed)? (?:status|code)[ =:]+(?!0\b)\d+|code=(?:killed|dumped)|\bsegfault\b|\bsegmentation fault\b|\bexited on signal \d+|\bsignal: killed\b|^panic: |\bfatal error: |^Fatal Python error|Uncaught ?Exception|\bunhandledRejection\b|exited due to signal|Back-off restarting failed container|\bCrashLoopBackOff\b/i,
    meaning: "A process ended without being asked to.",
    samples: [
      "model.service: Main process exited, code=killed, status=9/KILL",
      "Out of memory: Killed process 4711 (model) total-vm:8123456kB",
      "worker process 29482 exited on signal 9",
      "panic: runtime error: invalid memory address",
      "llama-server terminated abnormally",
    ],
    others: ["worker process 29482 exited with code 0"],
  },
  {
    ...END,
    id: "process-stopping",
    product: "any",
    stems: [],
    says: "stopping",
    pattern:
      /\bshutting down\b|\bgraceful(?:ly)? (?:shut|stop|clos|terminat|exit)|\bSIG(?:TERM|INT|QUIT)\b|signal (?:15|2|3)\b|signal: terminated|received (?:a )?(?:termination|shutdown|stop) signal|\btryShutdown\b|\bforceShutdown\b|\bserver (?:is )?(?:stopping|closing|draining)|\bstopping (?:the )?(?:server|service|worker|container)|\bdraining (?:connections|requests|streams)|\bKilling container\b|\bStopping container\b|\bserver stopped\b|\bStopped \S+\.service\b|^Stopping |\bterminating on user request\b|terminating connection due to administrator command|\bfast shutdown request\b|\bApplication is shutting down\b|\bCommencing graceful shutdown\b|\bpreparing to exit\b/i,
    meaning: "A process was told to stop.",
    samples: [
      "shutting down",
      "SIGTERM, tryShutdown, grace 5s",
      "signal 15 (SIGTERM) received from 27116, exiting",
      "Commencing graceful shutdown. Waiting for active requests to complete",
    ],
    others: ["the shop closes at eight"],
  },
];
