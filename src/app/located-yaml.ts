import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from 'yaml';

export type YamlPath = readonly (string | number)[];

/** Something in a YAML text that is not as it must be. `path` is the key as a reader writes it (`sale.amount`), empty
 *  when the text as a whole is meant. */
export interface YamlProblem {
  readonly line: number;
  readonly path: string;
  readonly text: string;
}

/** One YAML document that still knows where each value stands, so that whoever checks it can name the line.
 *  Lines count from 1. */
export class LocatedYaml {
  readonly #document: Document;
  readonly #lines = new LineCounter();

  constructor(text: string) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
  }

  /** What the parser itself refuses: syntax, a key twice, a tag or an alias that nobody defined, a second document. */
  syntaxProblems(): readonly YamlProblem[] {
    const at = (offset: number, text: string) => ({ line: this.#lines.linePos(offset).line, path: '', text });
    const problems = [...this.#document.errors, ...this.#document.warnings].map((error) =>
      at(
        error.pos[0],
        error.code === 'MULTIPLE_DOCS'
          ? 'expected one document a file, got a second one'
          : `expected YAML, got: ${error.message.split('\n', 1)[0] ?? ''}`,
      ),
    );
    visit(this.#document, {
      // Schema checkers pass over this key in silence, so it is refused here.
      Pair: (_, { key }) => {
        if (isScalar(key) && key.value === '__proto__') problems.push(at(key.range?.[0] ?? 0, 'unknown key __proto__'));
      },
      Alias: (_, alias) => {
        if (alias.resolve(this.#document)) return;
        problems.push(at(alias.range?.[0] ?? 0, `expected YAML, got an alias of nothing: *${alias.source}`));
      },
    });
    if (problems.length === 0 && this.#hasTooManyAliases()) problems.push(at(0, 'expected fewer aliases'));
    return problems;
  }

  /** The plain value; for texts without `syntaxProblems`. */
  value(): unknown {
    return this.#document.toJS({ maxAliasCount: 100 });
  }

  /** Aliases that would blow the text up beyond any honest size. */
  #hasTooManyAliases(): boolean {
    try {
      this.value();
      return false;
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      return true;
    }
  }

  /** The line of the value at `path`, or of the nearest thing around it that exists. */
  lineOf(path: YamlPath): number {
    for (let depth = path.length; depth > 0; depth--) {
      const start = this.#keyOrNode(path.slice(0, depth))?.range?.[0];
      if (start !== undefined) return this.#lines.linePos(start).line;
    }
    return 1;
  }

  /** What stands at `path`, in the words of an error message; long text is cut. */
  gotAt(path: YamlPath): string {
    const node = this.#node(path);
    if (node === undefined) return 'nothing';
    if (isMap(node)) return 'a mapping';
    if (isSeq(node)) return 'a list';
    if (!isScalar(node) || node.value === null) return 'nothing';
    return short(typeof node.value === 'string' ? JSON.stringify(node.value) : (node.source ?? String(node.value)));
  }

  #node(path: YamlPath): Node | undefined {
    let node = this.#resolved(this.#document.contents);
    for (const step of path) {
      if (isSeq(node)) node = this.#resolved(node.get(Number(step), true));
      else node = this.#resolved(pairAt(node, step)?.value);
    }
    return node;
  }

  /** A key says better where a reader must look than the value behind it, which may start a line later. */
  #keyOrNode(path: YamlPath): Node | undefined {
    const pair = pairAt(this.#node(path.slice(0, -1)), path.at(-1));
    return isNode(pair?.key) ? pair.key : this.#node(path);
  }

  #resolved(node: unknown): Node | undefined {
    const target = isAlias(node) ? node.resolve(this.#document) : node;
    return isNode(target) ? target : undefined;
  }
}

/** Keys are compared as text: a person may be called 1. */
function pairAt(node: Node | undefined, key: string | number | undefined): Pair | undefined {
  if (!isMap(node)) return undefined;
  return node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
}

function short(text: string): string {
  const oneLine = text.replace(/\s+/g, ' ');
  return oneLine.length <= 40 ? oneLine : `${oneLine.slice(0, 39)}…`;
}
