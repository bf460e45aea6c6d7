import type { LinkParty } from '../../domain/link-record.ts';
import type { BindingPersonView, BindingView } from '../../ipc/view.ts';
import { bindingFace, personAsked } from '../binding-turn.ts';
import { useLanguage, useText } from '../language.ts';
import { factWords, filled, insuranceWords } from '../texts.ts';
import { Icon } from './icons.tsx';

/** The two people and the way the money goes, always at the same place: a filled arrow pays, a round frame is treated. Shape,
 *  colour, word and side tell them apart, so that nobody swaps the cards (R20). */
export function BindingRoles({ binding }: { readonly binding: BindingView }) {
  const t = useText();
  const { provider, beneficiary } = peopleOf(binding);
  const asked = personAsked(binding.stage);
  const isOver = bindingFace(binding.stage) !== null;
  return (
    <section className="roles" aria-label={t('deskTitle')}>
      <Role side="provider" person={provider} asked={asked === 'provider'} isOver={isOver} />
      <p className="roles-way">
        <Icon name="arrow" />
        <span>{t('moneyGoes')}</span>
      </p>
      <Role side="beneficiary" person={beneficiary} asked={asked === 'beneficiary'} isOver={isOver} />
    </section>
  );
}

/** A person of a link that is there already may have no status on this screen. */
type Shown = LinkParty & Partial<Pick<BindingPersonView, 'status'>>;

/** Who pays and who is treated in what is being done. Whoever stands at the desk to end a link may be either of the two. */
function peopleOf({ provider, beneficiary, record, task, taskLink }: BindingView): {
  readonly provider: Shown | null;
  readonly beneficiary: Shown | null;
} {
  if (record !== null) return record;
  if (task !== 'unlink' || taskLink === null) return { provider, beneficiary };
  return taskLink.role === 'provider'
    ? { provider, beneficiary: taskLink.other }
    : { provider: taskLink.other, beneficiary: provider };
}

const words = {
  provider: { name: 'roleProvider', means: 'roleProviderMeans' },
  beneficiary: { name: 'roleBeneficiary', means: 'roleBeneficiaryMeans' },
} as const;

function Role(props: {
  readonly side: 'provider' | 'beneficiary';
  readonly person: Shown | null;
  readonly asked: boolean;
  /** Nobody else will be asked for. */
  readonly isOver: boolean;
}) {
  const t = useText();
  const { side, person, asked } = props;
  return (
    <div
      className="role"
      data-role={side}
      data-there={person !== null}
      data-asked={asked && person === null}
      data-testid={`role-${side}`}
    >
      <p className="role-word">
        <strong>{t(words[side].name)}</strong>
        <span>{t(words[side].means)}</span>
      </p>
      {person === null ? (
        <p className="role-nobody">{props.isOver ? '—' : t(asked ? 'roleAsked' : 'roleNotYet')}</p>
      ) : (
        <RolePerson person={person} />
      )}
    </div>
  );
}

function RolePerson({ person }: { readonly person: Shown }) {
  const language = useLanguage();
  return (
    <p className="role-person">
      <strong data-testid="role-name">{person.maskedName}</strong>
      <span>{person.maskedCard}</span>
      <span>
        {person.status !== undefined && person.status !== 'normal' && (
          <em className="role-status">
            <Icon name="warning" />
            {filled(factWords[person.status], language)}
          </em>
        )}
        {filled(insuranceWords[person.insurance], language)} · {person.area}
      </span>
    </p>
  );
}
