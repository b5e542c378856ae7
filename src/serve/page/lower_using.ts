import { library } from "../../base/library.ts";

/** A node of a syntax tree: https://github.com/estree/estree */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

/** What is put into a text in place of some of its characters. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

// By a variable: Deno fetches what it sees in an import before a program starts.
const acorn = "npm:acorn@8.19.0";

/**
 * A script whose `using` is written out with a `DisposableStack`, for browsers
 * that do not know it. The order of disposal and the errors are those of the
 * language: https://tc39.es/proposal-explicit-resource-management/
 *
 * @throws {SyntaxError} If it is no module, or has `using` elsewhere than in a
 * block or, exporting nothing, at its top.
 */
export async function lowerUsing(script: string): Promise<string> {
  const { parse } = await library(acorn, () => import(acorn));
  const options = { ecmaVersion: "latest", sourceType: "module" };
  const program = parse(script, options);
  if (program.body.some(isUsing) && !program.body.some(isExport)) {
    return await lowerUsing(inBlock(program, script));
  }
  const edits: Edit[] = [];
  for (const [node, parent] of nodesIn(program, null)) {
    if (isUsing(node)) checkPlace(node, parent);
    if (isBlock(node)) edits.push(...editsOf(node, script, edits.length));
  }
  return edited(script, edits);
}

/** A tree's nodes, each with the one that holds it. */
function* nodesIn(
  node: Node,
  parent: Node | null,
): Generator<[node: Node, parent: Node | null]> {
  yield [node, parent];
  for (const member of Object.values(node)) {
    for (const child of Array.isArray(member) ? member : [member]) {
      if (typeof child?.type === "string") yield* nodesIn(child, node);
    }
  }
}

function isUsing({ kind, type }: Node): boolean {
  return type === "VariableDeclaration" && String(kind).endsWith("using");
}

function isExport({ type }: Node): boolean {
  return /^Export\w+Declaration$/.test(type);
}

/** A module all in a block of its own, but for what it imports. */
function inBlock({ body }: Node, script: string): string {
  const isImport = ({ type }: Node) => type === "ImportDeclaration";
  const textOf = ({ end, start }: Node) => script.slice(start, end);
  const all = body as Node[];
  const rest = all.filter((node) => !isImport(node));
  return `${all.filter(isImport).map(textOf).join("\n")}\n{${
    rest.map(textOf).join("\n")
  }}`;
}

function isBlock({ type }: Node): boolean {
  return type === "BlockStatement" || type === "StaticBlock";
}

function checkPlace({ kind, start }: Node, parent: Node | null): void {
  if (kind === "using" && parent !== null && isBlock(parent)) return;
  throw new SyntaxError(`${kind} outside a block, at character ${start}`);
}

/**
 * The edits of a block's own declarations: `using a = b` becomes
 * `const a = stack.use(b)`. An error of the block is thrown first of all that
 * disposal throws.
 */
function editsOf(block: Node, script: string, number: number): Edit[] {
  const declarations = (block.body as Node[]).filter(isUsing);
  if (declarations.length === 0) return [];
  const stack = unused(`stack${number}`, script);
  const insert = (at: number, text: string) => ({ start: at, end: at, text });
  const values = declarations.flatMap(({ declarations, start }) => [
    { start, end: start + "using".length, text: "const" },
    ...(declarations as { init: Node }[]).flatMap(({ init }) => [
      insert(init.start, `${stack}.use(`),
      insert(init.end, ")"),
    ]),
  ]);
  return [
    insert(
      script.indexOf("{", block.start) + 1,
      `const ${stack}=new DisposableStack;try{`,
    ),
    ...values,
    insert(
      block.end - 1,
      `}catch(e){${stack}.defer(()=>{throw e})}finally{${stack}.dispose()}`,
    ),
  ];
}

/** A name that is not in a text. */
function unused(name: string, text: string): string {
  return text.includes(name) ? unused(`${name}_`, text) : name;
}

/** A text with its edits. */
function edited(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    parts.push(text.slice(from, edit.start), edit.text);
    from = edit.end;
  }
  return [...parts, text.slice(from)].join("");
}
