/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | readonly Html[];

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A template of HTML: everything put into it is escaped that is no HTML. */
export function html(
  { raw }: TemplateStringsArray,
  ...parts: readonly Part[]
): Html {
  return new Html(String.raw({ raw }, ...parts.map(asText)));
}

function asText(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(({ text }) => text).join("");
  return String(part).replaceAll(/[&<>"']/g, (found) => entities[found]);
}
