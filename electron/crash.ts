/** What may be written down about a bug: its kind and its places in the code. Its message may quote what a customer
 *  typed or a card holds, so it is left out. */
export function crashReport(error: unknown): string {
  if (!(error instanceof Error)) return `thrown: ${typeof error}`;
  const code =
    'code' in error && typeof error.code === 'string' && /^\w{1,40}$/.test(error.code) ? ` ${error.code}` : '';
  const places = (error.stack ?? '').split('\n').filter((line) => /^\s+at .+:\d+:\d+\)?$/.test(line));
  const cause = error.cause === undefined ? [] : [`caused by ${crashReport(error.cause)}`];
  return [`${/^\w{1,60}$/.test(error.name) ? error.name : 'Error'}${code}`, ...places.slice(0, 12), ...cause].join(
    '\n',
  );
}
