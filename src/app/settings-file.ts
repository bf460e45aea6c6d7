import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Settings } from '../ipc/view.ts';

const schema = z.object({
  language: z.enum(['zh-CN', 'en']),
  theme: z.enum(['light', 'dark', 'system']),
  voice: z.boolean(),
}) satisfies z.ZodType<Settings>;

export const defaultSettings: Settings = { language: 'zh-CN', theme: 'system', voice: true };

/** What a person chose for the screens. A file that is missing or cannot be understood means the defaults: taste is not
 *  worth a counter that does not start. */
export function readSettings(path: string): Settings {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return defaultSettings;
  }
  const parsed = schema.safeParse(content);
  return parsed.success ? parsed.data : defaultSettings;
}

/** Writes the settings beside the old ones and then over them, so that a power cut leaves one of the two. */
export function writeSettings(path: string, settings: Settings): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, JSON.stringify(settings));
  renameSync(`${path}.new`, path);
}
