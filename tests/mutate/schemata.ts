/**
 * Many changes of a TypeScript file in one text: each expression that a change
 * is in becomes a choice, by a number that is set while the tests run. So no
 * process need start anew for a mutant, and a test can be asked which it meets.
 *
 * @module
 */

import { parse } from "npm:@babel/parser@8.1.2";
import { SWITCH } from "./_protocol.ts";
import { applied, type Mutation } from "./operators.ts";

/** A change with the number that switches it on. */
export interface Numbered {
  readonly id: number;
  readonly mutation: Mutation;
}

/** A file in which changes can be switched on, each alone. */
export interface Schemata {
  readonly text: string;
  /** The numbers of those that are in it. */
  readonly ids: ReadonlySet<number>;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Node extends Span {
  readonly type: string;
  readonly computed?: boolean;
  readonly shorthand?: boolean;
  readonly static?: boolean;
}

/** An expression for which a choice may stand. */
interface Expression extends Span {
  /** Whether it is evaluated when a test runs, not once when a file loads. */
  readonly isInFunction: boolean;
  /** Whether it is all of a statement, with its semicolon at the end. */
  readonly isStatement: boolean;
}

/** What stands for an expression. */
interface Choice extends Span {
  readonly others: readonly { readonly id: number; readonly text: string }[];
}

/**
 * Puts changes in a file. Those that are in no function, or that change how the
 * rest is read, are left out.
 */
export function schemataOf(
  source: string,
  changes: readonly Numbered[],
): Schemata {
  const expressions = expressionsOf(source)
    .filter(({ isInFunction }) => isInFunction)
    .sort((a, b) => a.end - a.start - (b.end - b.start));
  const ids = new Set<number>();
  const choices = new Map<string, Choice>();
  for (const { id, mutation } of changes) {
    const found = placeOf(source, mutation, expressions);
    if (found === undefined) continue;
    ids.add(id);
    const { end, start, text } = found;
    const key = `${start}-${end}`;
    const others = choices.get(key)?.others ?? [];
    choices.set(key, { start, end, others: [...others, { id, text }] });
  }
  const outerFirst = [...choices.values()]
    .sort((a, b) => a.start - b.start || b.end - a.end);
  return { text: withChoices(source, 0, source.length, outerFirst), ids };
}

/** The smallest expression that a change leaves an expression, and its text. */
function placeOf(
  source: string,
  mutation: Mutation,
  expressions: readonly Expression[],
): (Span & { text: string }) | undefined {
  const { end, replacement, start } = mutation;
  if (replacement === ";") {
    const call = expressions.find((each) =>
      each.isStatement && each.start === start && each.end === end - 1
    );
    return call && { ...call, text: "undefined" };
  }
  const around = expressions.filter((each) =>
    each.start <= start && end <= each.end
  );
  if (around.length === 0) return undefined;
  const changed = applied(source, mutation);
  const grown = changed.length - source.length;
  let spans: Set<string>;
  try {
    spans = new Set(
      expressionsOf(changed).map((each) => `${each.start}-${each.end}`),
    );
  } catch (error) {
    // It is no program: running it by itself tells that.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const place = around.find((each) =>
    spans.has(`${each.start}-${each.end + grown}`)
  );
  return place &&
    { ...place, text: changed.slice(place.start, place.end + grown) };
}

/** A stretch of the source with its choices; those within are in the last. */
function withChoices(
  source: string,
  start: number,
  end: number,
  choices: readonly Choice[],
): string {
  let text = "";
  let at = start;
  for (const [index, choice] of choices.entries()) {
    if (choice.start < at) continue;
    const inner = choices.slice(index + 1)
      .filter((each) => each.start >= choice.start && each.end <= choice.end);
    const original = withChoices(source, choice.start, choice.end, inner);
    const others = choice.others
      .map(({ id, text }) => `globalThis.${SWITCH}?.(${id}) ? (${text}) : `);
    text += `${source.slice(at, choice.start)}(${others.join("")}${original})`;
    at = choice.end;
  }
  return text + source.slice(at, end);
}

/** All expressions for which a choice may stand. */
function expressionsOf(source: string): Expression[] {
  const { program } = parse(source, {
    sourceType: "module",
    plugins: ["typescript"],
  });
  const found: Expression[] = [];
  const visit = (
    node: Node,
    key: string,
    parent: Node | null,
    isInFunction: boolean,
  ) => {
    if (isOfTypes(node)) return;
    if (parent !== null && isReplaceable(node, key, parent)) {
      const isStatement = parent.type === "ExpressionStatement" &&
        parent.end === node.end + 1;
      found.push({
        start: node.start,
        end: node.end,
        isInFunction,
        isStatement,
      });
    }
    for (const [name, value] of Object.entries(node)) {
      if (/^(?:loc|extra|\w*[cC]omments|errors|tokens)$/.test(name)) continue;
      const isInside = isInFunction || isRunLater(node, name);
      for (const child of [value].flat(2)) {
        if (isNode(child)) visit(child, name, node, isInside);
      }
    }
  };
  visit(program as unknown as Node, "program", null, false);
  return found;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value &&
    "start" in value;
}

/** Whether a part of a node runs when something calls it. */
function isRunLater(node: Node, key: string): boolean {
  return /Function|^(?:Object|Class|ClassPrivate)Method$/.test(node.type) &&
      /^(?:body|params)$/.test(key) ||
    /^Class(?:Private)?Property$/.test(node.type) && node.static !== true &&
      key === "value";
}

/** Whether a node is of types alone. */
function isOfTypes({ type }: Node): boolean {
  return type.startsWith("TS") &&
    !/^TS(?:As|NonNull|Satisfies)Expression$|^TSParameterProperty$/.test(type);
}

const expression = /Expression$|Literal$|^Identifier$/;

/** What stands to the left of an assignment, in its parents. */
const targets: Readonly<Record<string, RegExp>> = {
  AssignmentExpression: /^left$/,
  UpdateExpression: /^argument$/,
  ForInStatement: /^left$/,
  ForOfStatement: /^left$/,
  ArrayPattern: /./,
  ObjectPattern: /./,
  RestElement: /./,
  AssignmentPattern: /^left$/,
  VariableDeclarator: /^id$/,
  FunctionDeclaration: /^(?:id|params)$/,
  FunctionExpression: /^(?:id|params)$/,
  ArrowFunctionExpression: /^params$/,
  ObjectMethod: /^(?:key|params)$/,
  ClassMethod: /^(?:key|params)$/,
  ClassPrivateMethod: /^(?:key|params)$/,
  ClassDeclaration: /^id$/,
  ClassExpression: /^id$/,
  ClassProperty: /^key$/,
  CatchClause: /^param$/,
  LabeledStatement: /^label$/,
  BreakStatement: /./,
  ContinueStatement: /./,
  TaggedTemplateExpression: /./,
  MetaProperty: /./,
  PrivateName: /./,
  NewExpression: /^callee$/,
  ImportExpression: /./,
  TSNonNullExpression: /./,
  TSParameterProperty: /./,
};

/** Whether an expression is a value wherever it stands. */
function isReplaceable(node: Node, key: string, parent: Node): boolean {
  if (!expression.test(node.type) || node.type === "DirectiveLiteral") {
    return false;
  }
  if (/^(?:Import|Export)\w*(?:Declaration|Specifier)$/.test(parent.type)) {
    return false;
  }
  if (targets[parent.type]?.test(key)) return false;
  // `a?.b.c`: all of a chain is undefined where its start is.
  const isOfChain = node.type.startsWith("Optional");
  if (/MemberExpression$/.test(parent.type)) {
    return key === "object" ? !isOfChain : parent.computed === true;
  }
  if (/CallExpression$/.test(parent.type) && key === "callee") {
    return !isOfChain && !/MemberExpression$/.test(node.type);
  }
  if (parent.type === "ObjectProperty") {
    // The parts of a pattern are properties too: those with a default aside,
    // none of them is changed.
    return key === "value" ? parent.shorthand !== true : false;
  }
  return true;
}
