import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { labelArray } from "../../src/data/folder/label_array.ts";
import { list } from "../../src/data/folder/listing.ts";
import { testWith } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const permittedTest = testWith("read", "write");

permittedTest("a link is listed as what it leads to", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  await Deno.mkdir(at("there"));
  await Deno.writeTextFile(at("there/file"), "");
  await Deno.mkdir(at("here"));
  await Deno.mkdir(at("here/folder"));
  await Deno.writeTextFile(at("here/.hidden"), "");
  await Deno.writeTextFile(at("here/b"), "");
  await Deno.symlink(at("there"), at("here/a link"));
  await Deno.symlink(at("there/file"), at("here/a"));
  await Deno.symlink(at("nowhere"), at("here/c"));
  const path = at("here");
  assertEquals(await list(path), {
    path,
    files: ["a", "b", "c"],
    folders: ["a link", "folder"],
  });
  assertEquals(await list(at("here/b")), { path, files: ["b"], folders: [] });
  assertEquals(await list(at("nowhere")), null);
  assertEquals(await list(at("here/b/c")), null);
});

Deno.test("labels from 0 to 255 are bytes, others 32 bits", () => {
  assertEquals(labelArray([0, 255]), Uint8Array.of(0, 255));
  assertEquals(labelArray([0, 256]), Int32Array.of(0, 256));
  assertEquals(labelArray([-1, 255]), Int32Array.of(-1, 255));
});
