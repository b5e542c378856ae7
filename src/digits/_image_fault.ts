/** What is wrong with the bytes of a picture, for the error that names it. */
export class ImageFault extends Error {}
