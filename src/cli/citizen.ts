import { startCitizenPages } from '../app/citizen/citizen-command.ts';

export interface CitizenOptions {
  readonly port: number;
  readonly host?: string;
  readonly profile: string;
  readonly data?: string;
  readonly lang: 'zh-CN' | 'en';
}

/** Serves the citizens' pages until a signal to end. Errors: those of `startCitizenPages`. */
export async function runCitizen(options: CitizenOptions, print: (line: string) => void): Promise<void> {
  const report = (fault: Error) => process.stderr.write(`gongji: ${fault.name}: ${fault.message}\n`);
  const server = await startCitizenPages({ ...options, report });
  print(server.url);
  try {
    await new Promise<void>((end) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end());
    });
  } finally {
    await server.close();
  }
}
