import {
  type EmbeddedCentre,
  type EmbeddedCentreOptions,
  openEmbeddedCentre,
} from '../../src/centre/embedded-centre.ts';
import type { Centre, Envelope, Reply } from '../../src/ports/centre.ts';

/** The same centre, held to it that every answer names the message that it answers. That name is taken off, so that tests
 *  compare what the answer says. Throws where it is missing or another's. */
export function ownAnswers(centre: Centre): Centre {
  return new Proxy(centre, {
    get: (target, verb: keyof Centre) => async (request: Envelope) => {
      const ask = target[verb].bind(target) as unknown as (request: Envelope) => Promise<Reply<object>>;
      const { refMsgId, ...answer } = await ask(request);
      if (refMsgId !== request.msgId)
        throw new Error(`the answer to ${request.msgId} says that it answers ${refMsgId}`);
      return answer;
    },
  });
}

export function openOwnAnswers(options: EmbeddedCentreOptions): EmbeddedCentre {
  const world = openEmbeddedCentre(options);
  return { ...world, centre: ownAnswers(world.centre) };
}
