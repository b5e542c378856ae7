import { assertEquals } from "@std/assert";
import { closest } from "../../src/base/closest.ts";

const options = ["--epochs", "--batch-size", "--lr", "--log-json"];

Deno.test("the closest candidate is the one with the fewest edits", () => {
  assertEquals(closest("--epoch", options), "--epochs");
  assertEquals(closest("--epohcs", options), "--epochs");
  assertEquals(closest("--batchsize", options), "--batch-size");
  assertEquals(closest("--lg-json", options), "--log-json");
  assertEquals(closest("b", ["a", "b"]), "b");
  const names = ["mnist", "fashion-mnist", "kmnist"];
  assertEquals(closest("KMNIST", names), "kmnist");
  assertEquals(closest("FashionMNIST", names), "fashion-mnist");
  assertEquals(closest("batchsize", ["batchSize", "size"]), "batchSize");
});

Deno.test("what is like no candidate has no closest one", () => {
  assertEquals(closest("--quantum", options), null);
  assertEquals(closest("", options), null);
  assertEquals(closest("--epochs", []), null);
});
