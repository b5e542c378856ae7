import type { Conv2dShape } from "../../../kernels/conv2d/conv2d.ts";
import type { DeviceChoice } from "../../devices/select.ts";
import type { Box } from "../../digits/digit_of.ts";
import type { NetworkName } from "../../models/networks.ts";

/** What a page asks its worker to look at. */
export type Picture =
  | {
    /** Ink on paper that the page has drawn itself. */
    readonly kind: "drawing";
    readonly width: number;
    readonly height: number;
    /** A byte a pixel, 0 (paper) to 255 (ink). */
    readonly ink: Uint8Array;
  }
  | {
    /** A picture that was read from a file. */
    readonly kind: "photo";
    readonly width: number;
    readonly height: number;
    /** Red, green, blue and alpha of each pixel. */
    readonly pixels: Uint8ClampedArray;
  }
  | {
    /** An image as MNIST has it. */
    readonly kind: "image";
    /** 28 × 28 bytes, 0 (paper) to 255 (ink). */
    readonly pixels: Uint8Array;
  };

/** A digit, or what was taken for one, in a picture. */
export interface Seen {
  /** Where it is, in pixels of the picture; null where that is the digit. */
  readonly box: Box | null;
  /** The 28 × 28 pixels that the network sees, 0 (paper) to 1 (ink). */
  readonly data: Float32Array;
  /** The likeliest class, from 0. */
  readonly index: number;
  /** The probability of each class. */
  readonly probabilities: readonly number[];
  /** Whether it looks like a digit. */
  readonly isDigit: boolean;
}

/** What a convolution is computed from. */
export interface Convolution {
  readonly shape: Conv2dShape;
  /** `[inChannels, inHeight, inWidth]` */
  readonly inputs: Float32Array;
  /** `[outChannels, inChannels / groups, kernelHeight, kernelWidth]` */
  readonly weights: Float32Array;
  /** `[outChannels]`; null without bias. */
  readonly biases: Float32Array | null;
}

/** What a layer makes of an image. */
export interface LayerMaps {
  /** The layer's name in the network. */
  readonly name: string;
  /** The layer's class. */
  readonly kind: string;
  /** Maps, height and width; or the number of elements. */
  readonly shape: readonly number[];
  /** The elements, map by map. */
  readonly data: Float32Array;
  /** Null of other layers than convolutions. */
  readonly convolution: Convolution | null;
}

/** How an answer came about. */
export interface Explanation {
  /** The layers in the order in which they run. */
  readonly layers: readonly LayerMaps[];
  /** How much the class's score changes with each pixel: 28 × 28 gradients. */
  readonly saliency: Float32Array;
}

/** The network and where it runs. */
export interface About {
  /** The device, as it is printed. */
  readonly device: string;
  /** The name of the network, or of its class. */
  readonly network: string;
  /** Its parameters. */
  readonly parameters: number;
  /** The names of the classes. */
  readonly classes: readonly string[];
}

/** A file that was chosen in the page. */
export interface OwnFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The formats in which weights are saved. */
export type SavedFormat = "safetensors" | "pth";

/** How a network is trained in the page. */
export interface TrainingSettings {
  readonly network: NetworkName;
  /** Adam's learning rate. */
  readonly lr: number;
  /** Images of a step. */
  readonly batchSize: number;
}

/** Images whose predictions are watched while the network learns. */
export interface Watched {
  /** 28 × 28 bytes each, 0 (paper) to 255 (ink). */
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

/** How far a training is. */
export interface Progress {
  /** Steps so far. */
  readonly step: number;
  /** Steps of the whole training. */
  readonly steps: number;
  /** Mean loss of the last steps. */
  readonly loss: number;
  /** Share of their images that were seen right, before they were learnt. */
  readonly accuracy: number;
  /** Share right of images that it never learns; null where not measured now. */
  readonly heldOut: number | null;
  /** The weights of the first layer. */
  readonly filters: {
    readonly shape: readonly number[];
    readonly data: Float32Array;
  };
  /** The class that is seen in each watched image. */
  readonly guesses: readonly number[];
}

/** What a worker tells without being asked. */
export type EngineEvent =
  | { readonly kind: "begun"; readonly images: number; watched: Watched }
  | { readonly kind: "progress"; readonly progress: Progress };

/** What a page may ask of its worker. */
export interface Engine {
  /** Opens a device, and puts the network there: a file's, or null, the page's. */
  open(choice: DeviceChoice, weights: OwnFile | null): Promise<About>;
  /** Moves the network that is here to another device. */
  move(choice: DeviceChoice): Promise<About>;
  /** The digits in a picture; none where nothing is drawn. */
  look(picture: Picture): Promise<Seen[]>;
  /** How the network comes to the score of a class. */
  explain(data: Float32Array, index: number): Promise<Explanation>;
  /** Takes images of one's own to train on; gives their number. */
  takeImages(files: readonly OwnFile[]): Promise<number>;
  /** Trains a network that has learnt nothing, until it is done or stopped. */
  train(settings: TrainingSettings): Promise<About>;
  /** Lets the training wait after a step, or go on. */
  pause(isPaused: boolean): Promise<void>;
  /** Lets the training take one step, and wait after that. */
  step(): Promise<void>;
  /** Ends the training after a step. */
  stop(): Promise<void>;
  /** The network's weights as a file. */
  save(format: SavedFormat): Promise<Uint8Array>;
}

/** A call of one of the engine's methods. */
export interface Call {
  readonly id: number;
  readonly method: keyof Engine;
  readonly args: readonly unknown[];
}

/** What a worker sends: the end of a call, or an event. */
export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly event: EngineEvent };
