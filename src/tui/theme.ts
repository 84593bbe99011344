/**
 * What things look like. Words carry the meaning; colours, weights and glyphs repeat it.
 */
import type { Confidence } from "../model/index.ts";
import { type Clock, type HopRole, isSure, UTC_CLOCK } from "../present/index.ts";

/** The style of a confidence; of a person's word nobody says how sure it is. */
export function styleOfConfidence(confidence: Confidence | "yours"): Style {
  if (confidence === "yours") return "plain";
  return isSure(confidence) ? "sure" : "doubt";
}

/** Roles of text. */
export type Style = "plain" | "bold" | "dim" | "origin" | "sure" | "doubt" | "danger" | "selected" | "title";

/** Signs for drawing. */
export interface Glyphs {
  readonly rail: string;
  readonly tee: string;
  readonly elbow: string;
  readonly dashedTee: string;
  readonly dashedElbow: string;
  readonly folded: string;
  readonly cut: string;
  readonly times: string;
  readonly line: string;
  readonly bar: string;
  readonly arrow: string;
  readonly dot: string;
  /** The time screen: at work, a cancel under way, heard, ended, working for nobody, clocks differ, the origin, going on, no line, cut. */
  readonly work: string;
  readonly way: string;
  readonly heard: string;
  readonly ended: string;
  readonly ghost: string;
  readonly skew: string;
  readonly cancels: string;
  readonly on: string;
  /** Bars of a rate, the lowest first. */
  readonly bars: readonly string[];
}

/** The themes a person can ask for; `auto` is dark or light, as the terminal is. */
export type ThemeName = "auto" | "dark" | "light" | "mono";

/** What a look is made of. */
export interface ThemeOptions {
  readonly theme: Exclude<ThemeName, "auto">;
  /** True where the terminal has no more than 16 colours, of which nobody knows how light they are. */
  readonly sixteen: boolean;
  /** True where the terminal draws any colour; default: it has 256. */
  readonly trueColour?: boolean;
  readonly ascii: boolean;
  /** The clock that times are shown by; default UTC. */
  readonly clock?: Clock;
}

/** Roles of text that have a colour. */
type Tinted = "dim" | "origin" | "sure" | "doubt" | "danger";

/** The colours on a dark and on a light background, each with a contrast of at least 4.5 : 1 (WCAG 2.2, 1.4.3) to it. */
export const PALETTES: Readonly<Record<"dark" | "light", Readonly<Record<Tinted, `#${string}`>>>> = {
  dark: { dim: "#8a8a8a", origin: "#ffaf5f", sure: "#87d7ff", doubt: "#d7d787", danger: "#ff87af" },
  light: { dim: "#585858", origin: "#8f3f00", sure: "#005f87", doubt: "#5f5f00", danger: "#af005f" },
};

/** How a piece of text is drawn. */
export interface Ink {
  readonly bold?: boolean;
  readonly underline?: boolean;
  readonly inverse?: boolean;
  readonly colour?: `#${string}` | "magenta" | "cyan";
}

/** A look. */
export interface Theme {
  readonly ascii: boolean;
  readonly trueColour: boolean;
  readonly clock: Clock;
  readonly glyphs: Glyphs;
  readonly styles: Readonly<Record<Style, Ink>>;
}

const UNICODE: Glyphs = {
  rail: "│  ",
  tee: "├─ ",
  elbow: "└─ ",
  dashedTee: "├╌ ",
  dashedElbow: "└╌ ",
  folded: "▸",
  cut: "…",
  times: "×",
  line: "─",
  bar: "│",
  arrow: "→",
  dot: "·",
  work: "━",
  way: "┄",
  heard: "▼",
  ended: "■",
  ghost: "▒",
  skew: "░",
  cancels: "◆",
  on: "▶",
  bars: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
};

const ASCII: Glyphs = {
  rail: "|  ",
  tee: "|- ",
  elbow: "`- ",
  dashedTee: "|. ",
  dashedElbow: "`. ",
  folded: "+",
  cut: "~",
  times: "x",
  line: "-",
  bar: "|",
  arrow: ">",
  dot: ".",
  work: "=",
  way: ".",
  heard: "v",
  ended: "#",
  ghost: "%",
  skew: ":",
  cancels: "X",
  on: ">",
  bars: ["_", ".", ":", "-", "=", "+", "*", "#"],
};

/** Makes a look. Without a palette, weights and inverse tell apart what colours would; the words do it anyway. */
export function createTheme({ theme, sixteen, trueColour = false, ascii, clock = UTC_CLOCK }: ThemeOptions): Theme {
  const tint = (role: Tinted): Ink =>
    theme === "mono" ? {} : sixteen ? SIXTEEN[role] : { colour: PALETTES[theme][role] };
  return {
    ascii,
    trueColour,
    clock,
    glyphs: ascii ? ASCII : UNICODE,
    styles: {
      plain: {},
      bold: { bold: true },
      dim: tint("dim"),
      origin: { bold: true, ...tint("origin") },
      sure: tint("sure"),
      doubt: theme === "mono" ? { underline: true } : tint("doubt"),
      danger: { bold: true, inverse: theme === "mono", ...tint("danger") },
      selected: { inverse: true },
      title: { bold: true, ...tint("sure") },
    },
  };
}

/** Magenta and cyan can be read on black and on white in every common set of 16 colours; yellow and the bright ones cannot. */
const SIXTEEN: Readonly<Record<Tinted, Ink>> = {
  dim: {},
  origin: { colour: "magenta" },
  sure: { colour: "cyan" },
  doubt: { underline: true },
  danger: { colour: "magenta", underline: true },
};

/** The style of a row of a drawn cascade. */
export const ROLE_STYLES: Readonly<Record<HopRole, Style>> = {
  trigger: "danger",
  outside: "origin",
  origin: "origin",
  unknown: "doubt",
  first: "plain",
  stopped: "plain",
  silent: "doubt",
  running: "danger",
  bystanders: "dim",
};
