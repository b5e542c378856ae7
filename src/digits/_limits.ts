/**
 * Pixels, in millions, of the largest image that is read. Telephones take 50;
 * decoding needs some 20 bytes for each.
 */
export const MAX_MEGAPIXELS = 64;
