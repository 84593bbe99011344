/**
 * Names of zones as they stand behind times, in minutes ahead of UTC. Some mean several zones: the reader's own decides, or the time is not
 * read at all.
 */

const MINUTES: Readonly<Record<string, readonly number[]>> = {
  UTC: [0],
  GMT: [0],
  WET: [0],
  WEST: [60],
  CET: [60],
  MEZ: [60],
  CEST: [120],
  MESZ: [120],
  EET: [120],
  EEST: [180],
  MSK: [180],
  PKT: [300],
  ICT: [420],
  WIB: [420],
  HKT: [480],
  SGT: [480],
  AWST: [480],
  JST: [540],
  KST: [540],
  AEST: [600],
  AEDT: [660],
  NZST: [720],
  NZDT: [780],
  BRT: [-180],
  EDT: [-240],
  EST: [-300],
  CDT: [-300],
  MDT: [-360],
  MST: [-420, 480],
  PDT: [-420],
  PST: [-480, 480],
  AKDT: [-480],
  AKST: [-540],
  HST: [-600],
  CST: [480, -360, -300],
  IST: [330, 120, 60],
  BST: [60, 360],
  AST: [-240, 180],
  ADT: [-180],
  SAST: [120],
  UT: [0],
  UCT: [0],
  WAT: [60],
  CAT: [120],
  EAT: [180],
  TRT: [180],
  IRST: [210],
  NPT: [345],
  MMT: [390],
  PHT: [480],
  ACST: [570],
  ACDT: [630],
  NDT: [-150],
  ART: [-180],
  NST: [-210],
  CLT: [-240],
  // Standard time in winter, another one in summer, under one name
  ET: [],
  CT: [],
  MT: [],
  PT: [],
};

/** The names, as one alternative of a pattern. */
export const ZONE_NAMES: string = Object.keys(MINUTES)
  .sort((a, b) => b.length - a.length)
  .join("|");

/** True for a name that zones have. */
export function isZoneName(name: string): boolean {
  return Object.hasOwn(MINUTES, name);
}

/** How far a named zone is ahead of UTC, in minutes; null where it means several and the reader's own (`here`) is none of them. */
export function minutesOfZone(name: string, here: number): number | null {
  const all = MINUTES[name] ?? [];
  const [first] = all;
  if (all.length === 1 && first !== undefined) return first;
  return all.includes(here) ? here : null;
}
