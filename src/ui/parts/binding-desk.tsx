import type { TerminalView } from '../../ipc/view.ts';
import { bindingBody, bindingFace, bindingTurn } from '../binding-turn.ts';
import type { Screen } from '../screen.ts';
import { asksForReader } from '../turn.ts';
import type { Desk } from '../use-desk.ts';
import { BindingForm } from './binding-form.tsx';
import { BindingLinks } from './binding-links.tsx';
import { BindingReason } from './binding-reason.tsx';
import { BindingResult } from './binding-result.tsx';
import { BindingRoles } from './binding-roles.tsx';
import { PersonScene, PinScene, WaitScene } from './binding-scenes.tsx';
import { BindingVerdict } from './binding-verdict.tsx';
import { HeadlineOf } from './headline.tsx';

interface BindingDeskProps {
  readonly screen: Screen;
  readonly view: TerminalView;
  readonly desk: Desk;
  readonly onSlip: () => void;
}

/** The binding desk in the place of the sale: the sentence, the two people, and below them the one thing to do. */
export function BindingDesk(props: BindingDeskProps) {
  const { binding } = props.view;
  if (binding === null) return null;
  return (
    <div className="sale desk" data-testid="desk" data-stage={binding.stage}>
      <HeadlineOf
        prompt={binding.prompt}
        notice={binding.notice}
        countdown={binding.countdown}
        sentAt={props.view.sentAt}
        turn={asksForReader(binding) ? 'clerk' : bindingTurn(binding.stage)}
        face={bindingFace(binding.stage)}
        seconds={
          binding.stage === 'unclear'
            ? 'deskSecondsUnclear'
            : bindingTurn(binding.stage) === 'done'
              ? 'secondsLeftResult'
              : 'deskSecondsLeft'
        }
      />
      <BindingRoles binding={binding} />
      <Body {...props} />
    </div>
  );
}

function Body({ screen, view, desk, onSlip }: BindingDeskProps) {
  const { binding } = view;
  if (binding === null) return null;
  switch (bindingBody(binding.stage)) {
    case 'card':
      return <PersonScene binding={binding} draft={desk.number} onMedium={desk.setMedium} onKey={desk.typeNumber} />;
    case 'pin':
      return <PinScene />;
    case 'wait':
      return <WaitScene stage={binding.stage} />;
    case 'list':
      return <BindingLinks binding={binding} choice={desk.choice} onAction={desk.doAction} />;
    case 'form':
      return <BindingForm binding={binding} form={desk.form} onSend={screen.send} />;
    case 'verdict':
      return <BindingVerdict binding={binding} />;
    case 'reason':
      return <BindingReason binding={binding} form={desk.form} onSend={screen.send} />;
    case 'result':
      return <BindingResult binding={binding} onSlip={onSlip} />;
  }
}
