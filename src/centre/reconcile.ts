import type { BookedRecord } from '../domain/reconciliation.ts';
import { bookedOf } from '../domain/reconciliation.ts';
import type { ReconcileAnswer, ReconcileRequest } from '../ports/centre.ts';
import type { Desk } from './desk.ts';
import { terminalName } from './desk.ts';

/** The day's end (3201, 3202): what is on record of that day for this terminal, and what it did to links. Moves and stores
 *  nothing. Source: R147 to R153. */
export function reconcile(desk: Desk, request: ReconcileRequest): ReconcileAnswer {
  return desk.store.read((rows): ReconcileAnswer => {
    const name = terminalName(request);
    const records: BookedRecord[] = rows
      .recordedOn(request.day)
      .filter((record) => terminalName(record) === name)
      .map(bookedOf);
    const links = rows.links
      .recordsOn(request.day)
      .filter(
        ({ institution, terminal }) => institution && terminal && terminalName({ institution, terminal }) === name,
      );
    return { kind: 'reconciled', day: request.day, records, links };
  });
}
