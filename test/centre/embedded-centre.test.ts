import { openEmbeddedCentre } from '../../src/centre/embedded-centre.ts';
import { centreContract } from '../contract/centre.contract.ts';
import { embeddedOptions } from './centre-world.ts';

centreContract('embedded, SQLite', (under, clock) => openEmbeddedCentre(embeddedOptions(under, clock)));
