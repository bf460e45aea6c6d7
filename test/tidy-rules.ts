import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { parseSync } from 'vite';

/** A room of the house: what its files may import. A room may always import from itself. */
interface Room {
  readonly folder: string;
  /** Folders and files of the repository. */
  readonly rooms: readonly string[];
  /** Folders of which it may import types only. */
  readonly types?: readonly string[];
  readonly packages: RegExp | null;
  /** All of Node, or these modules of it. */
  readonly builtins: true | readonly string[];
}

/** The import table of the design. The first row whose folder fits a file holds for it. */
const table: readonly Room[] = [
  { folder: 'src/domain', rooms: [], packages: null, builtins: [] },
  // The PIN block and the verification values are computed with the platform's ciphers.
  { folder: 'src/ports', rooms: ['src/domain'], packages: null, builtins: ['crypto'] },
  {
    folder: 'src/terminal/file-journal.ts',
    rooms: ['src/terminal', 'src/domain', 'src/ports'],
    packages: null,
    builtins: ['fs', 'fs/promises', 'path', 'zlib'],
  },
  { folder: 'src/terminal', rooms: ['src/domain', 'src/ports'], packages: /^xstate$/, builtins: [] },
  {
    folder: 'src/centre/store',
    rooms: ['src/centre', 'src/domain', 'src/ports'],
    packages: /^(?:@photostructure\/sqlite|pg)$/,
    builtins: true,
  },
  { folder: 'src/centre', rooms: ['src/domain', 'src/ports'], packages: null, builtins: ['crypto'] },
  {
    folder: 'drivers',
    rooms: ['src/domain', 'src/ports'],
    packages: /^(?:@serialport\/.+|serialport|node-hid|iconv-lite|ws|@lydell\/node-pty)$/,
    builtins: true,
  },
  { folder: 'src/ipc', rooms: [], types: ['src/domain'], packages: /^zod$/, builtins: [] },
  {
    folder: 'src/ui',
    rooms: [
      'src/ipc',
      // Its formatting functions, and the tables of words that those need.
      ...['money', 'prompt', 'receipt', 'voice', 'decline-code', 'link-words', 'china-time'].map(
        (name) => `src/domain/${name}.ts`,
      ),
    ],
    types: ['src/domain'],
    packages: /^(?:react|react-dom\/client|@fontsource-variable\/.+)$/,
    builtins: [],
  },
  { folder: 'src/cli', rooms: ['src/app'], packages: /^commander$/, builtins: true },
  // The lock on a data folder is SQLite's.
  {
    folder: 'src/app/folder-lock.ts',
    rooms: ['src/ports'],
    packages: /^@photostructure\/sqlite$/,
    builtins: true,
  },
  // The citizens' pages: a small server framework that escapes what goes into a page, and the drawing of a code.
  {
    folder: 'src/app/citizen',
    rooms: ['src/app', 'src/domain', 'src/ports', 'src/centre'],
    packages: /^(?:hono(?:\/.+)?|@hono\/node-server|uqr|xstate|zod|yaml)$/,
    builtins: true,
  },
  {
    folder: 'src/app',
    rooms: ['src/domain', 'src/ports', 'src/terminal', 'src/centre', 'src/ipc', 'drivers'],
    packages: /^(?:zod|yaml|xstate)$/,
    builtins: true,
  },
  // Runs in plain Node before there is an Electron.
  { folder: 'electron/runtime/default-app.mjs', rooms: [], packages: /^electron$/, builtins: true },
  { folder: 'electron/runtime', rooms: [], packages: /^(?:env-paths|yauzl|@electron\/fuses)$/, builtins: true },
  { folder: 'electron', rooms: ['src/app', 'src/ipc'], packages: /^electron$/, builtins: true },
];

/** Where nothing may look at the clock, draw lots, wait by itself or print: clock and ids are passed in. */
const passive = ['src/domain', 'src/terminal', 'src/centre'];
const passiveExceptions = ['src/centre/store', 'src/centre/http'];
const bannedNames = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'console',
  'process',
  'performance',
  'crypto',
  'globalThis',
]);
const drawnFromChance = new Set([
  'randomBytes',
  'randomFill',
  'randomFillSync',
  'randomInt',
  'randomUUID',
  'getRandomValues',
  'webcrypto',
]);

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
  readonly at: number;
}

/** What is wrong with one TypeScript file, a line each, with file and line. Shapes: `path` from the repository's root. */
export function untidy(path: string, source: string): string[] {
  const code = parse(path, source);
  const found = [...wrongImports(path, code), ...wrongShape(path, code)];
  if (isUnder(path, passive) && !isUnder(path, passiveExceptions)) found.push(...wrongUses(code));
  if (path.endsWith('.test.ts')) found.push(...leftOutTests(code));
  return found.map(({ at, what }) => `${path}:${source.slice(0, at).split('\n').length} ${what}`);
}

interface Finding {
  readonly at: number;
  readonly what: string;
}

function parse(path: string, source: string): { program: Node; nodes: readonly Visited[] } {
  const lang = path.endsWith('.tsx') ? 'tsx' : path.endsWith('.ts') ? 'ts' : 'js';
  const { program, errors } = parseSync(path, source, { lang, sourceType: 'module' });
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  if (!isNode(program)) throw new Error(`${path} is no program`);
  return { program, nodes: [...walk(program, null, '')] };
}

interface Visited {
  readonly node: Node;
  readonly parent: Node | null;
  /** The property of `parent` that holds `node`. */
  readonly key: string;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

function* walk(node: Node, parent: Node | null, key: string): Generator<Visited> {
  yield { node, parent, key };
  for (const [name, value] of Object.entries(node)) {
    for (const below of Array.isArray(value) ? value : [value]) if (isNode(below)) yield* walk(below, node, name);
  }
}

/** Every import in whatever form: static, re-exported, dynamic, of a type, required. */
function importsOf(nodes: readonly Visited[]): (Import | Finding)[] {
  return nodes.flatMap(({ node }): (Import | Finding)[] => {
    const at = node.start;
    const literal = (value: unknown, typeOnly: boolean): Import | Finding =>
      isNode(value) && typeof value.value === 'string'
        ? { from: value.value, typeOnly, at }
        : { at, what: 'imports something that is computed' };
    switch (node.type) {
      case 'ImportDeclaration':
        return [literal(node.source, isTypeOnly(node, 'importKind'))];
      case 'ExportAllDeclaration':
      case 'ExportNamedDeclaration':
        return node.source === null ? [] : [literal(node.source, isTypeOnly(node, 'exportKind'))];
      case 'ImportExpression':
        return [literal(node.source, false)];
      case 'TSImportType':
        return [literal(node.source ?? node.argument, true)];
      case 'TSExternalModuleReference':
        return [literal(node.expression, false)];
      case 'CallExpression': {
        const [argument] = Array.isArray(node.arguments) ? node.arguments : [];
        return isNode(node.callee) && node.callee.name === 'require' ? [literal(argument, false)] : [];
      }
      default:
        return [];
    }
  });
}

function isTypeOnly(node: Node, kind: 'importKind' | 'exportKind'): boolean {
  if (node[kind] === 'type') return true;
  const specifiers = Array.isArray(node.specifiers) ? node.specifiers : [];
  return specifiers.length > 0 && specifiers.every((specifier) => specifier[kind] === 'type');
}

function wrongImports(path: string, { nodes }: { nodes: readonly Visited[] }): Finding[] {
  const room = table.find((row) => isUnder(path, [row.folder]));
  if (room === undefined) return [];
  return importsOf(nodes).flatMap((found): Finding[] => {
    if ('what' in found) return room.folder === 'electron/runtime/default-app.mjs' ? [] : [found];
    return mayImport(room, path, found)
      ? []
      : [{ at: found.at, what: `imports ${found.from}, which ${room.folder} may not` }];
  });
}

function mayImport(room: Room, path: string, { from, typeOnly }: Import): boolean {
  if (from.startsWith('.')) {
    const target = posix.normalize(posix.join(posix.dirname(path), from));
    return isUnder(target, [room.folder, ...room.rooms]) || (typeOnly && isUnder(target, room.types ?? []));
  }
  if (isBuiltin(from)) return room.builtins === true || room.builtins.includes(from.replace(/^node:/, ''));
  return room.packages?.test(from) ?? false;
}

/** True when `path` is one of `places` or below one of them. */
function isUnder(path: string, places: readonly string[]): boolean {
  return places.some((place) => path === place || path.startsWith(`${place}/`));
}

/** A barrel: a file that does nothing but pass on what others export. */
function wrongShape(path: string, { program }: { program: Node }): Finding[] {
  const body = Array.isArray(program.body) ? program.body.filter(isNode) : [];
  const passesOn = (node: Node) =>
    node.type === 'ExportAllDeclaration' || (node.type === 'ExportNamedDeclaration' && node.declaration === null);
  const isBarrel = body.some(passesOn) && body.every((node) => passesOn(node) || node.type === 'ImportDeclaration');
  return isBarrel || /(?:^|\/)index\.tsx?$/.test(path) ? [{ at: 0, what: 'is a barrel file' }] : [];
}

function wrongUses({ nodes }: { nodes: readonly Visited[] }): Finding[] {
  return nodes.flatMap(({ node, parent, key }): Finding[] => {
    const name = node.type === 'Identifier' ? node.name : null;
    if (typeof name !== 'string' || parent === null) return [];
    const isMathRandom = name === 'random' && isNode(parent.object) && parent.object.name === 'Math';
    if (
      isMathRandom ||
      (drawnFromChance.has(name) && (parent.type === 'ImportSpecifier' || parent.type === 'MemberExpression'))
    ) {
      return [{ at: node.start, what: `draws from chance: ${name}` }];
    }
    if (isOnlyAName(parent, key)) return [];
    if (name === 'Date' && !isPureDate(node, parent))
      return [{ at: node.start, what: 'looks at the wall clock: Date' }];
    return bannedNames.has(name) ? [{ at: node.start, what: `uses ${name}` }] : [];
  });
}

/** True where an identifier names a member, a key or a type and so uses no global of that name. */
function isOnlyAName(parent: Node, key: string): boolean {
  if (key === 'property') return parent.type === 'MemberExpression' && parent.computed !== true;
  if (key === 'key') return parent.computed !== true && parent.shorthand !== true;
  return parent.type.startsWith('TS') && !/^TS(?:As|Satisfies|NonNull|TypeAssertion)/.test(parent.type);
}

/** `new Date(x)`, `Date.UTC(…)` and `Date.parse(…)` compute with what they are given. */
function isPureDate(node: Node, parent: Node): boolean {
  if (parent.type === 'NewExpression' && parent.callee === node)
    return Array.isArray(parent.arguments) && parent.arguments.length === 1;
  const member = parent.type === 'MemberExpression' && isNode(parent.property) ? parent.property.name : null;
  return member === 'UTC' || member === 'parse';
}

function leftOutTests({ nodes }: { nodes: readonly Visited[] }): Finding[] {
  const runners = new Set(['it', 'test', 'describe', 'suite']);
  const leavingOut = new Set(['skip', 'only', 'todo', 'skipIf', 'runIf', 'fails']);
  return nodes.flatMap(({ node }): Finding[] => {
    if (node.type !== 'MemberExpression' || !isNode(node.property)) return [];
    let root = node.object;
    while (isNode(root) && root.type === 'MemberExpression') root = root.object;
    const isRunner = isNode(root) && typeof root.name === 'string' && runners.has(root.name);
    const name = node.property.name;
    return isRunner && typeof name === 'string' && leavingOut.has(name)
      ? [{ at: node.start, what: `leaves tests out: .${name}` }]
      : [];
  });
}

const topFolders = ['electron', 'src', 'drivers', 'fixtures', 'test'];

/** What is wrong with a file's name or place. */
export function misnamed(path: string): string[] {
  const [top = '', ...below] = path.split('/');
  if (below.length > 0 && !top.startsWith('.') && !topFolders.includes(top))
    return [`${path} stands in an unknown top folder`];
  const parts = topFolders.includes(top) ? below : [];
  return parts.every((part) => /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/.test(part))
    ? []
    : [`${path} is not kebab-case`];
}

/** Traces of a machine or of a network in a file's text: absolute paths of somebody's folders, package registries.
 *  `hosts`: further host names to look for. */
export function traces(path: string, text: string, hosts: readonly string[]): string[] {
  const patterns: readonly (readonly [RegExp, string])[] = [
    [/(?<![\w.:*-])\/(?:work|root|home|Users)\//, "names a machine's folder"],
    [/\b(?:registry|deb|mirrors?)\.[a-z0-9-]+\.(?:org|com|net|io|dev|cn)\b/i, 'names a package registry'],
    ...hosts.map((host) => [new RegExp(host.replaceAll('.', '\\.')), 'names a package registry'] as const),
  ];
  return patterns.flatMap(([pattern, what]) => {
    const at = text.search(pattern);
    return at < 0 ? [] : [`${path}:${text.slice(0, at).split('\n').length} ${what}`];
  });
}
