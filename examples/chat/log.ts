/** One line for the log of a service. */
export function log(level: "INFO" | "WARN", text: string): void {
  console.log(`${new Date().toISOString()} ${level} ${text}`);
}
