import { extname, join, resolve, sep } from 'node:path';

/** What may be served, by the end of its name. */
export const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
};

/** The file that `pathname` names below `folder`; null when it names none that may be served. */
export function fileOf(folder: string, pathname: string): string | null {
  let name: string;
  try {
    name = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (name.includes('\0') || name.includes('\\')) return null;
  const file = resolve(join(folder, name === '/' ? 'index.html' : name));
  return file.startsWith(resolve(folder) + sep) && Object.hasOwn(mediaTypes, extname(file)) ? file : null;
}
