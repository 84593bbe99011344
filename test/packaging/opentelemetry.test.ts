import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Application, Folder, pack, root, runToEnd, verdicts } from "./installed.ts";

/** A release of each major version of the SDK that the peer range takes: SDK 1, SDK 2, and the newest of SDK 3. */
const RELEASES = [
  { sdk: "0.57.2", api: "1.9.0" },
  { sdk: "0.223.0", api: "1.9.0" },
  { sdk: "0.300.0", api: "1.10.0" },
  { sdk: "0.301.0", api: "1.10.0" },
];

const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());
let tarball = "";
beforeAll(async () => {
  ({ tarball } = await pack(folder.path));
});

describe.each(RELEASES)("installed by npm beside sdk-node $sdk and api $api", ({ sdk, api }) => {
  let application: Application;
  beforeAll(async () => {
    const packages = [`@opentelemetry/sdk-node@${sdk}`, `@opentelemetry/api@${api}`];
    application = await Application.install(tarball, packages);
  });
  afterAll(() => application?.[Symbol.dispose]());

  it("has types that fit the SDK's", async () => {
    const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2024"];
    const types = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];
    const args = [...options, ...types, "typed.mts"];
    const said = await runToEnd(join(root, "node_modules/.bin/tsc"), args, { cwd: application.path });
    expect(said).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it.each([
    ["streamscope/register by --require", ["--require", "streamscope/register"]],
    ["streamscope/register by --import", ["--import", "streamscope/register"]],
    ["an SDK of the program's own", ["--import", "./own-sdk.mjs"]],
  ])("diagnoses a cancel: %s", async (_, preload) => {
    expect(verdicts(await application.diagnoseCancel(process.execPath, preload))).toEqual([
      "gateway, proven, user-stop: agent model",
    ]);
  });
});
