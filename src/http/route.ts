/**
 * The template of a request's path, as frameworks keep it. Only a template is fit for the name of a span: paths have ids in them.
 */

/** Express's: what its routers are mounted at and the path of the route, once one was found. */
export function routeOf(request: object): string | null {
  const { route, baseUrl } = request as { route?: { path?: unknown }; baseUrl?: unknown };
  if (typeof route?.path !== "string") return null;
  return (typeof baseUrl === "string" ? baseUrl : "") + route.path;
}
