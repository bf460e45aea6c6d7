import { build } from 'vite';

export interface BundleOptions {
  /** Path of the module that is bundled with all that it imports. */
  readonly entry: string;
  readonly folder: string;
  /** Name of the file written into `folder`. */
  readonly name: string;
  readonly format: 'es' | 'cjs';
  /** Packages that stay outside, because they find their native part beside their own files. */
  readonly external: readonly string[];
}

/** Makes one JavaScript file of a module for a Node that runs elsewhere, or for a tool that knows no TypeScript. */
export async function bundle({ entry, folder, name, format, external }: BundleOptions): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      target: 'node20',
      rolldownOptions: {
        output: { format, entryFileNames: name, codeSplitting: false },
      },
    },
    ssr: { target: 'node', noExternal: true, external: [...external] },
  });
}
