import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = [
  ...[
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    'microsoft-edge',
    'microsoft-edge-stable',
  ],
  ...['chrome.exe', 'msedge.exe'],
];
/** Where installers put one without a name on the path. */
const places: Readonly<Record<string, readonly string[]>> = {
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [process.env.ProgramFiles, process.env['ProgramFiles(x86)']].flatMap((folder) =>
    folder === undefined
      ? []
      : [join(folder, 'Google/Chrome/Application/chrome.exe'), join(folder, 'Microsoft/Edge/Application/msedge.exe')],
  ),
};

/** The executable of a Chromium that is installed on this machine; null = none, and the Electron that the tests have serves as
 *  one. `GONGJI_TEST_CHROMIUM` names one, or `electron` for that. */
export function installedChromium(env: NodeJS.ProcessEnv = process.env): string | null {
  const wanted = env.GONGJI_TEST_CHROMIUM;
  if (wanted === 'electron') return null;
  if (wanted !== undefined && wanted !== '') return wanted;
  const onPath = (env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...(places[process.platform] ?? [])].find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
