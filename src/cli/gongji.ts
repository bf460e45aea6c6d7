#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { ExplainOptions, ListOptions } from '../app/console/link-text.ts';
import type { DiffOptions } from '../app/console/profile-diff.ts';

/** How `gongji` ends. Numbers above 64 are those of sysexits.h. */
const exitCodes = { ok: 0, expectationFailed: 1, notUnderstood: 2, environment: 3, bug: 70 } as const;
type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const exitCodesText = `
Exit codes:
  ${exitCodes.ok}   done; every expectation held
  ${exitCodes.expectationFailed}   an expectation of a scenario did not hold, a link would be refused, or something is not supported yet
  ${exitCodes.notUnderstood}   a command, an option or a file cannot be understood
  ${exitCodes.environment}   something around the program does not work: disk, database, terminal
  ${exitCodes.bug}  a bug of the program`;

const print = (line: string) => process.stdout.write(`${line}\n`);
const complain = (line: string) => process.stderr.write(`gongji: ${line}\n`);

/** Something that the user can put right; told in a line, without a stack. */
class UserError extends Error {
  readonly code = 'userError';
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.name = 'UserError';
    this.exitCode = exitCode;
  }
}

const language = new Option('--lang <language>', 'language of the counter').choices(['zh-CN', 'en']).default('zh-CN');
const json = new Option('--json', 'print JSON');

interface ScenarioOptions {
  readonly store: 'sqlite' | 'postgres';
  readonly centre: 'embedded' | 'http';
  readonly json?: boolean;
  readonly junit?: string;
}

interface DiffCommandOptions extends Omit<DiffOptions, 'a' | 'b' | 'amounts'> {
  readonly amount: readonly string[];
}

// The parts of the app are loaded by the command that needs them: help and mistakes are told at once.
function program(): Command {
  const gongji = new Command('gongji')
    .description(
      '共济终端: a card terminal simulator for family accounts of medical insurance. One swipe, one PIN, two accounts. Synthetic people only, no real money.',
    )
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .addHelpText('after', exitCodesText)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  const command = (parent: Command, usage: string, description: string) =>
    parent.command(usage).description(description).copyInheritedSettings(gongji).addHelpText('after', exitCodesText);

  command(gongji, 'demo', 'play the story of the seed page and print prompts, quote and slip')
    .addOption(language)
    .action(async (options: { lang: 'zh-CN' | 'en' }) => {
      const { playDemo } = await import('../app/console/demo.ts');
      await playDemo(options.lang, print);
    });

  command(gongji, 'terminal', 'the console terminal: the whole counter without a window')
    .addOption(language)
    .option('--profile <name>', 'the rules in force', 'chongqing-2021')
    .option('--data <folder>', 'where to keep journal and database (default: a new folder, removed at the end)')
    .action(async (options: { lang: 'zh-CN' | 'en'; profile: string; data?: string }) => {
      if (!process.stdin.isTTY || !process.stdout.isTTY) {
        throw new UserError(exitCodes.environment, 'the console terminal needs a terminal; "gongji demo" does not');
      }
      const { runTerminal } = await import('./tty-terminal.ts');
      await runTerminal(options);
    });

  const scenario = gongji
    .command('scenario')
    .description('scenario files: who is there, what happens, what must come out')
    .copyInheritedSettings(gongji);
  command(scenario, 'run', 'run scenario files on the real counter and centre, with a virtual clock')
    .argument('<file...>', 'scenario files (YAML)')
    .addOption(
      new Option('--store <store>', 'where the centre keeps its books')
        .choices(['sqlite', 'postgres'])
        .default('sqlite'),
    )
    .addOption(
      new Option('--centre <centre>', 'how the centre is reached').choices(['embedded', 'http']).default('embedded'),
    )
    .addOption(new Option('--json', 'print one JSON object a file'))
    .option('--junit <file>', "write JUnit's XML as well", notEmpty)
    .action(async (files: string[], { store, centre, json, junit }: ScenarioOptions) => {
      if (store !== 'sqlite') throw new UserError(exitCodes.expectationFailed, `--store ${store} is not supported yet`);
      if (centre !== 'embedded')
        throw new UserError(exitCodes.expectationFailed, `--centre ${centre} is not supported yet`);
      const { runScenarioFiles } = await import('../app/scenario/scenario-command.ts');
      const passed = await runScenarioFiles({ files, json: json === true, junit, print });
      if (!passed) process.exitCode = exitCodes.expectationFailed;
    });

  command(gongji, 'households', 'the families of the deck and what each shows')
    .addOption(language)
    .addOption(json)
    .action(async (options: { lang: 'zh-CN' | 'en'; json?: boolean }) => {
      const { householdsText } = await import('../app/console/deck-text.ts');
      print(householdsText(options.lang, options.json === true));
    });

  command(gongji, 'profiles', 'the rule sets by place and year, or all about one')
    .argument('[name]', 'a profile')
    .addOption(json)
    .action(async (name: string | undefined, options: { json?: boolean }) => {
      const { profilesText } = await import('../app/console/profiles-text.ts');
      print(profilesText(name, options.json === true));
    });

  const link = gongji
    .command('link')
    .description('links between the people of the deck: what the rules say of them, without writing anything')
    .copyInheritedSettings(gongji);
  const profileOption = () => new Option('--profile <name>', 'the rules in force').default('chongqing-2021');
  command(link, 'explain', 'whether a link would be allowed, and if not, every rule that stands in the way')
    .requiredOption('--provider <person>', 'whose account would pay, such as demo.daughter; an unknown one lists all')
    .requiredOption('--beneficiary <person>', 'who would use it, such as demo.mother')
    .addOption(
      new Option('--relation <relation>', 'what the beneficiary is to the provider')
        .choices(['spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild', 'other'])
        .makeOptionMandatory(),
    )
    .addOption(profileOption())
    .addOption(
      new Option('--channel <channel>', 'where it is asked for')
        .choices(['counter', 'hospital', 'phone', 'web'])
        .default('counter'),
    )
    .addOption(
      new Option('--documents <whose>', 'whose social card is shown at a counter')
        .choices(['both', 'provider', 'beneficiary', 'none'])
        .default('both'),
    )
    .option('--no-caution', 'the notice is not ticked')
    .option('--no-consent', 'the beneficiary does not agree')
    .option('--quota <yuan>', 'what the provider sets aside, such as 300.00')
    .option('--until <day>', 'the last day of the link, such as 2026-12-31')
    .addOption(json)
    .addOption(language)
    .action(async (options: ExplainOptions) => {
      const { explainLinkText } = await import('../app/console/link-text.ts');
      const { text, allowed } = explainLinkText(options, Date.now());
      print(text);
      if (!allowed) process.exitCode = exitCodes.expectationFailed;
    });
  command(link, 'list', "a person's links in both roles, and why each gives money or not")
    .argument('<person>', 'such as demo.mother; an unknown one lists all')
    .addOption(profileOption())
    .addOption(json)
    .addOption(language)
    .action(async (person: string, options: Omit<ListOptions, 'person'>) => {
      const { linkListText } = await import('../app/console/link-text.ts');
      print(linkListText({ ...options, person }, Date.now()));
    });

  const profile = gongji
    .command('profile')
    .description('rule sets beside each other; "gongji profiles" lists them')
    .copyInheritedSettings(gongji);
  command(
    profile,
    'diff',
    'a household under two profiles: rules that differ, links that hold, who pays what of a sale',
  )
    .argument('<a>', 'a profile')
    .argument('<b>', 'another')
    .requiredOption('--household <household>', 'such as demo; an unknown one lists all')
    .option(
      '--amount <yuan>',
      'of a sale to each person; may be given several times (default: 50, 100 and 300 yuan)',
      (amount: string, before: string[]) => [...before, amount],
      [],
    )
    .addOption(json)
    .addOption(language)
    .action(async (a: string, b: string, { amount, ...options }: DiffCommandOptions) => {
      const { profileDiffText } = await import('../app/console/profile-diff.ts');
      print(await profileDiffText({ ...options, a, b, amounts: amount }, Date.now()));
    });

  command(gongji, 'citizen', "the citizens' pages: links by telephone and web, 医保码, wallet, areas, the e-card")
    .option('--port <number>', 'where to listen; 0 takes one that is free', portNumber, 8090)
    .option('--host <name>', 'listen there instead of on this machine alone', notEmpty)
    .option('--profile <name>', 'the rules in force', 'chongqing-2021')
    .option('--data <folder>', "a kiosk's data folder, while no kiosk has it open (default: nothing is kept)")
    .addOption(language)
    .action(async (options: { port: number; host?: string; profile: string; data?: string; lang: 'zh-CN' | 'en' }) => {
      const { runCitizen } = await import('./citizen.ts');
      await runCitizen(options, print);
    });

  const config = new Option('--config <file>', 'which devices a counter uses (YAML); none means whatever is found').env(
    'GONGJI_DEVICES',
  );
  const devices = command(gongji, 'devices', 'what is plugged in, what it was recognised as, and why not')
    .addOption(config)
    .addOption(json)
    .action(async (options: { config?: string; json?: boolean }) => {
      const { readDeviceConfig } = await import('../app/devices/device-config.ts');
      const { devicesJson, devicesText } = await import('../app/devices/devices-text.ts');
      const { takeInventory } = await import('../app/devices/plugged-in.ts');
      const chosen = readDeviceConfig(options.config);
      const inventory = await takeInventory();
      print(options.json === true ? devicesJson(inventory) : devicesText(inventory, chosen));
    });
  command(devices, 'models', 'the table of supported devices').action(async () => {
    const { modelsText } = await import('../app/devices/devices-text.ts');
    print(modelsText());
  });
  command(devices, 'udev', 'the udev rules (Linux) that let a counter open its devices').action(async () => {
    const { udevRules } = await import('../app/devices/udev-rules.ts');
    print(udevRules());
  });
  command(devices, 'test', 'swipe or scan, and see what it says: decoded and masked')
    .addOption(config)
    .option('--count <number>', 'end after so many cards and codes', wholeNumber)
    .option('--seconds <number>', 'end after so long', wholeNumber)
    .action(async (_options: unknown, test: Command) => {
      const { runDevicesTest } = await import('./devices-test.ts');
      // `devices` has the option too and takes it, wherever it stands.
      await runDevicesTest(test.optsWithGlobals<{ config?: string; count?: number; seconds?: number }>(), print);
    });

  const reader = gongji
    .command('reader')
    .description('card readers: captures, and a reader for other programs')
    .copyInheritedSettings(gongji);
  command(reader, 'decode', 'read hexadecimal bytes on stdin, print one JSON object a frame')
    .requiredOption('--codec <name>', 'how the bytes are to be read; an unknown name lists all')
    .option('--reveal', 'print card numbers, names and the like in full')
    .addHelpText('after', decodeHelp)
    .action(async ({ codec, reveal }: { codec: string; reveal?: boolean }) => {
      const { decodeHex } = await import('../app/devices/decode-command.ts');
      await decodeHex({ codec, reveal: reveal === true, input: process.stdin, print });
    });

  command(reader, 'serve', 'be a serial card reader for another program, on Linux and macOS')
    .requiredOption('--pty', 'on a pseudo-terminal, whose path is the first line printed')
    .option('--link <path>', 'a symbolic link to it, so that its name is known', notEmpty)
    .addOption(new Option('--as <medium>', 'how a card is read').choices(['stripe', 'chip']).default('stripe'))
    .addHelpText('after', serveHelp)
    .action(async ({ link, as }: { link?: string; as: 'stripe' | 'chip' }) => {
      const { runServedReader } = await import('./serve-reader.ts');
      await runServedReader({ as, ...(link !== undefined && { link }) }, print);
    });

  return gongji;
}

const serveHelp = `
Commands on stdin, a line each; the end of stdin ends the reader:
  PERSON [stripe|chip] [none|half|noise|double|slow|reversed]   as in: demo.mother chip
  hex BYTES, people, help, quit

Example, in two terminals:
  gongji reader serve --pty --link /tmp/reader
  cat /tmp/reader`;

const decodeHelp = `
Output, one of:
  {"ok":true,"kind":"card","masked":…,"track1":…,"track2":…,"track3":…,"chip":…,"errors":[{"track":1,"reason":…}]}
  {"ok":true,"kind":"scan","text":…,"symbology":…}
  {"ok":true,"kind":"pinpad","message":…,…}
  {"ok":false,"reason":…}
"masked" is true when the reader itself has masked the tracks because it encrypts them. Absent fields are left out.

Example:
  printf '%B4352378366824999^TFSTEST/ONE^05102010000?\\r' | xxd -p | gongji reader decode --codec track-text --reveal`;

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It is not a whole number from 1.');
  return Number(text);
}

function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('It is not a port, 0 to 65535.');
  return Number(text);
}

function notEmpty(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It is empty.');
  return text;
}

/** Tells what went wrong and with which code to end. Errors of the app are known by the literal in their `code`. */
function tell(error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.ok;
    complain(
      `${error.code === 'commander.help' ? 'no command given' : error.message.replace(/^error: |\.$/g, '')}; see gongji --help`,
    );
    return exitCodes.notUnderstood;
  }
  if (error instanceof UserError) {
    complain(error.message);
    return error.exitCode;
  }
  if (!(error instanceof Error)) {
    complain('a bug: something that is no error was thrown');
    return exitCodes.bug;
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (notUnderstoodCodes.includes(code)) {
    process.stderr.write(`${error.message}\n`);
    return exitCodes.notUnderstood;
  }
  // Faults of ports, stores and the file system have a code of their own; a bug has none, or one of Node's `ERR_…`.
  const isBug = code === '' || code.startsWith('ERR_');
  complain(isBug ? `a bug: ${oneLine(error.message)}` : oneLine(error.message));
  return isBug ? exitCodes.bug : exitCodes.environment;
}

const notUnderstoodCodes: readonly string[] = [
  'scenarioNotUnderstood',
  'scenariosNotUnderstood',
  'profileNotUnderstood',
  'unknownProfile',
  'deviceInputNotUnderstood',
  'linkInputNotUnderstood',
];

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

// A reader that has seen enough (`gongji profiles | head -1`) is no fault; a disk that takes no more is one.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? exitCodes.ok);
  complain(`the output cannot be written: ${oneLine(error.message)}`);
  process.exit(exitCodes.environment);
});

try {
  await program().parseAsync();
} catch (error) {
  process.exitCode = tell(error);
}
