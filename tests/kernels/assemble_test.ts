import { assertEquals } from "@std/assert";
import { assemble, signed, unsigned } from "../../kernels/lib/assemble.ts";
import {
  add,
  constant,
  load,
  store,
  subtract,
} from "../../kernels/lib/instructions.ts";

Deno.test("LEB128: the examples of its definition, and both sides of a byte", () => {
  assertEquals(unsigned(0), [0]);
  assertEquals(unsigned(127), [0x7f]);
  assertEquals(unsigned(128), [0x80, 1]);
  assertEquals(unsigned(624_485), [0xe5, 0x8e, 0x26]);
  assertEquals(signed(0), [0]);
  assertEquals(signed(63), [0x3f]);
  assertEquals(signed(64), [0xc0, 0]);
  assertEquals(signed(-64), [0x40]);
  assertEquals(signed(-65), [0xbf, 0x7f]);
  assertEquals(signed(-123_456), [0xc0, 0xbb, 0x78]);
});

Deno.test("a module of two memories and two functions runs", () => {
  const bytes = assemble([
    { name: "first", initial: 1, maximum: 1, isShared: false },
    { name: "second", initial: 1, maximum: 200, isShared: true },
  ], [
    {
      name: "copy",
      parameters: ["from", "to"],
      numbers: ["unused"],
      vectors: ["value"],
      body: ({ get, set }) => [
        set("value", load({ memory: 0, at: get("from"), offset: 16 })),
        store({ memory: 1, at: get("to"), offset: 300 }, get("value")),
      ],
    },
    {
      name: "copyBelow",
      isExported: true,
      parameters: ["at"],
      body: ({ call, get }) =>
        call(
          "copy",
          subtract(get("at"), constant(16)),
          add(get("at"), constant(-300)),
        ),
    },
  ]);
  const first = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const second = new WebAssembly.Memory({
    initial: 1,
    maximum: 200,
    shared: true,
  });
  new Float32Array(first.buffer, 640).set([1, -2, 3, 4]);
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(bytes),
    { env: { first, second } },
  );
  (exports.copyBelow as (at: number) => void)(640);
  assertEquals([...new Float32Array(second.buffer, 640, 4)], [1, -2, 3, 4]);
  assertEquals(Object.keys(exports), ["copyBelow"]);
});
