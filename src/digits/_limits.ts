/**
 * Pixels, in millions, of the largest image that is read. Telephones take 50;
 * decoding needs some 20 bytes for each.
 */
export const MAX_MEGAPIXELS = 64;

/** The same for a GIF, whose decoder needs several times as much. */
export const MAX_GIF_MEGAPIXELS = 8;
