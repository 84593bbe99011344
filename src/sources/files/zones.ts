/** In which zone a service writes times without one. */
import { localZone, parseZone, type Zone } from "../formats/zone.ts";
import type { ZoneRule } from "./open-file.ts";

function zoneNamed(text: string): Zone {
  const zone = parseZone(text);
  if (zone !== null) return zone;
  throw new TypeError(`timezone: "${text}" is neither local, UTC, an offset like +02:00 nor an IANA name`);
}

/**
 * Makes a function that says the zone of a service; of null, of nobody in particular.
 *
 * @throws TypeError where one of the zones is none
 */
export function zoneFinder(timezone: string | undefined, rules: readonly ZoneRule[]): (service: string | null) => Zone {
  const zone = timezone === undefined ? localZone() : zoneNamed(timezone);
  const own = rules.map((rule) => ({ service: rule.service.toLowerCase(), zone: zoneNamed(rule.zone) }));
  return (service) => own.find((rule) => rule.service === service?.toLowerCase())?.zone ?? zone;
}
