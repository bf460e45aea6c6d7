import type { History, Step } from './history.ts';
import { simulatedRules } from './simulated-rules.ts';

/** A history in lines that somebody can read: who is there, then what happens when. */
export function historyText({ cast, steps }: History): readonly string[] {
  const rules = simulatedRules[cast.rules % simulatedRules.length]?.profile.name ?? '';
  const people = cast.people.map(
    ({ balance, wallet }, at) =>
      `P${at + 1} has ${balance === null ? 'no account' : yuan(balance)}${wallet ? ' and a wallet' : ''}`,
  );
  const links = cast.links.map(
    ({ provider, beneficiary, quota }) => `P${provider + 1} pays for P${beneficiary + 1} (quota ${yuan(quota)})`,
  );
  const hour = `${String(Math.floor(cast.startMinute / 60)).padStart(2, '0')}:${String(cast.startMinute % 60).padStart(2, '0')}`;
  return [
    `${cast.terminals} terminals at ${hour}, rules ${rules}, ${cast.pinKeyUsesMax} PINs a key, hands take ${cast.handMs} ms`,
    [...people, ...links].join(', '),
    ...steps.map(
      (step, at) =>
        `${String(at + 1).padStart(3)}. after ${step.after} ms: ${stepText(step)}${step.during === undefined ? '' : `, as soon as a counter is in ${step.during}`}`,
    ),
  ];
}

function stepText(step: Step): string {
  const at = 'at' in step ? `T${step.at + 1}` : '';
  const who = 'who' in step ? `P${step.who + 1}` : '';
  switch (step.do) {
    case 'sell': {
      const how = [
        step.fund > 0 ? `the pool pays ${yuan(step.fund)}` : '',
        step.wrongPins > 0 ? `${step.wrongPins} wrong PINs first` : '',
        step.leaves === null ? '' : `leaves at the ${step.leaves}`,
        step.cardFirst ? 'card first' : '',
      ].filter((part) => part !== '');
      return `${who} buys for ${yuan(step.amount)} at ${at}${how.length > 0 ? ` (${how.join(', ')})` : ''}`;
    }
    case 'undo': {
      const amount = step.amount === null ? 'all' : `${step.amount} thousandths`;
      const sale = step.which === 0 ? 'the newest sale' : `the newest sale but ${step.which}`;
      return `${at} ${step.undo === 'cancel' ? 'cancels' : `refunds ${amount} of`} ${sale}${step.leaves ? ', and leaves it' : ''}`;
    }
    case 'inquire':
      return `${who} asks for the balance at ${at}`;
    case 'key':
      return `${at}: the ${step.key} key`;
    case 'swipe':
      return `${who} swipes at ${at}, ${step.well ? 'well' : 'badly'}`;
    case 'type':
      return `${at}: "${step.text}" is typed`;
    case 'line':
      return `${at}: the next ${step.times} ${step.on}: ${step.fault} (${step.ms} ms)`;
    case 'lineDown':
      return `${at}: the line is down for ${step.ms} ms`;
    case 'centreCrash':
      return `the centre dies ${step.when} commit ${step.commit} from now, for ${step.ms} ms`;
    case 'storeDown':
      return `the centre's store is away for ${step.ms} ms`;
    case 'crash':
      return `${at} dies for ${step.ms} ms, unsynced bytes ${step.fate}`;
    case 'crashIn':
      return `${at} dies ${step.afterMs} ms into ${step.state}, for ${step.ms} ms, unsynced bytes ${step.fate}`;
    case 'powerCut':
      return `${at} loses power at its ${step.nth}. ${step.moment}, for ${step.ms} ms, unsynced bytes ${step.fate}`;
    case 'diskFull':
      return `${at}: the disk is full for ${step.ms} ms`;
    case 'clock':
      return `the clock of ${step.whose === null ? 'the centre' : `T${step.whose + 1}`} is set by ${step.ms} ms`;
    case 'midnight':
      return 'it is three seconds to midnight';
    case 'unplug':
      return `${at}: the reader is unplugged for ${step.ms} ms`;
    case 'balance':
      return step.fen === null ? `${who}'s account is closed` : `${who} has ${yuan(step.fen)} from now on`;
    case 'endLink':
      return `link ${step.link + 1} of those in force ends`;
    case 'addLink':
      return `P${step.provider + 1} pays for P${step.beneficiary + 1} from now on (quota ${yuan(step.quota)})`;
    case 'status':
      return `${who}'s insurance is ${step.status}`;
    case 'card':
      return `${who}'s card is ${step.state}`;
    case 'unlockPin':
      return `${who}'s PIN is unlocked`;
    case 'rules':
      return `the rules are those of ${simulatedRules[step.rules % simulatedRules.length]?.profile.name}`;
    case 'push':
      return `a supervisor is going to push ${at}: ${step.step}`;
    case 'suspend':
      return `a supervisor is going to suspend what ${at} waits for`;
    case 'reopen':
      return `a supervisor is going to have ${at} ask again for what was suspended`;
    case 'signOut':
      return `the operator of ${at} signs out`;
    case 'officeLink': {
      const instead = step.replaces === null ? '' : `, instead of his link ${step.replaces + 1}`;
      return `P${step.provider + 1} asks for a link to P${step.beneficiary + 1} with ${yuan(step.quota)}${instead}`;
    }
    case 'officeUnlink':
      return `the ${step.by} of link ${step.link + 1} of those in force ends it`;
    case 'setQuota':
      return `the quota of link ${step.link + 1} of those in force is to be ${yuan(step.quota)}`;
    case 'send':
      return step.over === null
        ? `P${step.from + 1} sends ${step.amount === null ? 'all he can' : yuan(step.amount)} to P${step.to + 1}'s wallet`
        : `${step.amount === null ? 'all that is free' : yuan(step.amount)} is sent over link ${step.over + 1} of those in force`;
    case 'answerTransfer':
      return `the newest transfer${step.which === 0 ? '' : ` but ${step.which}`}: the ${step.by} wants to ${step.how} it`;
    case 'giveBack':
      return `${yuan(step.amount)} of the newest transfer${step.which === 0 ? '' : ` but ${step.which}`} are given back`;
    case 'wallet':
      return `${who}'s wallet is ${step.open ? 'opened' : 'closed'}`;
    case 'hours':
      return `it is ${step.ms / 3_600_000} hours later`;
  }
}

function yuan(fen: number): string {
  return (fen / 100).toFixed(2);
}
