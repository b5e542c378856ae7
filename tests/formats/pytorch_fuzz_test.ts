import { assert } from "@std/assert";
import { FormatError } from "../../src/base/errors.ts";
import { bytesSource } from "../../src/formats/_source.ts";
import { openZip, writeZip } from "../../src/formats/_zip.ts";
import { decodeWeights } from "../../src/formats/weights.ts";
import { goldenPath } from "./_golden_file.ts";
import { mutate, randomIntegers } from "./_mutate.ts";
import { isPermitted, needs } from "../permissions.ts";

needs(import.meta.url, "read");

const files = [
  "pytorch_beside",
  "pytorch_checkpoint",
  "pytorch_evil",
  "pytorch_views",
];

/** Whether the bytes are refused; anything but the format's error is thrown. */
async function isRefused(bytes: Uint8Array): Promise<boolean> {
  try {
    await decodeWeights(bytes);
    return false;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return true;
  }
}

for (const name of files) {
  const valid = isPermitted("read")
    ? await Deno.readFile(goldenPath(`${name}.pth`))
    : new Uint8Array();

  Deno.test(`${name}: every file cut short is refused`, async () => {
    for (let length = 0; length < valid.length; length += 7) {
      const cut = valid.subarray(0, length);
      assert(await isRefused(cut), `${length} bytes were read`);
    }
  });

  Deno.test(`${name}: mutated archives are refused or read`, async () => {
    const random = randomIntegers(0xa2c);
    let refused = 0;
    for (let round = 0; round < 300; round++) {
      const mutant = mutate(valid, random, "PK\x01\x02\x03\x04\x05\x06");
      if (await isRefused(mutant)) refused++;
    }
    assert(refused > 150, `${refused} of 300 were refused`);
  });

  Deno.test(`${name}: mutated pickles are refused or read`, async () => {
    const { members } = await openZip(bytesSource(valid, name));
    const contents = await Promise.all(
      [...members].map(async ([path, member]) => {
        const bytes = new Uint8Array(await member.read());
        return [path, bytes] as const;
      }),
    );
    const random = randomIntegers(0x91c);
    let refused = 0;
    for (let round = 0; round < 300; round++) {
      const mutant = await writeZip(
        contents.map(([path, bytes]) =>
          path.endsWith("data.pkl")
            ? [path, mutate(bytes, random, "(.}]tusRbQqh\x85\x86\x87KMJX)\x00")]
            : [path, bytes]
        ),
      );
      if (await isRefused(mutant)) refused++;
    }
    assert(refused > 150, `${refused} of 300 were refused`);
  });
}
