import { BACKGROUND_QUERY, readAnswers } from "./background.ts";

/** A terminal that is so slow to answer is taken for one that does not. */
const ANSWER_MS = 100;

/**
 * Asks a terminal whether its background is dark or light; null where it does not say within 100 ms. Keys that were typed meanwhile
 * are put back.
 */
export async function askBackground(
  stdout: NodeJS.WriteStream,
  keys: NodeJS.ReadStream,
): Promise<"dark" | "light" | null> {
  const wasRaw = keys.isRaw;
  keys.setRawMode(true);
  let text = "";
  let take = (): void => undefined;
  const waited = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ANSWER_MS);
    take = () => {
      // Read, and not listened to as data: a stream that flows once would have to be paused, and the keys with it.
      for (let chunk: Buffer | string | null = keys.read(); chunk !== null; chunk = keys.read())
        text += chunk.toString();
      if (!readAnswers(text).complete) return;
      clearTimeout(timer);
      resolve();
    };
    keys.on("readable", take);
  });
  stdout.write(BACKGROUND_QUERY);
  await waited;
  keys.off("readable", take);
  keys.setRawMode(wasRaw);
  const { background, rest } = readAnswers(text);
  if (rest !== "") keys.unshift(Buffer.from(rest));
  return background;
}
