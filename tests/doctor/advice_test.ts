import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import {
  missingParts,
  readCards,
  readDistributions,
  type SystemFacts,
} from "../../src/doctor/advice.ts";
import { testWith } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const nothing: SystemFacts = {
  processor: "x86_64",
  vectorBits: 256,
  hasWebGpu: true,
  deno: "2.9.6",
  os: "linux",
  distributions: ["debian"],
  cards: [],
  hasHardware: false,
  hasAdapter: false,
  hasDefault: false,
};
const mesa = "sudo apt-get install --yes libvulkan1 mesa-vulkan-drivers";
const unknownCard = {
  what: "a GPU that WebGPU can use, or its driver; which cards there are, " +
    "Deno tells only with --allow-all",
  install: null,
};
const noCard = { what: "a graphics card: none was found", install: null };

const cases: [string, Partial<SystemFacts>, ReturnType<typeof missingParts>][] =
  [
    ["a hardware adapter", {
      hasAdapter: true,
      hasDefault: true,
      hasHardware: true,
    }, []],
    ["vectors that V8 could make wider", {
      vectorBits: 128,
      hasAdapter: true,
      hasDefault: true,
      hasHardware: true,
    }, [{
      what: "vectors of 256 bits for the CPU, and leave to see V8's flags: " +
        "--allow-env=DENO_V8_FLAGS",
      install: "export DENO_V8_FLAGS=--experimental-wasm-revectorize",
    }]],
    ["a processor that has no wider vectors", {
      processor: "aarch64",
      vectorBits: 128,
      hasAdapter: true,
      hasDefault: true,
      hasHardware: true,
    }, []],
    ["no card and no adapter", {}, [noCard, {
      what: "a software adapter, to try WebGPU without a GPU",
      install: mesa,
    }]],
    ["no card, but a software adapter", {
      hasAdapter: true,
      hasDefault: true,
    }, [noCard]],
    ["an AMD card without a driver", { cards: ["AMD"] }, [{
      what: "a Vulkan driver of the AMD graphics card",
      install: mesa,
    }]],
    ["an NVIDIA card under Ubuntu, with lavapipe", {
      cards: ["NVIDIA"],
      distributions: ["ubuntu", "debian"],
      hasAdapter: true,
      hasDefault: true,
    }, [{
      what: "a Vulkan driver of the NVIDIA graphics card",
      install: "sudo ubuntu-drivers install",
    }]],
    ["cards that may not be looked at", {
      cards: null,
      hasAdapter: true,
      hasDefault: true,
    }, [
      unknownCard,
    ]],
    ["the same without an adapter", { cards: null }, [unknownCard, {
      what: "a software adapter, to try WebGPU without a GPU",
      install: mesa,
    }]],
    ["a distribution that nobody knows", {
      cards: ["Intel"],
      distributions: ["slackware"],
    }, [{
      what: "a Vulkan driver of the Intel graphics card",
      install: null,
    }]],
    ["an adapter that the environment hides", { hasAdapter: true }, [{
      what: "an adapter of the interface that DENO_WEBGPU_BACKEND names",
      install: "unset DENO_WEBGPU_BACKEND",
    }]],
    ["no WebGPU in the program", { hasWebGpu: false }, [{
      what: "WebGPU: this program runs without it",
      install: "deno task doctor",
    }]],
    ["a Deno whose WebGPU is too old", {
      hasAdapter: true,
      hasDefault: true,
      hasHardware: true,
      deno: "2.6.8",
    }, [{
      what: "WebGPU: it needs Deno 2.7 or later",
      install: "deno upgrade",
    }]],
    ["the first Deno whose WebGPU is new enough", {
      hasAdapter: true,
      hasDefault: true,
      hasHardware: true,
      deno: "2.7.1",
    }, []],
    ["a Deno that is not supported", { deno: "2.4.7" }, [{
      what: "a supported Deno: 2.5 or later, 2.7 for WebGPU",
      install: "deno upgrade",
    }]],
    ["another system", { os: "darwin" }, [{
      what: "a GPU that WebGPU can use, or its driver",
      install: null,
    }]],
  ];

for (const [name, situation, expected] of cases) {
  Deno.test(`advice for ${name}`, () => {
    assertEquals(missingParts({ ...nothing, ...situation }), expected);
  });
}

const permittedTest = testWith("read", "write");

permittedTest(
  "graphics cards are PCI devices of a class, by their makers",
  async () => {
    await using folder = await temporaryFolder();
    const devices: [name: string, files: Record<string, string>][] = [
      ["00:00.0", { class: "0x060000", vendor: "0x8086" }],
      ["00:02.0", { class: "0x030000", vendor: "0x8086" }],
      ["01:00.0", { class: "0x030200", vendor: "0x10de" }],
      ["01:00.1", { class: "0x040300", vendor: "0x10de" }],
      ["02:00.0", { class: "0x030000", vendor: "0x1234" }],
      ["03:00.0", { class: "0x030000" }],
      ["04:00.0", { vendor: "0x1002" }],
    ];
    for (const [name, files] of devices) {
      await Deno.mkdir(join(folder.path, name));
      for (const [file, text] of Object.entries(files)) {
        await Deno.writeTextFile(join(folder.path, name, file), `${text}\n`);
      }
    }
    assertEquals((await readCards(folder.path))?.sort(), ["Intel", "NVIDIA"]);
    const none = join(folder.path, "none");
    assertEquals(await readCards(none), null);
    const file = join(folder.path, "00:00.0", "class");
    await assertRejects(() => readCards(file), Deno.errors.NotADirectory);
  },
);

permittedTest("a distribution is named, and what it is like", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "os-release");
  assertEquals(await readDistributions(path), []);
  await Deno.writeTextFile(
    path,
    'ID_LIKE="ubuntu debian"\nNAME="Linux Mint"\nID=linuxmint\n',
  );
  assertEquals(await readDistributions(path), [
    ...["linuxmint", "ubuntu", "debian"],
  ]);
});
