/**
 * A real browser, driven by its command line: a page and a script of the test go in, what the script found comes out.
 *
 * Where there is none {@link chromium} is null, and a sentence on stderr says so: a skipped test must not look like a passed one.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The browser's program; null where there is none. */
export const chromium: string | null =
  ["chromium", "chromium-browser", "google-chrome"].find((name) => spawnSync(name, ["--version"]).status === 0) ?? null;

if (chromium === null) process.stderr.write("no Chromium here: what the HTML page does in a browser is not tested\n");

/** How the page is looked at. */
export interface Viewing {
  readonly width?: number;
  readonly dark?: boolean;
}

const DEADLINE_MS = 60_000;

/** Opens a page and returns what an expression of the test is in it, as JSON. */
export function inBrowser(page: string, expression: string, { width = 1024, dark = false }: Viewing = {}): unknown {
  const folder = mkdtempSync(join(tmpdir(), "streamscope-html-"));
  try {
    const probe = `<script>addEventListener("load", () => { const out = document.createElement("pre"); out.id = "probed"; let value; try { value = (${expression}); } catch (error) { value = String(error); } out.textContent = JSON.stringify(value); document.body.append(out); });</script>`;
    // A window of a browser has a least width, a frame has none
    writeFileSync(
      join(folder, "page.html"),
      page.replace("</body>", () => `${probe}</body>`),
    );
    const frame = `<body style="margin:0"><iframe src="page.html" style="border:0;width:${width}px;height:900px"></iframe><script>const see = () => { const found = document.querySelector("iframe").contentDocument?.getElementById("probed"); if (found) document.body.textContent = "PROBED" + found.textContent + "END"; else setTimeout(see, 20); }; see();</script>`;
    writeFileSync(join(folder, "frame.html"), frame);
    const dom = execFileSync(
      chromium as string,
      [
        ...[
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-dev-shm-usage",
          `--user-data-dir=${folder}/profile`,
        ],
        ...["--allow-file-access-from-files", "--virtual-time-budget=10000", "--host-resolver-rules=MAP * ~NOTFOUND"],
        ...[`--blink-settings=preferredColorScheme=${dark ? 0 : 1}`, "--dump-dom", join(folder, "frame.html")],
      ],
      { encoding: "utf8", timeout: DEADLINE_MS, stdio: ["ignore", "pipe", "ignore"] },
    );
    const found = /PROBED([\s\S]*?)END/.exec(dom)?.[1];
    if (found === undefined) throw new Error(`nothing was found in the page: ${dom.slice(0, 400)}`);
    return JSON.parse(found.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
