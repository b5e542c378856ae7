import { callOf } from "./_call.ts";
import { type Command, commonOptions, type Option } from "./_command.ts";
import { lineColumns, usualColumns, wrapped } from "./_columns.ts";

/** The column in which the text of an option begins. */
const indent = 20;

/** Columns of a line: wider ones are hard to read. */
const lineWidth = Math.min(lineColumns(), usualColumns);

/**
 * The text of `--help`.
 *
 * @param summary The purpose of the command.
 */
export function helpText(summary: string, command: Command): string {
  const { anyFiles, files = [], groups, name, notes } = command;
  const usage = [
    callOf(name),
    ...groups.length > 0 ? ["[options]"] : [],
    ...files.map((file) => file.name),
    ...anyFiles === undefined ? [] : [`[${anyFiles.name}…]`],
  ];
  const args = [...files, ...anyFiles === undefined ? [] : [anyFiles]]
    .map((argument) => entry(argument.name, argument.help));
  const listed = groups.map(({ options, title }) =>
    [...title === undefined ? [] : [`${title}:`], ...options.map(optionEntry)]
      .join("\n")
  );
  // With one list of options the common ones end it, with several they stand
  // apart.
  const [first = "", ...others] = listed;
  const common = commonOptions.map(optionEntry).join("\n");
  const top = [...args, ...first === "" ? [] : [first]];
  if (others.length === 0) top.push(common);
  else others.push(common);
  return [
    summary,
    `Usage: ${usage.join(" ")}`,
    top.join("\n"),
    ...others,
    ...notes === undefined ? [] : [paragraph(notes)],
  ].join("\n\n");
}

/** The effect of an option, with its default in parentheses. */
export function aboutOption({ help, shown, ...option }: Option): string {
  const value = shown ?? option.default ?? "";
  return value === "" ? help : `${help} (${value})`;
}

function optionEntry(option: Option): string {
  const value = option.value === undefined ? "" : ` ${option.value}`;
  return entry(`--${option.name}${value}`, aboutOption(option));
}

/** A word and its text beside it, or below where the word is too long. */
function entry(word: string, text: string): string {
  const lines = wrapped(text, lineWidth - indent)
    .map((line) => " ".repeat(indent) + line);
  const start = `  ${word}`;
  if (start.length >= indent) return [start, ...lines].join("\n");
  return start + lines.join("\n").slice(start.length);
}

/** Text wrapped to the width of a line; its own line breaks stay. */
function paragraph(text: string): string {
  return text.split("\n").flatMap((line) => wrapped(line, lineWidth))
    .join("\n");
}
