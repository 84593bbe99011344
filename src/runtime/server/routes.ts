import type { AnyMethod, Methods, Service } from "../service.ts";
import { cutText } from "../wire/index.ts";
import type { AnyHandler, Handlers } from "./handlers.ts";

/** How much of a name that nobody has is repeated. */
const MAX_NAME_BYTES = 200;

/** A method and who handles it. */
export interface Route {
  readonly service: string;
  readonly method: AnyMethod;
  readonly handler: AnyHandler;
}

/** Names of a service that name none: Kitex's generic clients send `$…`, clients of combined services `CombineService`. */
function isStandInName(service: string): boolean {
  return service === "" || service === "CombineService" || service.startsWith("$");
}

/** The methods of a server. */
export class Routes {
  readonly #services = new Map<string, Map<string, Route>>();

  /** Adds a service. Throws as `Server.add` does. */
  add<Defined extends Methods>(service: Service<Defined>, handlers: Handlers<Defined>): void {
    if (this.#services.has(service.name)) throw new Error(`the service ${service.name} was added before`);
    const routes = new Map<string, Route>();
    const plain = Object.getPrototypeOf(handlers) === Object.prototype;
    for (const key of plain ? Object.keys(handlers) : []) {
      if (!Object.hasOwn(service.methods, key))
        throw new TypeError(`handlers.${key}: ${service.name} has no such method`);
    }
    for (const [key, method] of Object.entries<AnyMethod>(service.methods)) {
      if (plain && !Object.hasOwn(handlers, key)) continue;
      const handler: unknown = handlers[key];
      if (!plain && handler === undefined) continue;
      if (typeof handler !== "function") throw new TypeError(`handlers.${key} must be a function`);
      const bound = (handler as AnyHandler).bind(handlers) as AnyHandler;
      routes.set(method.name, { service: service.name, method, handler: bound });
    }
    this.#services.set(service.name, routes);
  }

  /**
   * Who handles a method, or in words that nobody does. A name that a Kitex client sends in place of one of its IDL's (none, generic,
   * combined) is answered by the first service with the method.
   */
  find(service: string, method: string): Route | string {
    const known = this.#services.get(service);
    if (known !== undefined) return known.get(method) ?? `unknown method ${cutText(method, MAX_NAME_BYTES)}`;
    if (!isStandInName(service)) return `unknown service ${cutText(service, MAX_NAME_BYTES)}`;
    for (const routes of this.#services.values()) {
      const route = routes.get(method);
      if (route !== undefined) return route;
    }
    return `unknown method ${cutText(method, MAX_NAME_BYTES)}`;
  }
}
