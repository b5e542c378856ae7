/** Networks for images of digits, and the weights that come with them. */
export { cardMetadata, cardOf, classLabel, type ModelCard } from "./card.ts";
export { checkPictureInput } from "./check_picture_input.ts";
export {
  ConvolutionalNeuralNetwork,
  type ConvolutionalNeuralNetworkOptions,
  WiderConvolutionalNeuralNetwork,
} from "./convolutional_neural_network.ts";
export {
  MultilayerPerceptron,
  type MultilayerPerceptronOptions,
} from "./multilayer_perceptron.ts";
export {
  type Classifier,
  type FoundNetwork,
  type NetworkName,
  networkOf,
  NETWORKS,
} from "./networks.ts";
export {
  readShippedWeights,
  type ShippedWeightsName,
  shippedWeightsName,
  shippedWeightsNames,
} from "./shipped_weights.ts";
export { isNormalization } from "./is_normalization.ts";
export { normalizeInputs } from "./normalize_inputs.ts";
