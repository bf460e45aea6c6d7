import { type SpawnOptions, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { buildIfNeeded } from './runtime/app-build.ts';
import { findElectron } from './runtime/electron-runtime.ts';
import { progressLine } from './runtime/progress-line.ts';
import { RuntimeFault } from './runtime/runtime-fault.ts';
import {
  aptCommand,
  electronPackages,
  hasDisplay,
  missingDebianPackages,
  missingLibraries,
  sandboxFacts,
  sandboxProblem,
} from './runtime/system.ts';

/** How `npm start` ends when the app itself did not run; otherwise it ends as the app ended. Numbers of sysexits.h. */
const exitCodes = {
  buildFailed: 1,
  usage: 64,
  noElectron: 69,
  crashed: 70,
  librariesMissing: 72,
  noSandbox: 77,
} as const;

const help = `npm start [-- OPTIONS]   starts the terminal

  --console   the console terminal, without a window
  --help      this text
  Other options go to Electron as they are.

Without a display (Linux, neither DISPLAY nor WAYLAND_DISPLAY) it is the console terminal too: interactive on a
terminal, else it plays the demo sale (always under chongqing-2021, nothing is kept) and prints the receipt.

Environment
  GONGJI_DATA_DIR                where the terminal keeps its data
  GONGJI_PROFILE                 the policy profile in force (default chongqing-2021)
  GONGJI_DEVICES=FILE            which readers, scanner and PIN pad to use (default devices.yaml in the data folder)
  GONGJI_DELAYS_MS               time-outs other than the usual ones, as pin=20000,card=90000
  GONGJI_LINK_CHANNEL            counter (default) or hospital: whose desk for links this is
  GONGJI_CITIZEN_PORT            serve the citizens' pages there, beside the kiosk's centre
  GONGJI_KEY_PASSPHRASE          seals the keys on the disk where no system's store does
  GONGJI_CONFIG_DIR              where a passphrase made by the program is kept
  GONGJI_CUSTOMER_DISPLAY        window: the customer's panel in a second window; off: never on a second display
  GONGJI_ALLOW_NO_SANDBOX=1      run Electron without its sandbox where it cannot have one (root, containers)
  GONGJI_DEVTOOLS=1              developer tools in the windows
  GONGJI_IPC_TRACE=FILE          write every message between window and main process, as JSON lines
  ELECTRON_OVERRIDE_DIST_PATH    a folder with the Electron to use

Exit codes
  as the app, or: ${exitCodes.buildFailed} the build failed, ${exitCodes.usage} a setting is wrong, ${exitCodes.noElectron} no Electron to be had, ${exitCodes.crashed} the app crashed,
  ${exitCodes.librariesMissing} system libraries are missing, ${exitCodes.noSandbox} no sandbox possible and none waived`;

const repository = dirname(import.meta.dirname);
const say = (line: string) => process.stderr.write(`${line}\n`);

async function launch(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(`${help}\n`);
    return 0;
  }
  if (args.includes('--console')) return runConsole();
  if (!hasDisplay(process.platform, process.env)) {
    say('No display here (neither DISPLAY nor WAYLAND_DISPLAY is set): this is the console terminal.');
    return runConsole();
  }
  const waived = process.env.GONGJI_ALLOW_NO_SANDBOX === '1';
  if (process.geteuid?.() === 0 && process.platform === 'linux' && !waived) {
    say(sandboxAdvice.root());
    return exitCodes.noSandbox;
  }
  try {
    return await runWindow(args, waived);
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    say(error.message);
    return exitCodes.noElectron;
  }
}

function runConsole(): Promise<number> {
  const interactive = process.stdin.isTTY && process.stdout.isTTY;
  const cli = join(repository, 'src', 'cli', 'gongji.ts');
  const { GONGJI_PROFILE: profile, GONGJI_DATA_DIR: data } = process.env;
  const settings = [...(profile ? ['--profile', profile] : []), ...(data ? ['--data', data] : [])];
  return runChild(process.execPath, [cli, ...(interactive ? ['terminal', ...settings] : ['demo'])], {
    stdio: 'inherit',
  });
}

async function runWindow(args: readonly string[], waived: boolean): Promise<number> {
  const electron = await findElectron(repository, progressLine(process.stderr));

  const libraries = await missingLibraries(electron.executable);
  if (libraries.length > 0) {
    say(await libraryAdvice(libraries));
    return exitCodes.librariesMissing;
  }
  const problem = sandboxProblem(await sandboxFacts(electron.folder));
  if (problem !== null && !waived) {
    say(sandboxAdvice[problem](electron.folder));
    return exitCodes.noSandbox;
  }
  const outcome = await buildIfNeeded(repository);
  if (!outcome.ok) {
    say(`The app could not be built:\n${outcome.output.trimEnd()}`);
    return exitCodes.buildFailed;
  }
  const flags = [
    // Chromium's words about missing buses and graphics cards help nobody; what is fatal it says all the same.
    '--log-level=3',
    ...(problem === null ? [] : ['--no-sandbox']),
    // Electron before 38 looks for X only, unless told.
    ...(process.platform === 'linux' && !process.env.DISPLAY ? ['--ozone-platform=wayland'] : []),
  ];
  // An editor's terminal may have this set, and Electron would then be a plain Node.
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  return runChild(electron.executable, [...flags, repository, ...args], { stdio: 'inherit', env });
}

const waiver = 'or set GONGJI_ALLOW_NO_SANDBOX=1 to run without it, on a machine that shows nothing but this program.';
const sandboxAdvice = {
  root: () =>
    `Electron has no sandbox when it runs as root. Start as another user, use "npm start -- --console", ${waiver}`,
  noNamespaces: (folder: string) =>
    'Electron can make no sandbox here: unprivileged user namespaces are off. Allow them (sudo sysctl -w ' +
    'kernel.unprivileged_userns_clone=1, or kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu), or run ' +
    `"sudo chown root ${folder}/chrome-sandbox && sudo chmod 4755 ${folder}/chrome-sandbox", ${waiver}`,
};

async function libraryAdvice(libraries: readonly string[]): Promise<string> {
  const packages = await missingDebianPackages(electronPackages);
  const found = `Electron needs system libraries that are missing here: ${libraries.join(', ')}.`;
  if (packages === null || packages.length === 0) return `${found} Install the packages of your system that hold them.`;
  return `${found} Install them with: ${aptCommand(packages, process.geteuid?.() === 0)}`;
}

/** Runs a child on our terminal and gives its exit code; a signal that ends it counts as shells count it. */
function runChild(command: string, args: readonly string[], options: SpawnOptions): Promise<number> {
  const child = spawn(command, [...args], options);
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  // The terminal itself sends SIGINT to the whole group: we wait for the child's own end.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', forward);
  process.on('SIGHUP', forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

process.exitCode = await launch(process.argv.slice(2));
