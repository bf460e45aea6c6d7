import { readFile, writeFile } from 'node:fs/promises';
import { loadRules } from '../rules.ts';
import { runScenario } from './run-scenario.ts';
import { parseScenario, type Scenario, ScenarioFileError } from './scenario-file.ts';
import { junitXml, type PlayedScenario, reportText, totalsText } from './scenario-report.ts';

export interface ScenarioCommand {
  readonly files: readonly string[];
  readonly json: boolean;
  /** Where to write JUnit's XML; undefined = nowhere. */
  readonly junit: string | undefined;
  print(line: string): void;
}

/** Several files that cannot be understood. `message`: a line for each problem. */
export class ScenarioFilesError extends Error {
  readonly code = 'scenariosNotUnderstood';
  constructor(errors: readonly ScenarioFileError[]) {
    super(errors.map((error) => error.message).join('\n'));
    this.name = 'ScenarioFilesError';
  }
}

/** Runs the files one after the other and prints what became of each. True when every expectation held.
 *  Nothing is run when a file cannot be understood. Errors: `ScenarioFilesError`; faults as `runScenario`, and the file
 *  system's for the XML. */
export async function runScenarioFiles({ files, json, junit, print }: ScenarioCommand): Promise<boolean> {
  const { profiles, listedAreas } = loadRules();
  const scenarios: Scenario[] = [];
  const errors: ScenarioFileError[] = [];
  for (const file of files) {
    try {
      scenarios.push(parseScenario(await readScenario(file), file, profiles));
    } catch (error) {
      if (!(error instanceof ScenarioFileError)) throw error;
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new ScenarioFilesError(errors);

  const played: PlayedScenario[] = [];
  for (const scenario of scenarios) {
    const result = await runScenario(scenario, listedAreas);
    played.push({ scenario, result });
    print(json ? JSON.stringify(result) : reportText({ scenario, result }));
  }
  if (junit !== undefined) await writeFile(junit, junitXml(played));
  if (!json && played.length > 1) print(totalsText(played));
  return played.every(({ result }) => result.passed);
}

async function readScenario(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code = 'an error' } = cause as NodeJS.ErrnoException;
    const got: Record<string, string> = { ENOENT: 'no such file', EISDIR: 'a folder', EACCES: 'no permission' };
    const text = `expected a file that can be read, got ${got[code] ?? code}`;
    throw new ScenarioFileError(file, [{ line: 1, path: '', text }]);
  }
}
