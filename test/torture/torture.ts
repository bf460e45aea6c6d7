import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { openLocalDesk } from '../../src/app/local-desk.ts';
import { fen, sum } from '../../src/domain/money.ts';
import type { Settlement } from '../../src/domain/settlement.ts';
import type { Undo } from '../../src/domain/undo.ts';
import { PseudoRandom } from './pseudo-random.ts';
import { buyers, type TerminalArguments } from './torture-world.ts';

/** `embedded`: terminal and centre in one process, as at a single counter. `split`: a process each, either of which dies. */
export type Housing = 'embedded' | 'split';

export interface TortureOptions {
  readonly housing: Housing;
  readonly rounds: number;
  readonly seed: number;
  /** Gets a line now and then. */
  say?(line: string): void;
}

/** What came of it. `problems` is empty when nothing was lost, doubled or stuck. */
export interface TortureReport {
  readonly kills: { readonly terminal: number; readonly centre: number };
  /** Results that terminals showed to their customers. */
  readonly told: number;
  readonly settled: number;
  readonly undone: number;
  /** Messages whose outcome was unknown for a while, because a process was killed in the middle of them. */
  readonly unknown: number;
  readonly problems: readonly string[];
}

interface Told {
  readonly told: string;
  readonly prompt: string;
  readonly settlement: string | null;
  readonly undo: string | null;
}

const profile = 'national-2024';
const clock = { now: () => Date.now() };
const opening = fen(50_000_000);
/** How long a terminal may take to find out its last outcome after the killing has stopped. */
const patienceMs = 60_000;

/** Kills real processes with real files in the middle of real sales, cancels and refunds, starts them again, and compares
 *  in the end what customers were told, what the terminal's journal says and what the centre holds.
 *  `rounds`: how many processes are killed. The instants come from the machine's own clock: a seed repeats what is sold,
 *  not where it is cut. */
export async function torture({ housing, rounds, seed, say }: TortureOptions): Promise<TortureReport> {
  const folder = mkdtempSync(join(tmpdir(), 'gongji-torture-'));
  const random = new PseudoRandom(seed);
  const kills = { terminal: 0, centre: 0 };
  const told: Told[] = [];
  const unknown = new Set<string>();
  const problems: string[] = [];
  const centreFolder = join(folder, 'centre');
  const terminalFolder = housing === 'embedded' ? centreFolder : join(folder, 'terminal');
  const socket = housing === 'embedded' ? null : join(folder, 'centre.sock');
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled'), GONGJI_KEY_PASSPHRASE: 'torture' };
  process.env.GONGJI_KEY_PASSPHRASE = 'torture';
  try {
    mkdirSync(terminalFolder, { recursive: true });
    await prepare(centreFolder);
    let centre = socket === null ? null : await startCentre({ folder: centreFolder, profile, socket }, env);
    let starts = 0;
    const startTerminal = () => {
      const args: TerminalArguments = {
        ...{ folder: terminalFolder, profile, socket, terminal: 'T0000007', number: 7 },
        seed: seed * 1000 + starts++,
      };
      return new TerminalProcess(args, env, told, unknown, problems);
    };
    let terminal = startTerminal();
    for (let round = 0; round < rounds; round++) {
      // Most instants are in the middle of a message that moves money, the others anywhere.
      await terminal.moving(1 + random.below(4));
      await pause(random.below(3) === 0 ? random.below(150) : random.below(12));
      if (centre !== null && random.below(2) === 0) {
        await killed(centre);
        kills.centre += 1;
        await pause(random.below(300));
        centre = await startCentre({ folder: centreFolder, profile, socket: socket ?? '' }, env);
      } else {
        await terminal.kill();
        kills.terminal += 1;
        terminal = startTerminal();
      }
      if (round % 10 === 9) say?.(`${housing}: ${round + 1} of ${rounds} kills, ${told.length} results shown`);
    }
    await terminal.stop();
    if (centre !== null) await killed(centre);
    return {
      kills,
      told: told.length,
      unknown: unknown.size,
      ...(await compare(centreFolder, terminalFolder, told, problems)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepare(folder: string): Promise<void> {
  const desk = await openLocalDesk({ dataFolder: folder, profile, clock });
  // The mother runs short again and again, the daughter hardly ever.
  desk.centre.registry.set('demo.mother', { balance: fen(200_000) });
  desk.centre.registry.set('demo.daughter', { balance: opening });
  await desk.close();
}

async function startCentre(args: object, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'centre-process.ts'), JSON.stringify(args)], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { stdout } = child;
  if (stdout === null) throw new Error('the centre has no standard output');
  await Promise.race([
    once(stdout, 'data'),
    once(child, 'exit').then(([code]) =>
      Promise.reject(new Error(`the centre ended with ${code} before it was ready`)),
    ),
  ]);
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** A selling terminal and what it says. */
class TerminalProcess {
  readonly #child: ChildProcess;
  readonly #read: Promise<void>;
  readonly #waiting: (() => void)[] = [];
  #moved = 0;
  #idle = false;
  #ended = false;

  constructor(args: TerminalArguments, env: NodeJS.ProcessEnv, told: Told[], unknown: Set<string>, problems: string[]) {
    this.#child = spawn(process.execPath, [join(import.meta.dirname, 'terminal-process.ts'), JSON.stringify(args)], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('the terminal has no standard output');
    const lines = createInterface({ input: stdout });
    this.#read = once(lines, 'close').then(() => undefined);
    lines.on('line', (line) => {
      const fact = JSON.parse(line) as Partial<Told> & {
        outOfService?: true;
        idle?: true;
        moving?: string;
        unknown?: string;
      };
      if (fact.told !== undefined) told.push(fact as Told);
      if (fact.unknown !== undefined) unknown.add(fact.unknown);
      if (fact.outOfService) problems.push('a terminal went out of service');
      if (fact.moving !== undefined) this.#moved += 1;
      this.#idle ||= fact.idle === true;
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.#child.once('exit', (code) => {
      this.#ended = true;
      if (code !== null && code !== 0) problems.push(`a terminal ended by itself with ${code}`);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  /** When it has sent so many more messages that move money, or has ended. */
  async moving(count: number): Promise<void> {
    const until = this.#moved + count;
    await this.#until(() => this.#moved >= until || this.#ended);
  }

  /** Everything that it said before its end counts: it has reached the customer. */
  async kill(): Promise<void> {
    if (!this.#ended) await killed(this.#child);
    await this.#read;
  }

  /** Lets it finish what it is about. Errors: when it does not within `patienceMs`. */
  async stop(): Promise<void> {
    this.#child.stdin?.write('stop\n');
    await this.#until(() => this.#idle || this.#ended);
    if (this.#ended) throw new Error('the terminal ended before it was idle');
    await this.kill();
  }

  async #until(isTrue: () => boolean): Promise<void> {
    const deadline = Date.now() + patienceMs;
    while (!isTrue()) {
      if (Date.now() > deadline) throw new Error('the terminal is stuck');
      await Promise.race([new Promise<void>((resolve) => this.#waiting.push(resolve)), pause(1000)]);
    }
  }
}

interface JournalLine {
  readonly intent?: { readonly msgId: string; readonly kind: string };
  readonly msgId?: string;
  readonly outcome?: string;
}

async function compare(
  centreFolder: string,
  terminalFolder: string,
  told: readonly Told[],
  problems: string[],
): Promise<Omit<TortureReport, 'kills' | 'told' | 'unknown'>> {
  const desk = await openLocalDesk({ dataFolder: centreFolder, profile, clock });
  try {
    const { registry } = desk.centre;
    const wrong = (what: string) => problems.push(what);
    for (const problem of registry.audit()) wrong(`books: ${problem}`);
    const days = new Set(
      [0, 86_400_000].map((ago) => new Date(clock.now() + 28_800_000 - ago).toISOString().slice(0, 10)),
    );
    const records = [...days].flatMap((day) => registry.recordedOn(day));
    const settlements = new Map<string, Settlement>();
    const undos = new Map<string, Undo>();
    const returned = new Map<string, number>();
    for (const record of records) {
      if ('undoId' in record) {
        undos.set(record.undoId, record);
        const { msgId } = record.original;
        returned.set(msgId, (returned.get(msgId) ?? 0) + record.returned.total);
      } else if (settlements.has(record.msgId)) {
        wrong(`${record.msgId} was settled twice`);
      } else {
        settlements.set(record.msgId, record);
      }
    }

    const { intents, outcomes } = journalOf(terminalFolder);
    for (const [msgId, kind] of intents) {
      const outcome = outcomes.get(msgId);
      const settlement = settlements.get(msgId);
      const undo = [...undos.values()].find((candidate) => candidate.msgId === msgId);
      if (outcome === undefined) wrong(`${kind} ${msgId} has no outcome in the journal`);
      if (kind === 'settle' && (outcome === 'settled') !== (settlement !== undefined) && outcome !== 'reversed') {
        wrong(`settle ${msgId}: the journal says ${outcome}, the centre ${settlement ? 'settled' : 'nothing'}`);
      }
      if (outcome === 'reversed' && settlement && returned.get(msgId) !== settlement.split.total) {
        wrong(`settle ${msgId} was told to be reversed and is not`);
      }
      if (kind !== 'settle' && (outcome === 'undone') !== (undo !== undefined)) {
        wrong(`${kind} ${msgId}: the journal says ${outcome}, the centre ${undo ? 'undone' : 'nothing'}`);
      }
    }
    for (const msgId of settlements.keys()) if (!intents.has(msgId)) wrong(`${msgId} settled without an intent`);
    for (const { settlement, undo, told: kind } of told) {
      if (settlement !== null && !settlements.has(settlement))
        wrong(`${settlement} was shown as ${kind} and is not there`);
      if (undo !== null && !undos.has(undo)) wrong(`${undo} was shown as ${kind} and is not there`);
    }

    const paid = sum([...settlements.values()].flatMap(({ split }) => [split.own, split.shared]));
    const back = sum([...undos.values()].flatMap(({ returned }) => [returned.own, returned.shared]));
    const left = sum(buyers.map((buyer) => registry.balanceOf(buyer) ?? fen(0)));
    if (left + paid - back !== opening + 200_000) wrong(`${opening + 200_000 - (left + paid - back)} fen are missing`);
    return { settled: settlements.size, undone: undos.size, problems };
  } finally {
    await desk.close();
  }
}

/** What the journal files of a folder say, whatever they are called. */
function journalOf(folder: string): { intents: Map<string, string>; outcomes: Map<string, string> } {
  const intents = new Map<string, string>();
  const outcomes = new Map<string, string>();
  for (const name of readdirSync(folder)) {
    if (!name.startsWith('journal.jsonl')) continue;
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) {
      const start = line.indexOf('{');
      if (start === -1) continue;
      const entry = JSON.parse(line.slice(start)) as JournalLine;
      if (entry.intent !== undefined) intents.set(entry.intent.msgId, entry.intent.kind);
      else if (entry.msgId !== undefined && entry.outcome !== undefined) outcomes.set(entry.msgId, entry.outcome);
    }
  }
  return { intents, outcomes };
}
