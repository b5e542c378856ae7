/** The last part of a path, less `suffix` if it ends so. */
export function basename(path: string | URL, suffix?: string): string;

/** The path of the folder that holds `path`. */
export function dirname(path: string | URL): string;

/** The path that a `file:` URL names. */
export function fromFileUrl(url: string | URL): string;

/** Joins the parts and normalises the result. */
export function join(path: string | URL, ...paths: string[]): string;

/** The `file:` URL of an absolute path. */
export function toFileUrl(path: string): URL;

/** Whether a path starts at the root. */
export function isAbsolute(path: string): boolean;

/** The absolute path of the parts, from the working folder on. */
export function resolve(...paths: string[]): string;
