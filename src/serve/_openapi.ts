import config from "../../deno.json" with { type: "json" };

const failure = (description: string) => ({
  description,
  content: {
    "application/json": { schema: { $ref: "#/components/schemas/Failure" } },
  },
});

const text = (type: string, description: string) => ({
  get: {
    summary: description,
    responses: {
      200: { description, content: { [type]: { schema: { type: "string" } } } },
    },
  },
});

const bytes = { type: "string", format: "binary" } as const;

/**
 * What the server answers, as OpenAPI tells it:
 * https://spec.openapis.org/oas/v3.1.0
 *
 * @param mostImages Images of a request.
 */
export function openApi(mostImages: number): object {
  const { schemas, responses } = {
    schemas: schemasOf(mostImages),
    responses: predictResponses,
  };
  return {
    openapi: "3.1.0",
    info: {
      title: "Digits in pictures",
      version: config.version,
      license: { name: config.license, identifier: config.license },
    },
    paths: {
      "/predict": {
        post: {
          summary: "The probability of each class, for each image",
          requestBody: {
            required: true,
            content: {
              "image/*": { schema: bytes },
              "multipart/form-data": {
                schema: {
                  type: "object",
                  additionalProperties: {
                    type: "array",
                    items: bytes,
                    maxItems: mostImages,
                  },
                },
              },
              "application/octet-stream": { schema: bytes },
              "application/json": {
                schema: { $ref: "#/components/schemas/Images" },
              },
            },
          },
          responses,
        },
      },
      "/health": {
        get: {
          summary: "Whether requests are taken",
          responses: {
            200: { description: "They are." },
            503: failure("The server ends, or its device was lost."),
          },
        },
      },
      "/metrics": text("text/plain", "Numbers for Prometheus"),
      "/openapi.json": text("application/json", "This document"),
    },
    components: { schemas },
  };
}

const predictResponses = {
  200: {
    description: "In the order of the images.",
    content: {
      "application/json": {
        schema: { $ref: "#/components/schemas/Predictions" },
      },
    },
  },
  400: failure("The body is not what its type says, or no image is in it."),
  403: failure("The page that sends it is another server's."),
  408: failure("The body does not arrive."),
  413: failure("The body is too long, or has too many images."),
  415: failure("The type of the body is none of these."),
  421: failure("The host is none of the server's names."),
  422: failure(
    "A picture is damaged or too large, or in no picture is a digit: nothing is " +
      "drawn there, or what looks like none.",
  ),
  503: failure("Too many requests wait, or the server ends."),
};

function schemasOf(mostImages: number): object {
  const pixel = { type: "number", minimum: 0, maximum: 255 };
  const array = (items: object, length: number) => ({
    type: "array",
    items,
    minItems: length,
    maxItems: length,
  });
  const probability = { type: "number", minimum: 0, maximum: 1 };
  return {
    Images: {
      type: "object",
      required: ["images"],
      properties: {
        images: {
          type: "array",
          minItems: 1,
          maxItems: mostImages,
          items: { oneOf: [array(pixel, 784), array(array(pixel, 28), 28)] },
        },
      },
    },
    Predictions: {
      type: "object",
      required: ["predictions"],
      properties: {
        predictions: {
          type: "array",
          items: {
            type: "object",
            required: ["digit", "probability", "probabilities"],
            properties: {
              digit: { type: "integer", description: "The likeliest class." },
              label: {
                type: "string",
                description: "Its name, if it has one.",
              },
              probability,
              probabilities: { type: "array", items: probability },
              is_digit: {
                type: "boolean",
                description:
                  "Whether it looks like a digit: of pictures, and " +
                  "not of pixels. Always, where classes are no digits.",
              },
            },
          },
        },
      },
    },
    Failure: {
      type: "object",
      required: ["error"],
      properties: { error: { type: "string" } },
    },
  };
}
