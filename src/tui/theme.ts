/**
 * What things look like: letters and stars that carry the meaning, glyphs for lines, colours on top.
 */
import type { TextProps } from "ink";
import type { Confidence, Kind } from "../model/index.ts";
import { isSure } from "../present/index.ts";

/** A letter for each kind; it says without colour what the colour says. */
export const KIND_LETTERS: Readonly<Record<Kind, string>> = {
  cancel: "C",
  deadline: "D",
  disconnect: "X",
  reset: "R",
  shutdown: "S",
  "handler-return": "H",
  error: "E",
};

/** Stars for each confidence. */
export const STARS: Readonly<Record<Confidence, string>> = { proven: "****", strong: "***", weak: "**", guess: "*" };

/** The style of a confidence. */
export function styleOfConfidence(confidence: Confidence): Style {
  return isSure(confidence) ? "good" : "doubt";
}

/** Roles of text. */
export type Style =
  | "plain"
  | "bold"
  | "dim"
  | "origin"
  | "fake"
  | "silent"
  | "good"
  | "doubt"
  | "warn"
  | "selected"
  | "title";

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
}

/** A look. */
export interface Theme {
  readonly ascii: boolean;
  readonly glyphs: Glyphs;
  readonly styles: Readonly<Record<Style, Partial<TextProps>>>;
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
};

/** Makes a look; blue and orange, so that they can be told apart by (almost) everybody. */
export function createTheme(options: { readonly colour: boolean; readonly ascii: boolean }): Theme {
  const tint = (color: string): Partial<TextProps> => (options.colour ? { color } : {});
  return {
    ascii: options.ascii,
    glyphs: options.ascii ? ASCII : UNICODE,
    styles: {
      plain: {},
      bold: { bold: true },
      dim: options.colour ? { dimColor: true } : {},
      origin: { bold: true, ...tint("#ff8700") },
      fake: tint("#d7af00"),
      silent: options.colour ? { dimColor: true } : {},
      good: tint("#5fafff"),
      doubt: tint("#d7af00"),
      warn: tint("#ff8700"),
      selected: { inverse: true },
      title: { bold: true, ...tint("#5fafff") },
    },
  };
}
