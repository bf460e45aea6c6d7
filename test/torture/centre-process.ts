import { openLocalDesk } from '../../src/app/local-desk.ts';
import { serveCentre } from './socket-centre.ts';
import { type CentreArguments, terminalKey, terminalName } from './torture-world.ts';

/** The centre as a process of its own, on a database file. */
const args = JSON.parse(process.argv[2] ?? '{}') as CentreArguments;
const desk = await openLocalDesk({
  dataFolder: args.folder,
  profile: args.profile,
  clock: { now: () => Date.now() },
});
desk.centre.registry.enrolTerminal(terminalName, terminalKey);
await serveCentre(desk.centre.centre, args.socket);
process.stdout.write('ready\n');
