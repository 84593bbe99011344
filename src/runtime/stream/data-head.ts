import { ByteWriter, writeFrame } from "../wire/index.ts";

const MAX_METHODS = 1000;

const heads = new Map<string, Buffer>();

/** The bytes of a Data frame before its payload: the same for every message of a stream but for the length. */
export function dataHead(method: string, streamId: number): Buffer {
  let template = heads.get(method);
  if (template === undefined) {
    const writer = new ByteWriter(64);
    writeFrame(writer, { type: "data", streamId: 0, method });
    template = writer.toBytes();
    if (heads.size < MAX_METHODS) heads.set(method, template);
  }
  const head = Buffer.from(template);
  head.writeInt32BE(streamId, 8);
  return head;
}
