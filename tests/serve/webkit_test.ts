/**
 * The page in WebKit, which is Safari's engine and does not know `using`, by
 * its own driver: https://www.w3.org/TR/webdriver2/
 */
import { assertEquals } from "@std/assert";
import { isPermitted, needs } from "../permissions.ts";
import { servedPage, seven } from "./_page.ts";

needs(import.meta.url, "env", "net", "read", "run", "write");

/** Debian's webkit2gtk-driver, and a screen for it. */
const programs = ["xvfb-run", "WebKitWebDriver"];

const isThere = isPermitted("run") && (await Promise.all(
  programs.map((name) => new Deno.Command("which", { args: [name] }).output()),
)).every(({ success }) => success);

/** A browser's window. */
class WebKit implements AsyncDisposable {
  readonly #driver: Deno.ChildProcess;
  readonly #session: string;

  private constructor(driver: Deno.ChildProcess, session: string) {
    this.#driver = driver;
    this.#session = session;
  }

  static async open(): Promise<WebKit> {
    const port = freePort();
    const [command, program] = programs;
    const driver = new Deno.Command(command, {
      args: ["--auto-servernum", program, `--port=${port}`],
      stdout: "null",
      stderr: "null",
    }).spawn();
    const address = `http://127.0.0.1:${port}/session`;
    for (let tries = 0;; tries++) {
      try {
        const { sessionId } = await send(address, {
          capabilities: { alwaysMatch: {} },
        }) as { sessionId: string };
        return new WebKit(driver, `${address}/${sessionId}`);
      } catch (error) {
        if (tries === 100) throw error;
        await pause(100);
      }
    }
  }

  async goto(url: string): Promise<void> {
    await send(`${this.#session}/url`, { url });
  }

  evaluate(expression: string): Promise<unknown> {
    const script = `return ${expression}`;
    return send(`${this.#session}/execute/sync`, { script, args: [] });
  }

  async until(condition: string): Promise<void> {
    for (let tries = 0; tries < 600; tries++) {
      if (await this.evaluate(condition)) return;
      await pause(100);
    }
    const text = await this.evaluate("document.body.innerText");
    throw new Error(`${condition}: ${text}`);
  }

  /** Draws lines through points of the window. */
  async draw(points: readonly (readonly [x: number, y: number])[]) {
    const moves = points.map(([x, y]) => ({
      ...{ type: "pointerMove", duration: 50 },
      ...{ x: Math.round(x), y: Math.round(y) },
    }));
    const down = { type: "pointerDown", button: 0 };
    const up = { type: "pointerUp", button: 0 };
    const actions = [moves[0], down, ...moves.slice(1), up];
    await send(`${this.#session}/actions`, {
      actions: [{ type: "pointer", id: "mouse", actions }],
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await fetch(this.#session, { method: "DELETE" }).then((it) => it.text());
    this.#driver.kill();
    await this.#driver.status;
  }
}

async function send(url: string, body: object): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
  });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

Deno.test({
  name:
    "page: a browser without `using` sees what is drawn, and trains (webkit)",
  ignore: !isThere,
  fn: async () => {
    await using site = await servedPage();
    await using browser = await WebKit.open();
    await browser.goto(site.address);
    assertEquals(await browser.evaluate("typeof Symbol.dispose"), "undefined");
    await browser.until(
      `document.getElementById("digit").textContent === "draw something"`,
    );
    const [left, top, width, height] = await browser.evaluate(`(() => {
      const { height, left, top, width } = document.getElementById("paper")
        .getBoundingClientRect();
      return [left, top, width, height];
    })()`) as number[];
    await browser.draw(
      seven.map(([right, down]) =>
        [left + right * width, top + down * height] as const
      ),
    );
    await browser.until(
      `document.getElementById("digit").textContent === "7"`,
    );
    await browser.until(`document.querySelectorAll(".layer").length === 9`);
    await browser.evaluate(`document.getElementById("start").click()`);
    await browser.until(
      `/^[1-9]/.test(document.querySelector("#runs td")?.textContent)`,
    );
  },
});
