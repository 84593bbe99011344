/** Addresses of HTTP servers on the command line. */
import { usageFailure } from "../failure.ts";

/**
 * Reads the address of a receiver to pass on to.
 *
 * @throws Failure where the text is none
 */
export function readReceiver(text: string, option: string): URL {
  return readAddress(text, option, "the address of an OTLP/HTTP receiver, such as http://127.0.0.1:4318");
}

/**
 * Reads one that must hold no password. `usual` says what to write, `its address, such as http://127.0.0.1:9428`; `instead` names the
 * variables of the environment that hold the password.
 *
 * @throws Failure where the text is none, or holds one
 */
export function readPublicAddress(text: string, option: string, usual: string, instead: string): URL {
  const url = readAddress(text, option, usual);
  if (url.username !== "" || url.password !== "")
    throw usageFailure(`${option}: a command line is seen by everyone on this machine; set ${instead} instead`);
  return url;
}

/** `usual` says what to write instead: `the address of a receiver, such as http://127.0.0.1:4318`. */
function readAddress(text: string, option: string, usual: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw usageFailure(`${option} "${text}": write ${usual}`);
  return url;
}
