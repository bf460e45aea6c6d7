import { centreContract } from '../contract/centre.contract.ts';
import { evoucherContract } from '../contract/centre-evoucher.contract.ts';
import { linksContract } from '../contract/centre-links.contract.ts';
import { undoContract } from '../contract/centre-undo.contract.ts';
import { embeddedOptions } from './centre-world.ts';
import { openOwnAnswers } from './own-answers.ts';

for (const contract of [centreContract, undoContract, evoucherContract, linksContract]) {
  contract('embedded, SQLite', (under, clock) => openOwnAnswers(embeddedOptions(under, clock)));
}
