import { assertEquals } from "@std/assert";
import * as flags from "../../../src/devices/webgpu/_flags.ts";

Deno.test("the bits of flags are the platform's", () => {
  for (const [name, bits] of Object.entries(flags)) {
    const own: Record<string, number> = Reflect.get(globalThis, `GPU${name}`);
    const platform = Object.keys(bits).map((bit) => [bit, own[bit]]);
    assertEquals(Object.entries(bits), platform);
  }
});
