/**
 * Which letters of a source are code. TypeScript, AssemblyScript and WGSL have
 * enough tokens in common for one reader: comments, strings, templates and
 * regular expressions are not code, nor is what has no effect on a number.
 *
 * @module
 */

/** What stands where a letter is no code; it is no letter of a name. */
const BLANK = "\u00a7";

/** Strings in which code is: an expression of WGSL given to a family. */
const expression = /[\w)\]] [-+*/<>] [\w(-]|\w\(\w+[,)]/;

/** Stretches that only types, messages and the length of a run depend on. */
const idle: readonly RegExp[] = [
  /^(?:import|export)\b[^;({]*(?:\{[^}]*\})?[^;({]*from [^;]*;/gm,
  /^import[^;]*;/gm,
  /@\w+(?:\([^()\n]*\))?/g,
  /^(?:@unmanaged\n)?(?:export )?(?:class \w+Args|interface|type) [^;={]*\{[^]*?^\}/gm,
  /^(?:export )?type [^;]*;/gm,
  /\bwork:[^,}]*/g,
];

/** Calls that make a message. */
const messages = /\b(?:describe|throw new \w+|new \w*Error|assert\w*)\(/g;

/**
 * The source with a blank for each letter that is no code: of the same length.
 *
 * @param codeInStrings Whether a string that reads like an expression is code.
 */
export function codeOf(source: string, codeInStrings: boolean): string {
  const code = source.split("");
  const blank = (start: number, end: number) => {
    for (let at = start; at < end; at++) {
      if (code[at] !== "\n") code[at] = BLANK;
    }
  };
  for (let at = 0; at < source.length;) {
    const end = endOfText(source, at);
    if (end === at) at++;
    else {
      const isCode = codeInStrings && /["'`]/.test(source[at]) &&
        expression.test(source.slice(at, end));
      if (isCode) blankFrame(source, at, end, blank);
      else blank(at, end);
      at = end;
    }
  }
  for (const pattern of idle) {
    for (const { 0: found, index } of code.join("").matchAll(pattern)) {
      blank(index, index + found.length);
    }
  }
  const text = code.join("");
  for (const { 0: found, index } of text.matchAll(messages)) {
    const open = index + found.length - 1;
    blank(index, closing(text, open) + 1);
  }
  return code.join("");
}

/** Leaves an expression, and blanks its quotes and the comments in it. */
function blankFrame(
  source: string,
  start: number,
  end: number,
  blank: (start: number, end: number) => void,
): void {
  blank(start, start + 1);
  blank(end - 1, end);
  const inside = source.slice(start, end);
  for (const { 0: found, index } of inside.matchAll(/\/\/.*|\$\{[^}]*\}/g)) {
    blank(start + index, start + index + found.length);
  }
}

/** Where a comment, string, template or regular expression ends; else `at`. */
function endOfText(source: string, at: number): number {
  const rest = source.slice(at, at + 2);
  if (rest === "//") return endAfter(source, at, "\n") - 1;
  if (rest === "/*") return endAfter(source, at + 2, "*/");
  if (source[at] === "`") return endOfTemplate(source, at);
  if (source[at] === '"' || source[at] === "'") {
    let end = at + 1;
    while (end < source.length && source[end] !== source[at]) {
      end += source[end] === "\\" ? 2 : 1;
    }
    return end + 1;
  }
  // A division has a space on its right: all sources are formatted.
  const isRegExp = source[at] === "/" && !/\s/.test(source[at + 1]) &&
    /[(,=:[!&|?{;>]\s*$/.test(source.slice(Math.max(0, at - 9), at));
  return isRegExp ? endOfRegExp(source, at) : at;
}

function endAfter(source: string, at: number, mark: string): number {
  const found = source.indexOf(mark, at);
  return found < 0 ? source.length : found + mark.length;
}

function endOfTemplate(source: string, at: number): number {
  let end = at + 1;
  while (end < source.length && source[end] !== "`") {
    if (source[end] === "\\") end += 2;
    else if (source.startsWith("${", end)) {
      let depth = 1;
      for (end += 2; end < source.length && depth > 0;) {
        const inner = endOfText(source, end);
        if (inner > end) end = inner;
        else {
          if (source[end] === "{") depth++;
          if (source[end] === "}") depth--;
          end++;
        }
      }
    } else end++;
  }
  return end + 1;
}

function endOfRegExp(source: string, at: number): number {
  let inClass = false;
  let end = at + 1;
  for (; source[end] !== "\n"; end++) {
    if (source[end] === "\\") end++;
    else if (source[end] === "[") inClass = true;
    else if (source[end] === "]") inClass = false;
    else if (source[end] === "/" && !inClass) return end + 1;
  }
  return at;
}

/** The index of the bracket that closes the one at `open`. */
export function closing(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if ("([{".includes(code[at])) depth++;
    if (")]}".includes(code[at]) && --depth === 0) return at;
  }
  return code.length;
}
