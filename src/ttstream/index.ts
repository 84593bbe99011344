/** The ttstream error: codes, standard sentences, paths, Go durations; text to fields and back. */
export { cleanText, holdsNoise } from "./clean-text.ts";
export { allCodes, CODES, type CodeFacts, factsOfCode, NON_TTSTREAM } from "./codes.ts";
export { formatDuration, parseDuration } from "./duration.ts";
export { EDGE_CLOSING, EDGE_SENTENCES, type EdgeSentence, edgeSentenceOf, httpClientOf } from "./edge.ts";
export { ARROW, format, MARKER, PATH_GROUP, SIDE_GROUPS, type TtstreamError } from "./format.ts";
export { type Found, findErrors, type Grammar } from "./nesting.ts";
export { findTtstreamErrors, isCutSentence, parse, type TtstreamGroups, ttstreamGrammar } from "./parse.ts";
