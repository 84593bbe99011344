/** The service and the method that a gRPC path (`/package.Service/Method`) names. */
export function splitMethod(path: string): { readonly service: string; readonly method: string } {
  const slash = path.lastIndexOf("/");
  return { service: path.slice(path.startsWith("/") ? 1 : 0, Math.max(slash, 0)), method: path.slice(slash + 1) };
}
