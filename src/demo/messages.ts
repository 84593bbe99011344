/** What the demo and the processes of its services tell each other over the IPC channel. */

/** The services, from the user's side. */
export const SERVICES = ["gateway", "chat", "agent", "model", "backend"] as const;

/** The name of a service of the demo. */
export type ServiceName = (typeof SERVICES)[number];

/** From the demo to a service. */
export type Order =
  /** Call the service below at this address; null for the last one. Where to send spans comes with it. */
  | { readonly type: "link"; readonly next: string | null; readonly spansTo: string }
  /** Send the spans that wait, and end. */
  | { readonly type: "end" };

/** From a service to the demo. */
export type Notice =
  | { readonly type: "listening"; readonly address: string }
  | { readonly type: "linked" }
  /** The backend has ended an answer: so many tokens of so many. */
  | { readonly type: "answer"; readonly generated: number; readonly asked: number };

/** True for the name of a service. */
export function isServiceName(text: string | undefined): text is ServiceName {
  return SERVICES.some((name) => name === text);
}
