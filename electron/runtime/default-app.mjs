// What stands in resources/app of an Electron made from the registry: it starts the application whose folder is the
// first argument that is no flag, as Electron's own default application does.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const given = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (given === undefined) {
  process.stderr.write(`Electron ${process.versions.electron}: name the folder of an application to run.\n`);
  app.exit(64);
} else {
  const folder = resolve(given);
  const { name, productName, version, main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  app.setName(productName ?? name);
  app.setVersion(version);
  app.setAppPath(folder);
  await import(pathToFileURL(join(folder, main)).href);
}
