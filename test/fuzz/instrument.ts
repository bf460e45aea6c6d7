import { parseSync } from 'vite';

/** A program that counts which of its places are reached, and what its own text says about its inputs. */
export interface Instrumented {
  readonly code: string;
  /** Places; `globalThis[counters]` must be a Uint8Array of that length before the code runs. */
  readonly places: number;
  /** The short strings and numbers that the program compares with, as bytes. */
  readonly words: readonly Uint8Array[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const wordBytesMax = 16;

/** Puts a counter at the begin of every branch of a JavaScript module: blocks, cases, and the parts of an expression that
 *  may be left out. Names: `counters` is the global that holds them. */
export function instrument(source: string, counters: string): Instrumented {
  const { program, errors } = parseSync('bundle.js', source, { lang: 'js', sourceType: 'module' });
  if (errors.length > 0) throw new Error(`the bundle cannot be parsed: ${errors[0]?.message}`);
  const inserts: { readonly at: number; readonly text: string }[] = [];
  const words = new Map<string, Uint8Array>();
  let places = 0;
  const count = () => `${counters}[${places++}]++`;
  const wrap = (node: unknown) => {
    if (!isNode(node)) return;
    inserts.push({ at: node.start, text: `(${count()}, ` }, { at: node.end, text: ')' });
  };
  const enclose = (node: unknown) => {
    if (!isNode(node) || node.type === 'BlockStatement') return;
    inserts.push({ at: node.start, text: `{ ${count()}; ` }, { at: node.end, text: ' }' });
  };
  for (const node of walk(program)) {
    switch (node.type) {
      case 'BlockStatement':
      case 'FunctionBody':
        inserts.push({ at: node.start + 1, text: ` ${count()};` });
        break;
      case 'IfStatement':
        enclose(node.consequent);
        enclose(node.alternate);
        break;
      case 'ForStatement':
      case 'ForOfStatement':
      case 'ForInStatement':
      case 'WhileStatement':
        enclose(node.body);
        break;
      case 'SwitchCase': {
        const [first] = Array.isArray(node.consequent) ? node.consequent : [];
        if (isNode(first)) inserts.push({ at: first.start, text: `${count()}; ` });
        break;
      }
      case 'ConditionalExpression':
        wrap(node.consequent);
        wrap(node.alternate);
        break;
      case 'LogicalExpression':
        wrap(node.right);
        break;
      case 'ArrowFunctionExpression':
        if (node.expression === true) wrap(node.body);
        break;
      case 'Literal':
        for (const word of wordsOf(node.value)) words.set(Buffer.from(word).toString('hex'), word);
        break;
    }
  }
  return { code: inserted(source, inserts), places, words: [...words.values()] };
}

/** Parents come before what is in them, so of two inserts at one place the later found is the inner one: after the other
 *  where both open, before it where both close. */
function inserted(source: string, inserts: readonly { readonly at: number; readonly text: string }[]): string {
  const closes = (text: string) => text === ')' || text === ' }';
  const ordered = inserts
    .map((insert, index) => ({ ...insert, index }))
    .sort((a, b) => a.at - b.at || (closes(a.text) && closes(b.text) ? b.index - a.index : a.index - b.index));
  let at = 0;
  const parts = ordered.map((insert) => {
    const before = source.slice(at, insert.at);
    at = insert.at;
    return before + insert.text;
  });
  return [...parts, source.slice(at)].join('');
}

function wordsOf(value: unknown): Uint8Array[] {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return bytes.length > 0 && bytes.length <= wordBytesMax ? [bytes] : [];
  }
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 0xffff) return [];
  if (value < 0x100) return [Uint8Array.of(value)];
  return [Uint8Array.of(value >> 8, value & 0xff), Uint8Array.of(value & 0xff, value >> 8)];
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

function* walk(node: unknown): Generator<Node> {
  if (!isNode(node)) return;
  yield node;
  for (const value of Object.values(node)) {
    for (const below of Array.isArray(value) ? value : [value]) yield* walk(below);
  }
}
